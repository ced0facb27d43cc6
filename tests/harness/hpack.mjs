// HTTP/2 frames and header blocks written by hand, for requests that no honest client makes.

import tls from 'node:tls';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const FRAME = { DATA: 0, HEADERS: 1, RST_STREAM: 3, SETTINGS: 4, PING: 6, GOAWAY: 7, CONTINUATION: 9 };

const END_STREAM = 1;
const END_HEADERS = 4;
const MAX_FRAME = 16_000;

export function frame(type, flags, stream, payload = Buffer.alloc(0)) {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
}

/** SETTINGS of one setting, or of none. */
export function settings(id, value) {
    if (id === undefined) return frame(FRAME.SETTINGS, 0, 0);
    const payload = Buffer.alloc(6);
    payload.writeUInt16BE(id, 0);
    payload.writeUInt32BE(value, 2);
    return frame(FRAME.SETTINGS, 0, 0, payload);
}

/** RFC 7541 5.1, with a prefix of `bits` bits under `first`. */
function integer(value, bits, first) {
    const max = 2 ** bits - 1;
    if (value < max) return Buffer.from([first | value]);
    const bytes = [first | max];
    let rest = value - max;
    for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128);
    return Buffer.from([...bytes, rest]);
}

function string(text) {
    const bytes = Buffer.from(text, 'latin1');
    return Buffer.concat([integer(bytes.length, 7, 0), bytes]);
}

const literal = (name, value) => Buffer.concat([Buffer.from([0]), string(name), string(value)]);

/** A field `count` times: once in full, then one byte each for its place in the dynamic table. */
export function repeated(name, value, count) {
    const full = Buffer.concat([Buffer.from([0x40]), string(name), string(value)]);
    return Buffer.concat([full, Buffer.alloc(count - 1, 0x80 | 62)]);
}

/** A GET on `stream`; `fields` are header blocks as `repeated` makes them. */
export function get(stream, path, fields = Buffer.alloc(0)) {
    const block = Buffer.concat([
        literal(':method', 'GET'), literal(':scheme', 'https'), literal(':path', path),
        literal(':authority', 'localhost'), fields,
    ]);
    const frames = [];
    for (let at = 0; at < block.length; at += MAX_FRAME) {
        const flags = (at === 0 ? END_STREAM : 0) | (at + MAX_FRAME >= block.length ? END_HEADERS : 0);
        const type = at === 0 ? FRAME.HEADERS : FRAME.CONTINUATION;
        frames.push(frame(type, flags, stream, block.subarray(at, at + MAX_FRAME)));
    }
    return Buffer.concat(frames);
}

export function connect(port, options = {}) {
    return new Promise((resolve, reject) => {
        const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'], ...options });
        socket.once('secureConnect', () => resolve(socket));
        socket.once('error', reject);
    });
}

/** Sends `bytes`, and returns the types of the frames that come until one is in `until`, the server
 * closes, or `limitMs` pass. */
export function exchangeFrames(socket, bytes, until, limitMs = 10_000) {
    return new Promise((resolve) => {
        let input = Buffer.alloc(0);
        const types = [];
        const finish = () => {
            clearTimeout(timer);
            socket.destroy();
            resolve(types);
        };
        const timer = setTimeout(finish, limitMs);
        socket.on('error', () => {});
        socket.on('close', finish);
        socket.on('data', (chunk) => {
            input = Buffer.concat([input, chunk]);
            while (input.length >= 9 && input.length >= 9 + input.readUIntBE(0, 3)) {
                types.push(input[3]);
                input = input.subarray(9 + input.readUIntBE(0, 3));
            }
            if (types.some((type) => until.includes(type))) finish();
        });
        socket.write(bytes);
    });
}
