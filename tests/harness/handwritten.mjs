// One GET whose fields are sent as they stand, doubled, malformed or as long as they are, over every
// protocol. Node's own clients refuse to send such.

import net from 'node:net';
import tls from 'node:tls';

import { exchangeHttp1 } from './client.mjs';
import { FRAME, frame, get, PREFACE, repeated, settings } from './hpack.mjs';

const LIMIT_MS = 10_000;
const END_STREAM = 1;
const ACK = 1;
const WINDOW = 1 << 24;

/** Statuses that have a byte of their own (RFC 7541, appendix A); others follow as text. */
const STATUS_BYTES = { 0x88: 200, 0x89: 204, 0x8a: 206, 0x8b: 304, 0x8c: 400, 0x8d: 404, 0x8e: 500 };

function statusOf(block) {
    return STATUS_BYTES[block[0]] ?? Number(block.subarray(2, 5).toString('latin1'));
}

/** Feeds frames to `onFrame(type, flags, payload)` as they become whole. */
function frameReader(onFrame) {
    let input = Buffer.alloc(0);
    return (chunk) => {
        input = Buffer.concat([input, chunk]);
        while (input.length >= 9 && input.length >= 9 + input.readUIntBE(0, 3)) {
            const end = 9 + input.readUIntBE(0, 3);
            onFrame(input[3], input[4], input.subarray(9, end));
            input = input.subarray(end);
        }
    };
}

/** {status, body}; status 0 when the stream or the connection ended without an answer. */
function exchangeHttp2(socket, path, fields) {
    return new Promise((resolve) => {
        const answer = { status: 0, chunks: [] };
        const finish = () => {
            clearTimeout(timer);
            socket.destroy();
            resolve({ status: answer.status, body: Buffer.concat(answer.chunks) });
        };
        const timer = setTimeout(finish, LIMIT_MS);
        socket.on('error', () => {});
        socket.on('close', finish);
        socket.on('data', frameReader((type, flags, payload) => {
            if (type === FRAME.SETTINGS && !(flags & ACK)) socket.write(frame(FRAME.SETTINGS, ACK, 0));
            if (type === FRAME.HEADERS) answer.status = statusOf(payload);
            if (type === FRAME.DATA) answer.chunks.push(payload);
            const isEnd = (type === FRAME.HEADERS || type === FRAME.DATA) && flags & END_STREAM;
            if (isEnd || type === FRAME.RST_STREAM || type === FRAME.GOAWAY) finish();
        }));
        const blocks = fields.map(([name, value]) => repeated(name.toLowerCase(), value, 1));
        const INITIAL_WINDOW_SIZE = 4;
        socket.write(Buffer.concat([PREFACE, settings(INITIAL_WINDOW_SIZE, WINDOW), get(1, path, Buffer.concat(blocks))]));
    });
}

const HTTP2 = { host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false };

/** [{name, status, body}], one for each way in; `fields` are [name, value]. */
export async function handwritten(server, path, fields) {
    const { plain, tls: secured } = server.ports;
    const lines = fields.map(([name, value]) => `${name}: ${value}`);
    const [h1, h1s, h2, h2s] = await Promise.all([
        exchangeHttp1(plain, path, lines),
        exchangeHttp1(secured, path, lines, { secure: true }),
        exchangeHttp2(net.connect(plain, '127.0.0.1'), path, fields),
        exchangeHttp2(tls.connect({ port: secured, ...HTTP2 }), path, fields),
    ]);
    return [
        { name: 'HTTP/1.1', ...h1 }, { name: 'HTTP/1.1 over TLS', ...h1s },
        { name: 'HTTP/2', ...h2 }, { name: 'HTTP/2 over TLS', ...h2s },
    ];
}
