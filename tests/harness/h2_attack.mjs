// What hostile HTTP/2 clients send. Each attack is a source of bytes: `open`, and then `next(n)` for
// as long as the server takes it.

import net from 'node:net';
import tls from 'node:tls';

import { frame, FRAME, get, PREFACE, repeated, settings } from './hpack.mjs';

const DATA = 0;
const PRIORITY = 2;
const RST_STREAM = 3;
const WINDOW_UPDATE = 8;
const CANCEL = Buffer.from([0, 0, 0, 8]);
const INITIAL_WINDOW = 4;
const BATCH = 100;

const HELLO = Buffer.concat([PREFACE, settings()]);
const many = (count, make) => Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));
const increment = (bytes) => {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes);
    return payload;
};
const stream = (n, i = 0) => 2 * (n * BATCH + i) + 1;

/** A request whose header block never ends. */
const unended = (path) => {
    const whole = get(1, path);
    whole[4] &= ~4;
    return whole;
};

/** `path` is what is asked for where something is. `limit` is the one that the attack breaks. */
export const attacks = (path) => ({
    'rapid reset': {
        limit: 'wasted-streams',
        open: HELLO,
        next: (n) => many(BATCH, (i) => Buffer.concat([get(stream(n, i), path), frame(RST_STREAM, 0, stream(n, i), CANCEL)])),
    },
    'resets provoked by WINDOW_UPDATE 0': {
        limit: 'wasted-streams',
        open: HELLO,
        next: (n) => many(BATCH, (i) => Buffer.concat([get(stream(n, i), path), frame(WINDOW_UPDATE, 0, stream(n, i), increment(0))])),
    },
    'more streams than there may be': {
        limit: 'wasted-streams',
        open: Buffer.concat([PREFACE, settings(INITIAL_WINDOW, 0)]),
        next: (n) => many(BATCH, (i) => get(stream(n, i), path)),
    },
    'empty CONTINUATION': {
        limit: 'header-frames',
        open: Buffer.concat([HELLO, unended(path)]),
        next: () => many(1000, () => frame(FRAME.CONTINUATION, 0, 1)),
    },
    'endless CONTINUATION': {
        limit: 'header-bytes',
        open: Buffer.concat([HELLO, unended(path)]),
        next: (n) => frame(FRAME.CONTINUATION, 0, 1, n === 0 ? Buffer.concat([Buffer.from([0, 1, 97, 0x7f, 0xff, 0xff, 0x7f]), Buffer.alloc(16_000)]) : Buffer.alloc(16_000)),
    },
    'SETTINGS flood': { limit: 'control-frames', open: HELLO, next: () => many(1000, (i) => settings(INITIAL_WINDOW, 60_000 + (i & 1))) },
    'PING flood': { limit: 'control-frames', open: HELLO, next: () => many(1000, () => frame(FRAME.PING, 0, 0, Buffer.alloc(8))) },
    'PRIORITY flood': { limit: 'control-frames', open: HELLO, next: () => many(1000, (i) => frame(PRIORITY, 0, 2 * (i % 8) + 1, Buffer.from([0, 0, 0, 0, i & 255]))) },
    'empty DATA': {
        limit: 'control-frames',
        open: Buffer.concat([HELLO, (() => {
            const request = get(1, path);
            request[4] &= ~1; // a body follows
            return request;
        })()]),
        next: () => many(1000, () => frame(DATA, 0, 1)),
    },
    'DATA on a stream that is over': {
        limit: 'control-frames',
        open: Buffer.concat([HELLO, get(1, '/')]), // refused, and so ended, at once
        next: () => many(50, () => frame(DATA, 0, 1, Buffer.from([0]))),
    },
    'unknown frames': { limit: 'control-frames', open: HELLO, next: () => many(1000, () => frame(200, 0, 0, Buffer.alloc(20))) },
    'HPACK bomb': {
        limit: 'header-fields',
        open: HELLO,
        next: (n) => get(stream(n), path, repeated('x', 'a'.repeat(3900), 8000)),
    },
    'one-byte windows': {
        limit: 'control-frames',
        open: Buffer.concat([PREFACE, settings(INITIAL_WINDOW, 1), get(1, path)]),
        next: () => many(1000, () => frame(WINDOW_UPDATE, 0, 1, increment(1))),
    },
    'windows opened by SETTINGS byte by byte': {
        limit: 'control-frames',
        open: Buffer.concat([PREFACE, settings(INITIAL_WINDOW, 0), many(BATCH, (i) => get(stream(0, i), path))]),
        next: (n) => many(100, (i) => settings(INITIAL_WINDOW, n * 100 + i + 1)),
    },
});

function open(port, isTls) {
    return new Promise((resolve, reject) => {
        const socket = isTls
            ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => resolve(socket))
            : net.connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
        socket.once('error', reject);
    });
}

function framesIn(bytes) {
    let frames = 0;
    for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) frames++;
    return frames;
}

/**
 * Attacks until the server closes, for `limitMs` at most. Resolves to {isClosed, seconds, frames}: how
 * long it went on, and how many frames it sent after the first ones.
 */
export async function attack({ port, isTls, open: first, next, limitMs = 10_000 }) {
    const socket = await open(port, isTls);
    const begin = Date.now();
    const end = begin + limitMs;
    let frames = 0;
    let isClosed = false;
    let wake = () => {};
    const close = () => {
        isClosed = true;
        wake();
    };
    socket.removeAllListeners('error');
    socket.on('error', close).on('close', close).on('end', close).on('drain', () => wake());
    socket.on('data', () => {}); // whatever the server says
    socket.write(first);
    for (let n = 0; !isClosed && Date.now() < end; n++) {
        const batch = next(n);
        frames += framesIn(batch);
        const takesMore = socket.write(batch);
        await new Promise((resolve) => {
            wake = resolve;
            if (takesMore) setImmediate(resolve);
            else setTimeout(resolve, Math.max(0, end - Date.now()));
            if (isClosed) resolve();
        });
    }
    socket.destroy();
    return { isClosed, seconds: (Date.now() - begin) / 1000, frames };
}
