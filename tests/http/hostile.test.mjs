// Requests that cost their sender a few bytes and must not cost the server more: it answers them or
// closes the connection, stays small, and goes on for everybody else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf, exchange, parseHttp1 } from '../harness/client.mjs';
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
    for (const [lines, isAnswered] of [[90, true], [2000, false]])
        test(`${lines} lines of ${name} cost no memory, with a token or without`, async () => {
            const fields = repeated(name, 'a'.repeat(3900), lines);
            for (const target of [path, '/v1/fixture/video.mp4']) {
                const types = await assertCheap(target, fields, [FRAME.HEADERS]);
                assert.equal(types.includes(FRAME.HEADERS), isAnswered);
            }
        });

test('90 lines of cache-digest are refused and decoded by nobody', async () => {
    // A Golomb set as large as a field can say: 187 kB once decoded.
    const digest = Buffer.concat([Buffer.from([0xf8, 0x3f]), Buffer.alloc(2900, 0xff)]).toString('base64url');
    const types = await assertCheap(path, repeated('cache-digest', digest, 90), [FRAME.HEADERS, FRAME.GOAWAY]);
    assert.ok(!types.includes(FRAME.HEADERS), 'it was answered');
});

test('fields in 16 lines are joined; one in more, or longer than 8 KiB, is malformed', async () => {
    const nobody = 'W/"x"';
    const rows = [
        [{ 'if-none-match': [...Array(15).fill(nobody), '*'] }, 200],
        [{ 'if-none-match': nobody }, 200],
        [{ range: Array(17).fill('bytes=0-4') }, 200],
        [{ range: `bytes=0-4${','.repeat(15)}` }, 206],
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
    assert.match(await server.wholeLog(), /reason="Authorization is too long"/);
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

describe('what a proxy may take for a body is not read as a request', () => {
    const hidden = () => `GET ${path} HTTP/1.1\r\nHost: a\r\nRange: bytes=0-3\r\n\r\n`;
    const chunks = '0\r\n\r\n';
    const rows = [
        ['two lengths, none first', 'HTTP/1.1', ['Content-Length: 0', 'Content-Length: 90'], ''],
        ['two lengths, none last', 'HTTP/1.1', ['Content-Length: 4', 'Content-Length: 0'], 'body'],
        ['a length beside chunks', 'HTTP/1.1', ['Content-Length: 90', 'Transfer-Encoding: chunked'], chunks],
        ['chunks beside a length', 'HTTP/1.1', ['Transfer-Encoding: chunked', 'Content-Length: 90'], chunks],
        ['two codings', 'HTTP/1.1', ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'], chunks],
        ['chunks alone', 'HTTP/1.1', ['Transfer-Encoding: chunked'], chunks],
        ['chunks with a trailer', 'HTTP/1.1', ['Transfer-Encoding: chunked'], '0\r\nContent-Length: 3\r\n\r\n'],
        ['a body', 'HTTP/1.1', ['Content-Length: 4'], 'body'],
        ['a coding that is none', 'HTTP/1.1', ['Transfer-Encoding: xchunked'], chunks],
        ['HTTP/1.0 with chunks', 'HTTP/1.0', ['Transfer-Encoding: chunked', 'Connection: keep-alive'], chunks],
    ];
    for (const [what, version, fields, body] of rows)
        for (const secure of [false, true])
            test(`${what}${secure ? ', over TLS' : ''}`, async () => {
                const head = ['GET /v1/x/y ' + version, 'Host: a', ...fields, '', ''].join('\r\n');
                const port = secure ? server.ports.tls : server.ports.plain;
                const answer = (await exchange(port, head + body + hidden(), { secure, limitMs: 2000 })).toString('latin1');
                assert.equal(answer.match(/HTTP\/1\.1 \d+/g)?.length ?? 0, 1, answer);
                assert.match(answer, /^HTTP\/1\.1 40[03] [^]*\r\nconnection: close\r\n/i);
            });
});

test('a request with more than one Host is answered 400 and its connection closed', async () => {
    const next = `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    for (const secure of [false, true])
        for (const [method, fields] of [
            ['GET', ['Host: a', 'Host: a']], ['GET', ['hOST: a', 'X: y', 'Host:b']], ['OPTIONS', ['Host: a', 'Host: b']],
            ['GET', ['Host: a', 'Content-Length: 0', 'Host: b']],
        ]) {
            const head = [`${method} ${path} HTTP/1.1`, ...fields, '', ''].join('\r\n');
            const port = secure ? server.ports.tls : server.ports.plain;
            const response = parseHttp1(await exchange(port, head + next, { secure }));
            assert.equal(response.status, 400);
            assert.equal(response.headers.connection, 'close');
            assert.equal(response.headers['access-control-allow-origin'], '*');
            assert.equal(response.rest.length, 0);
        }
    const many = Array.from({ length: 3 }, () => next.replace('\r\n\r\n', '\r\nRange: bytes=0-3\r\n\r\n')).join('');
    const answers = (await exchange(server.ports.plain, many, { limitMs: 500 })).toString('latin1');
    assert.equal(answers.match(/HTTP\/1\.1 206/g).length, 3, 'requests that follow each other have one each');
});

test('a head that is too long is answered 400', async () => {
    const rows = [
        ['a long head', `GET PATH HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(32768)}\r\n\r\n`, 400],
        ['a head that is just long', `GET PATH HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ${'y'.repeat(30000)}\r\n\r\n`, 200],
    ];
    for (const secure of [false, true])
        for (const [what, head, status] of rows) {
            const port = secure ? server.ports.tls : server.ports.plain;
            const response = parseHttp1(await exchange(port, head.replace('PATH', path), { secure, limitMs: 2000 }));
            assert.equal(response?.status, status, what);
            assert.equal(response.headers.connection, 'close', what);
        }
});
