// The same requests over HTTP/1.1 and HTTP/2, each over TLS and in the clear, with real sockets.
//
// A response is {status, headers, names, body}: `headers` by lower-case name, with an array for a
// name that came more than once, `names` in the order they came.

import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';

const TIMEOUT_MS = 30_000;
const MAX_BODY = 256 << 20; // of a body that is kept; a test of more reads it itself

function collect(lines) {
    const headers = {};
    for (const [name, value] of lines) {
        const key = name.toLowerCase();
        headers[key] = key in headers ? [headers[key], value].flat() : value;
    }
    return headers;
}

function pairs(raw) {
    const lines = [];
    for (let i = 0; i < raw.length; i += 2) lines.push([raw[i], raw[i + 1]]);
    return lines;
}

/** Keeps what `stream` sends; breaks it off when that is beyond all measure. */
function keepBody(stream) {
    const chunks = [];
    let length = 0;
    stream.on('data', (chunk) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_BODY) stream.destroy(new Error('a body beyond all measure'));
    });
    return chunks;
}

function response(status, lines, body) {
    return { status, headers: collect(lines), names: lines.map(([name]) => name.toLowerCase()), body };
}

class Http1Client {
    constructor(name, module, port) {
        this.name = name;
        this.module = module;
        this.port = port;
        this.agent = new module.Agent({ keepAlive: true, maxSockets: 64 });
    }

    /** The request under way, for tests that read slowly or leave; `onResponse` gets the stream. */
    open(path, { method = 'GET', headers = {}, agent = this.agent } = {}, onResponse) {
        const request = this.module.request(
            { host: '127.0.0.1', port: this.port, path, method, headers, agent,
                rejectUnauthorized: false, timeout: TIMEOUT_MS },
            onResponse,
        );
        request.on('timeout', () => request.destroy(new Error(`${this.name}: no answer`)));
        return request;
    }

    request(path, options = {}) {
        return new Promise((resolve, reject) => {
            const request = this.open(path, options, (message) => {
                const chunks = keepBody(message);
                message.on('error', reject);
                message.on('end', () =>
                    resolve(response(message.statusCode, pairs(message.rawHeaders), Buffer.concat(chunks))));
            });
            request.on('error', reject);
            request.end(options.body);
        });
    }

    close() {
        this.agent.destroy();
    }
}

class Http2Client {
    constructor(name, scheme, port) {
        this.name = name;
        this.origin = `${scheme}://127.0.0.1:${port}`;
        this.isHttp2 = true; // `open` gives a stream, and no response apart from it
    }

    get session() {
        if (this.current === undefined || this.current.closed || this.current.destroyed) {
            this.current = http2.connect(this.origin, {
                rejectUnauthorized: false,
            });
            this.current.on('error', () => {});
        }
        return this.current;
    }

    open(path, { method = 'GET', headers = {} } = {}) {
        const stream = this.session.request({ ':method': method, ':path': path, ...headers });
        stream.setTimeout(TIMEOUT_MS, () => stream.destroy(new Error(`${this.name}: no answer`)));
        return stream;
    }

    request(path, options = {}) {
        return new Promise((resolve, reject) => {
            const stream = this.open(path, options);
            const chunks = keepBody(stream);
            let status;
            let lines;
            stream.on('response', (headers, _flags, raw) => {
                status = headers[':status'];
                lines = pairs(raw).filter(([name]) => !name.startsWith(':'));
            });
            stream.on('error', reject);
            stream.on('end', () => {
                if (status === undefined) reject(new Error(`${this.name}: no response`));
                else resolve(response(status, lines, Buffer.concat(chunks)));
            });
            stream.end(options.body);
        });
    }

    close() {
        this.current?.close();
    }
}

/** One client for each way in; close() them all in the end. */
export function clientsOf(server) {
    return [
        new Http1Client('HTTP/1.1', http, server.ports.plain),
        new Http1Client('HTTP/1.1 over TLS', https, server.ports.tls),
        new Http2Client('HTTP/2 over TLS', 'https', server.ports.tls),
        new Http2Client('HTTP/2', 'http', server.ports.plain),
    ];
}

export function adminClientOf(server) {
    return new Http1Client('admin', http, server.ports.admin);
}

/** Sends bytes as they are and returns all that comes until the server closes or `limitMs` pass. */
export function exchange(port, bytes, { secure = false, limitMs = 3000 } = {}) {
    return new Promise((resolve, reject) => {
        const socket = secure
            ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
            : net.connect(port, '127.0.0.1');
        const chunks = [];
        const timer = setTimeout(() => socket.destroy(), limitMs);
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('error', (error) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
        socket.on('close', () => {
            clearTimeout(timer);
            resolve(Buffer.concat(chunks));
        });
        socket.write(bytes);
    });
}

/** Sends one request line and fields written by hand, and parses the answer. */
export async function exchangeHttp1(port, target, fields = [], options = {}) {
    const { method = 'GET', version = 'HTTP/1.1' } = options;
    const lines = [`${method} ${target} ${version}`, 'Host: 127.0.0.1', 'Connection: close', ...fields];
    const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    return parseHttp1(await exchange(port, bytes, options));
}

/** The first response in `bytes`, or undefined when there is none; `rest` is what follows it. */
export function parseHttp1(bytes) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [statusLine, ...rows] = bytes.subarray(0, end).toString('latin1').split('\r\n');
    const lines = rows.map((row) => [row.slice(0, row.indexOf(':')), row.slice(row.indexOf(':') + 1).trim()]);
    const parsed = response(Number(statusLine.split(' ')[1]), lines, Buffer.alloc(0));
    const length = Number(parsed.headers['content-length'] ?? bytes.length - end - 4);
    parsed.body = bytes.subarray(end + 4, end + 4 + length);
    parsed.rest = bytes.subarray(end + 4 + length);
    return parsed;
}
