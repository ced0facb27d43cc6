// How bodies go out: to slow readers, to clients that leave, to many at once, and when an object of
// the title cannot be read.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf } from '../harness/client.mjs';
import { isSanitized, patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const MIB = 1 << 20;
const LENGTH = 48 * MIB + 12_345;
const bytes = patternBytes(LENGTH);
const cuts = Array.from({ length: 47 }, (_, i) => (i + 1) * MIB + i);

const scratch = scratchDir();
const store = new Store(scratch);
let key;
let server;
let clients;
let large;

before(async () => {
    key = await store.newKey();
    await store.publish('large', { 'video.mp4': { bytes, cuts } });
    large = signedPath(key, 'large', 'video.mp4');
    server = await Server.start(store);
    clients = clientsOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/** Memory that is the process's own: not what it has mapped of the store. */
function ownMemoryKib() {
    const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
    return Number(status.match(/RssAnon:\s+(\d+)/)[1]);
}

const descriptorCount = () => readdirSync(`/proc/${server.child.pid}/fd`).length;

async function until(condition, limitMs, what) {
    const end = Date.now() + limitMs;
    while (!condition()) {
        assert.ok(Date.now() < end, what);
        await sleep(20);
    }
}

/** Begins a GET and resolves with its body as a stream once the first bytes are there. */
function begin(client, target, headers = {}) {
    return new Promise((resolve, reject) => {
        const onBody = (stream) => stream.once('readable', () => resolve(stream));
        const request = client.open(target, { headers, agent: false }, onBody);
        request.on('error', reject);
        if (client.isHttp2) onBody(request);
        request.end();
    });
}

async function readToEnd(stream) {
    const hash = createHash('sha256');
    let length = 0;
    for await (const chunk of stream) {
        hash.update(chunk);
        length += chunk.length;
    }
    return { length, sha256: hash.digest('hex') };
}

test('a large file comes whole', async () => {
    for (const client of clients) {
        const { length, sha256: digest } = await readToEnd(await begin(client, large));
        assert.equal(length, LENGTH);
        assert.equal(digest, sha256(bytes));
    }
});

test('range list 122: slow readers get everything, hold nobody up and cost little memory', async () => {
    const before = ownMemoryKib();
    const slow = (await Promise.all(clients.map((client) =>
        Promise.all(Array.from({ length: 8 }, () => begin(client, large)))))).flat();
    await sleep(500); // they have stopped reading: what can be buffered is
    const grown = ownMemoryKib() - before;
    for (const client of clients) {
        const response = await client.request(large, { headers: { range: 'bytes=5-9' } });
        assert.equal(response.status, 206);
    }
    // 24 readers; TLS over HTTP/1.1 encrypts a window of 256 KiB at once, and nothing else is kept.
    assert.ok(grown < (isSanitized ? 64 : 16) * 1024, `${grown} KiB for 24 slow readers`);
    for (const stream of slow) {
        const { length, sha256: digest } = await readToEnd(stream);
        assert.equal(length, LENGTH);
        assert.equal(digest, sha256(bytes));
    }
});

test('clients that leave in the middle leave nothing behind', async () => {
    const idle = descriptorCount();
    const rounds = isSanitized ? 10 : 40;
    for (let i = 0; i < rounds; i++) {
        const first = Math.floor(Math.random() * LENGTH);
        await Promise.all(clients.map(async (client) => {
            const stream = await begin(client, large, { range: `bytes=${first}-` });
            stream.on('error', () => {});
            stream.destroy();
        }));
    }
    for (const client of clients) {
        const response = await client.request(large, { headers: { range: 'bytes=7-11' } });
        assert.ok(response.body.equals(bytes.subarray(7, 12)));
    }
    await until(() => descriptorCount() <= idle + 4, 5000, 'connections stay open');
});

test('clients that leave before the answer, or never ask, are no harm', async () => {
    for (let i = 0; i < 50; i++) {
        const socket = net.connect(server.ports.plain, '127.0.0.1');
        socket.on('error', () => {});
        await new Promise((resolve) => socket.once('connect', resolve));
        if (i % 2 === 0) socket.write(`GET ${large} HTTP/1.1\r\nHost: a\r\n\r\n`);
        if (i % 3 === 0) await sleep(1);
        socket.resetAndDestroy();
    }
    const response = await clients[0].request(large, { headers: { range: 'bytes=7-11' } });
    assert.equal(response.status, 206);
});

test('many ranges at once on one HTTP/2 connection', async () => {
    const client = clients[2];
    const count = 96;
    const size = Math.ceil(LENGTH / count);
    const parts = await Promise.all(Array.from({ length: count }, async (_, i) => {
        const range = `bytes=${i * size}-${(i + 1) * size - 1}`;
        const response = await client.request(large, { headers: { range } });
        assert.equal(response.status, 206);
        return response.body;
    }));
    assert.equal(sha256(Buffer.concat(parts)), sha256(bytes));
});

test('range list 127: an HTTP/2 connection goes on after a stream was reset', async () => {
    for (const client of clients.filter(({ isHttp2 }) => isHttp2)) {
        const { session } = client;
        for (let i = 0; i < 5; i++) {
            const stream = await begin(client, large);
            stream.on('error', () => {});
            stream.close(8 /* CANCEL */);
            const response = await client.request(large, { headers: { range: `bytes=${i}-${i + 99}` } });
            assert.ok(response.body.equals(bytes.subarray(i, i + 100)));
        }
        assert.equal(client.session, session, 'the connection was closed');
    }
});

/** Publishes three objects of 3 MiB, damages the second, and returns a path to all of it. */
async function publishDamaged(title, damage) {
    const content = patternBytes(9 * MIB, title.length);
    const known = new Set(store.objectNames());
    await store.publish(title, { 'video.mp4': { bytes: content, cuts: [3 * MIB, 6 * MIB] } });
    const second = store.objectNames().filter((name) => !known.has(name)).find((name) => {
        const file = objectFile(name);
        return statSync(file).size === 3 * MIB &&
            readFileSync(file).equals(content.subarray(3 * MIB, 6 * MIB));
    });
    damage(objectFile(second));
    return { target: signedPath(key, title, 'video.mp4'), content, second };
}

const objectFile = (name) =>
    path.join(store.path, 'objects', name.slice(0, 2), name.slice(2, 4), name);

/** Reads what comes; resolves with its length and whether it ended as a whole body does. */
function readUntilBroken(client, target) {
    return new Promise((resolve) => {
        let length = 0;
        const onBody = (stream) => {
            stream.on('data', (chunk) => (length += chunk.length));
            stream.on('end', () => resolve({ length, isBroken: false }));
            stream.on('error', () => resolve({ length, isBroken: true }));
            stream.on('aborted', () => resolve({ length, isBroken: true }));
        };
        const request = client.open(target, { agent: false }, onBody);
        request.on('error', () => resolve({ length, isBroken: true }));
        if (client.isHttp2) onBody(request);
        request.end();
    });
}

for (const [what, damage] of [
    ['gone', (file) => unlinkSync(file)],
    ['too short', (file) => truncateSync(file, 1000)],
    ['empty', (file) => truncateSync(file, 0)],
    ['too long', (file) => appendFileSync(file, 'more')],
])
    test(`range list 120: an object that is ${what}: 503 before the first byte, a broken body after it`, async () => {
        const { target, content, second } = await publishDamaged(`damaged-${what.replace(' ', '-')}`, damage);
        for (const client of clients) {
            const early = await client.request(target, { headers: { range: `bytes=${4 * MIB}-${5 * MIB}` } });
            assert.equal(early.status, 503, client.name);
            assert.ok('retry-after' in early.headers);
            assert.equal(early.headers['access-control-allow-origin'], '*');
            assert.ok(!`${JSON.stringify(early.headers)}${early.body}`.includes(second));

            const { length, isBroken } = await readUntilBroken(client, target);
            assert.ok(isBroken, `${client.name}: the end looks like a whole body`);
            assert.ok(length < content.length, `${client.name}: ${length} bytes`);

            const intact = await client.request(target, { headers: { range: `bytes=${7 * MIB}-${7 * MIB + 99}` } });
            assert.ok(intact.body.equals(content.subarray(7 * MIB, 7 * MIB + 100)), 'the others are served');
        }
        const log = await server.wholeLog();
        assert.match(log, /title damaged-.*object \d+ cannot be read/);
        assert.ok(!log.includes(second), 'the log names the object');
    });
