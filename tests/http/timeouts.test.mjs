// Clients that take nothing, or do not finish what they begin to say, are closed after their time; slow ones live.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';

import { adminClientOf, clientsOf } from '../harness/client.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const LENGTH = 32 << 20; // more than all buffers between us
const bytes = patternBytes(LENGTH);
const store = new Store(scratchDir());
let server;
let clients;
let admin;
let path;

before(async () => {
    const key = await store.newKey();
    await store.publish('large', { 'video.mp4': { bytes } });
    path = signedPath(key, 'large', 'video.mp4');
    server = await Server.start(store, ['--threads', '1', '--limit', 'send-timeout=2',
        '--limit', 'head-timeout=1', '--limit', 'idle-timeout=8']);
    clients = clientsOf(server);
    admin = adminClientOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    admin.close();
    await server.stop();
});

async function closedBy(limit) {
    const text = (await admin.request('/metrics')).body.toString();
    return Number(text.match(`segue_connections_closed_total\\{limit="${limit}"\\} (\\d+)`)[1]);
}

async function openConnections() {
    const text = (await admin.request('/metrics')).body.toString();
    return [...text.matchAll(/^segue_connections\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function until(isSo, limitMs, what) {
    const end = Date.now() + limitMs;
    while (!(await isSo())) {
        assert.ok(Date.now() < end, what);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Asks for the whole file; resolves when the response has begun, and nobody has read of it. */
function begin(client) {
    return new Promise((resolve, reject) => {
        const onBody = (stream) => {
            stream.on('error', () => {});
            stream.once('readable', () => resolve(stream));
        };
        const request = client.open(path, { agent: false }, onBody);
        request.on('error', reject);
        if (client.isHttp2) onBody(request);
        request.end();
    });
}

describe('a client that takes nothing of a response', () => {
    for (const [number, name] of ['HTTP/1.1', 'HTTP/1.1 over TLS', 'HTTP/2 over TLS', 'HTTP/2'].entries())
        test(`is closed after its time: ${name}`, async () => {
            const closed = await closedBy('send-timeout');
            const begun = Date.now();
            const stream = await begin(clients[number]);
            await until(async () => (await closedBy('send-timeout')) === closed + 1, 15_000, 'it is never closed');
            assert.ok(Date.now() - begun >= 2000, `after ${Date.now() - begun} ms`);
            await until(async () => (await openConnections()) === 0, 5000, 'the connection is still there');
            stream.destroy?.();
            assert.match(await server.wholeLog(), /client 127\.0\.0\.1: cut off, over the limit of send-timeout/);
        });
});

test('pings do not keep a connection whose response is not read', async () => {
    for (const client of clients.filter((each) => each.isHttp2)) {
        const closed = await closedBy('send-timeout');
        const stream = await begin(client);
        const timer = setInterval(() => stream.session?.destroyed || stream.session?.ping(() => {}), 100);
        await until(async () => (await closedBy('send-timeout')) === closed + 1, 15_000, 'it is never closed');
        clearInterval(timer);
    }
});

test('a reader that takes some of it again and again lives, over all protocols', async () => {
    const closed = await closedBy('send-timeout');
    await Promise.all(clients.map(async (client) => {
        const stream = await begin(client);
        for (let i = 0; i < 12; i++) {
            // Two megabytes in less than a second: more than a kernel keeps to itself before it tells the sender.
            for (let got = 0; got < 2 << 20;) {
                const chunk = stream.read();
                if (chunk !== null) got += chunk.length;
                else await new Promise((resolve) => stream.once('readable', resolve));
            }
            assert.ok(!stream.destroyed, client.name);
            await new Promise((resolve) => setTimeout(resolve, 700));
        }
        stream.destroy();
    }));
    assert.equal(await closedBy('send-timeout'), closed);
});

function dial(secure) {
    const socket = secure
        ? tls.connect({ port: server.ports.tls, host: '127.0.0.1', rejectUnauthorized: false })
        : net.connect(server.ports.plain, '127.0.0.1');
    socket.on('error', () => {});
    return socket;
}

describe('a request that never ends', () => {
    const beginnings = {
        'a head': 'GET /v1/large/video.mp4 HTTP/1.1\r\nHost: a\r\nX: ',
        'a body': 'POST /v1/large/video.mp4 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n',
    };
    for (const secure of [false, true])
        for (const [what, beginning] of Object.entries(beginnings))
            test(`${what} that trickles is cut off${secure ? ', over TLS' : ''}`, async () => {
                const closed = await closedBy('head-timeout');
                const begun = Date.now();
                const socket = dial(secure);
                socket.write(beginning);
                const timer = setInterval(() => socket.write('x'), 100);
                const answer = [];
                socket.on('data', (chunk) => answer.push(chunk));
                await new Promise((resolve) => socket.once('close', resolve));
                clearInterval(timer);
                const tookMs = Date.now() - begun;
                assert.ok(tookMs >= 900 && tookMs < 6000, `${tookMs} ms`);
                assert.equal(Buffer.concat(answer).toString(), '');
                assert.equal(await closedBy('head-timeout'), closed + 1);
            });
});

test('a connection that is idle between requests lives longer, and not for ever', async () => {
    const request = `GET ${path} HTTP/1.1\r\nHost: a\r\nRange: bytes=0-3\r\n\r\n`;
    for (const secure of [false, true]) {
        const closed = await closedBy('head-timeout');
        const socket = dial(secure);
        let text = '';
        socket.on('data', (chunk) => (text += chunk.toString('latin1')));
        const answers = () => text.match(/HTTP\/1\.1 206/g)?.length ?? 0;
        socket.write(request);
        await until(() => answers() === 1, 5000, 'no answer');
        await new Promise((resolve) => setTimeout(resolve, 4000));
        socket.write(request);
        await until(() => answers() === 2, 5000, 'it did not live');
        const begun = Date.now();
        await new Promise((resolve) => socket.once('close', resolve));
        assert.ok(Date.now() - begun >= 7000 && Date.now() - begun < 15_000, `${Date.now() - begun} ms`);
        assert.equal(await closedBy('head-timeout'), closed);
    }
});

test('a head that grows without an end is closed long before its time', async () => {
    const other = await Server.start(store, ['--threads', '1', '--limit', 'head-timeout=60']);
    try {
        const socket = net.connect(other.ports.plain, '127.0.0.1');
        socket.on('error', () => {});
        socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(70_000)}`);
        await other.waitForLog('over the limit of header-bytes');
    } finally {
        await other.stop();
    }
});
