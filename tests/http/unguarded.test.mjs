// libh2o stops reading when it has half a megabyte of answers that nobody takes, and goes on without
// the guard that stands in front of it. When a worker's answer is the one too many, the guard is not
// there to see it: the connection has to be cut nevertheless.

import { after, before, test } from 'node:test';
import net from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { frame, FRAME, get, PREFACE, settings } from '../harness/hpack.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const STOPS_AT = 512 * 1024; // bytes of answers
const IN_FLIGHT = 80 * 1024; // of them, at most, in a write that the client does not take
const LEFT = 4000; // so that no PONG is the one too many
const PONG_BYTES = 17;
const REQUESTS = 90; // at once; libh2o lets a client have a hundred
const ROUNDS = 100; // of which a third is enough
const END_STREAM = 1;
const END_HEADERS = 4;
const RST_STREAM = 3;
const CANCEL = Buffer.from([0, 0, 0, 8]);
const INITIAL_WINDOW = 4;
const WINDOW_UPDATE = 8;
const HUGE = 0x7fff0000;

const store = new Store(scratchDir());
let server;
let key;

before(async () => {
    key = await store.newKey();
    await store.publish('fixture', { 'video.mp4': { bytes: patternBytes(20_000_000) } });
    // What fills the buffer is no test of the budgets.
    server = await Server.start(store, ['--threads', '1', '--limit', 'control-frames=1000000', '--limit', 'wasted-streams=1000000']);
});

after(() => server.stop());

/** Requests for one path in so few bytes that they come in one read: the first puts its fields into
 * the table, and the others name them there (RFC 7541, 6.1 and 6.2.1). */
function requests(streams, path) {
    const length = (text) => Buffer.from([127, ((text.length - 127) & 127) | 128, (text.length - 127) >> 7]);
    const first = Buffer.concat([Buffer.from([0x82, 0x87, 0x44]), length(path), Buffer.from(path), Buffer.from([0x41, 1, 0x61])]);
    const again = Buffer.from([0x82, 0x87, 0x80 | 63, 0x80 | 62]);
    return Buffer.concat(streams.map((stream, i) => frame(FRAME.HEADERS, END_STREAM | END_HEADERS, stream, i === 0 ? first : again)));
}

const send = (socket, bytes) => new Promise((resolve) => socket.write(bytes, resolve));

test('a connection that the guard no longer sees is cut', async () => {
    const socket = net.connect({ host: '127.0.0.1', port: server.ports.plain });
    await once(socket, 'connect');
    socket.setNoDelay().on('error', () => {}).pause();
    const increment = Buffer.alloc(4);
    increment.writeUInt32BE(HUGE);
    await send(socket, Buffer.concat([PREFACE, settings(INITIAL_WINDOW, HUGE), frame(WINDOW_UPDATE, 0, 0, increment),
        get(1, signedPath(key, 'fixture', 'video.mp4'))]));
    await sleep(1000); // the socket is full by then

    const pings = Math.floor((STOPS_AT - IN_FLIGHT - LEFT) / PONG_BYTES);
    await send(socket, Buffer.concat(Array(pings).fill(frame(FRAME.PING, 0, 0, Buffer.alloc(8)))));
    const isCut = () => server.log.includes('over the limit of control-frames');
    for (let round = 0; round < ROUNDS && !isCut(); round++) {
        // Nobody has asked for this title, so a worker looks for it.
        const path = signedPath(key, `unknown${round}`, 'video.mp4');
        const streams = Array.from({ length: REQUESTS }, (_, i) => 2 * (REQUESTS * round + i) + 3);
        await send(socket, requests(streams, path));
        await sleep(100); // it has answered, and nothing else tells
        await send(socket, Buffer.concat(streams.map((stream) => frame(RST_STREAM, 0, stream, CANCEL))));
    }
    await server.waitForLog('over the limit of control-frames');
    socket.destroy();
});
