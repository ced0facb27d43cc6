// Requests that cost their sender a few bytes and must not cost the server more: it answers them or
// closes the connection, stays small, and goes on for everybody else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf } from '../harness/client.mjs';
import { connect, exchangeFrames, frame, FRAME, get, PREFACE, repeated, settings } from '../harness/hpack.mjs';
import { isSanitized, patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const LENGTH = 10_000;
const bytes = patternBytes(LENGTH);
const store = new Store(scratchDir());
let server;
let clients;
let path;

before(async () => {
    const key = await store.newKey();
    await store.publish('fixture', { 'video.mp4': { bytes } });
    path = signedPath(key, 'fixture', 'video.mp4');
    server = await Server.start(store, ['--threads', '1']);
    clients = clientsOf(server);
    for (const client of clients) await client.request(path);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

/** The most memory that it ever had, in MiB. */
function peakMib() {
    const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
    return Number(status.match(/VmHWM:\s+(\d+)/)[1]) / 1024;
}

async function assertAlive() {
    for (const client of clients) {
        const response = await client.request(path, { headers: { range: 'bytes=5-9' } });
        assert.equal(response.status, 206, client.name);
        assert.ok(response.body.equals(bytes.subarray(5, 10)));
    }
}

async function assertCheap(target, fields, until) {
    const before = peakMib();
    const socket = await connect(server.ports.tls);
    const types = await exchangeFrames(
        socket, Buffer.concat([PREFACE, settings(), get(1, target, fields)]), until);
    const grown = peakMib() - before;
    assert.ok(grown < (isSanitized ? 64 : 16), `${grown} MiB for one request`);
    await assertAlive();
    return types;
}

for (const name of ['range', 'if-range', 'if-none-match', 'authorization'])
    test(`2000 lines of ${name} in 6 kB cost no memory, with a token or without`, async () => {
        const fields = repeated(name, 'a'.repeat(3900), 2000);
        for (const target of [path, '/v1/fixture/video.mp4']) {
            const types = await assertCheap(target, fields, [FRAME.HEADERS]);
            assert.ok(types.includes(FRAME.HEADERS), `${name}: no answer`);
        }
    });

test('2000 lines of cache-digest in 6 kB are refused and decoded by nobody', async () => {
    // A Golomb set as large as a field can say: 187 kB once decoded.
    const digest = Buffer.concat([Buffer.from([0xf8, 0x3f]), Buffer.alloc(2900, 0xff)]).toString('base64url');
    const types = await assertCheap(path, repeated('cache-digest', digest, 2000), [FRAME.HEADERS, FRAME.GOAWAY]);
    assert.ok(!types.includes(FRAME.HEADERS), 'it was answered');
});

test('fields in 16 lines are joined; one in more, or longer than 8 KiB, is malformed', async () => {
    const nobody = 'W/"x"';
    const rows = [
        [{ 'if-none-match': [...Array(15).fill(nobody), '*'] }, 200],
        [{ 'if-none-match': nobody }, 200],
        [{ range: Array(17).fill('bytes=0-4') }, 200],
        [{ range: `bytes=0-4${','.repeat(8000)}` }, 206],
        [{ range: `bytes=0-4${','.repeat(9000)}` }, 200],
        [{ range: 'bytes=0-4', 'if-range': `"${'x'.repeat(9000)}"` }, 200],
        [{ 'if-none-match': `${',"x"'.repeat(3000)},*` }, 200],
    ];
    for (const client of [clients[0], clients[1]])
        for (const [headers, status] of rows) {
            const response = await client.request(path, { headers });
            assert.equal(response.status, status, `${client.name} ${JSON.stringify(headers).slice(0, 60)}`);
        }
    const { etag } = (await clients[0].request(path)).headers;
    const listed = await clients[0].request(path, { headers: { 'if-none-match': [...Array(15).fill(nobody), etag] } });
    assert.equal(listed.status, 304);
    const unheard = await clients[0].request(path, { headers: { 'if-none-match': [...Array(16).fill(nobody), etag] } });
    assert.equal(unheard.status, 200);
});

test('an Authorization beyond all measure is refused, whatever the query says', async () => {
    for (const client of clients) {
        const response = await client.request(path, { headers: { authorization: `Bearer ${'a'.repeat(9000)}` } });
        assert.equal(response.status, 403, client.name);
    }
    assert.match(server.log, /reason="Authorization is too long"/);
});

test('a connection that breaks with all its streams open takes nobody with it', async () => {
    const ping = frame(FRAME.PING, 0, 0, Buffer.from('12345678'));
    const flood = Buffer.concat(Array(2000).fill(ping));
    for (let round = 0; round < 3; round++) {
        const socket = await connect(server.ports.tls);
        socket.on('error', () => {});
        socket.pause(); // never reads, so that answers and echoes of pings stay with the server
        const NO_WINDOW = settings(4, 0);
        const requests = Array.from({ length: 100 }, (_, i) => get(2 * i + 1, i % 2 ? path : '/v1/x/y'));
        socket.write(Buffer.concat([PREFACE, NO_WINDOW, ...requests]));
        await sleep(200);
        for (let sent = 0; sent < 500 && socket.writable && socket.writableLength < 4 * flood.length; sent++) {
            socket.write(flood);
            await sleep(2);
        }
        socket._parent?.resetAndDestroy?.();
        socket.destroy();
        await sleep(300);
        assert.equal(server.child.exitCode, null);
        assert.equal(server.child.signalCode, null, 'the server is gone');
        await assertAlive();
    }
});
