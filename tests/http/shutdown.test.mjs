// SIGTERM: no new connections, responses under way finish, exit code 0; and not for ever.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf } from '../harness/client.mjs';
import { patternBytes, run, scratchDir, segued } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const LENGTH = 48 << 20;
const bytes = patternBytes(LENGTH);
const store = new Store(scratchDir());
const started = [];
let path;

before(async () => {
    const key = await store.newKey();
    await store.publish('large', { 'video.mp4': { bytes, cuts: [LENGTH / 2] } });
    path = signedPath(key, 'large', 'video.mp4');
});

after(() => started.forEach((server) => server.signal('SIGKILL')));

async function start(args) {
    const server = await Server.start(store, args);
    started.push(server);
    return server;
}

function begin(client) {
    return new Promise((resolve, reject) => {
        const onBody = (stream) => stream.once('readable', () => resolve(stream));
        const request = client.open(path, { agent: false }, onBody);
        request.on('error', reject);
        if (client.isHttp2) onBody(request);
        request.end();
    });
}

async function readAll(stream) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks);
}

/** The error of a connection attempt, or undefined when it is accepted. */
function connectError(port) {
    return new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => {
            socket.destroy();
            resolve(undefined);
        });
        socket.on('error', (error) => resolve(error.code));
    });
}

for (const signal of ['SIGTERM', 'SIGINT'])
    test(`${signal} lets slow responses finish and takes no new connection`, async () => {
        const server = await start([]);
        const clients = clientsOf(server);
        const streams = await Promise.all(clients.map(begin));
        await sleep(200);
        server.signal(signal);
        await server.waitForLog('shutting down');
        for (let i = 0; (await connectError(server.ports.plain)) === undefined; i++) {
            assert.ok(i < 100, 'new connections are still accepted');
            await sleep(20);
        }
        assert.equal(await connectError(server.ports.tls), 'ECONNREFUSED');
        await sleep(500);
        assert.equal(server.child.exitCode, null, 'it ended with responses under way');
        for (const stream of streams) assert.ok((await readAll(stream)).equals(bytes));
        clients.forEach((client) => client.close());
        assert.equal(await server.exitCode(), 0);
    });

test('idle connections do not keep it', async () => {
    const server = await start([]);
    const clients = clientsOf(server);
    for (const client of clients) await client.request(path, { headers: { range: 'bytes=0-0' } });
    const silent = net.connect(server.ports.plain, '127.0.0.1');
    silent.on('error', () => {});
    await new Promise((resolve) => silent.once('connect', resolve));
    const begun = Date.now();
    server.signal('SIGTERM');
    assert.equal(await server.exitCode(), 0);
    assert.ok(Date.now() - begun < 5000, `${Date.now() - begun} ms`);
    clients.forEach((client) => client.close());
    silent.destroy();
});

test('a client that never reads is cut off at the limit', async () => {
    const server = await start(['--shutdown-timeout', '1']);
    const clients = clientsOf(server);
    const streams = await Promise.all(clients.map(begin));
    streams.forEach((stream) => stream.on('error', () => {}));
    const begun = Date.now();
    server.signal('SIGTERM');
    assert.equal(await server.exitCode(), 0);
    const tookMs = Date.now() - begun;
    assert.ok(tookMs >= 900 && tookMs < 10_000, `${tookMs} ms`);
    clients.forEach((client) => client.close());
});

test('a second signal ends it at once', async () => {
    const server = await start(['--shutdown-timeout', '60']);
    const clients = clientsOf(server);
    (await Promise.all(clients.map(begin))).forEach((stream) => stream.on('error', () => {}));
    const begun = Date.now();
    server.signal('SIGTERM');
    await server.waitForLog('shutting down');
    server.signal('SIGTERM');
    assert.equal(await server.exitCode(), 0);
    assert.ok(Date.now() - begun < 10_000);
    clients.forEach((client) => client.close());
});

test('it does not start without keys, on a port in use, or on a store that is none', async () => {
    const bare = new Store(scratchDir());
    await bare.publish('a', { 'a.txt': { bytes: Buffer.from('a'), type: 'text/plain' } });
    const server = await start([]);
    const rows = [
        [['--store', bare.path, '--listen', '127.0.0.1:0', '--admin', 'off'], 1, /segue key new/],
        [['--store', store.path, '--listen', `127.0.0.1:${server.ports.plain}`, '--admin', 'off'], 1,
            new RegExp(`cannot listen on 127.0.0.1 port ${server.ports.plain}`)],
        [['--store', '/nonexistent', '--listen', '127.0.0.1:0'], 1, /\/nonexistent/],
        [['--listen', 'nonsense'], 2, /nonsense/],
        [['--no-such-option'], 2, /no-such-option/],
        [['--cert', 'a.pem'], 2, /--key/],
    ];
    for (const [args, code, message] of rows) {
        const result = await run(segued, args);
        assert.equal(result.code, code, `${args}: ${result.stderr}`);
        assert.match(result.stderr, message);
        assert.equal(result.stdout, '');
    }
    await server.stop();
});

test('SIGHUP, from a shell that goes away, ends nothing', async () => {
    const server = await start([]);
    const clients = clientsOf(server);
    server.signal('SIGHUP');
    await sleep(200);
    const response = await clients[0].request(path, { headers: { range: 'bytes=0-9' } });
    assert.equal(response.status, 206);
    clients.forEach((client) => client.close());
    await server.stop();
});
