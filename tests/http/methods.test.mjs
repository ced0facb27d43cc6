// Methods and what browsers need to hear: HEAD, OPTIONS, 405, and CORS on every status.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { adminClientOf, clientsOf, exchange, exchangeHttp1, parseHttp1 } from '../harness/client.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { ATTRIBUTE, signedPath, tokenFor } from '../harness/tokens.mjs';

const LENGTH = 10_000;
const bytes = patternBytes(LENGTH);
const store = new Store(scratchDir());
let key;
let server;
let clients;
let path;

before(async () => {
    key = await store.newKey();
    await store.publish('fixture', { 'video.mp4': { bytes, cuts: [5000] } });
    path = signedPath(key, 'fixture', 'video.mp4');
    server = await Server.start(store);
    clients = clientsOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

function assertCors(response) {
    assert.equal(response.headers['access-control-allow-origin'], '*');
    const exposed = response.headers['access-control-expose-headers'].toLowerCase().split(/, */);
    for (const name of ['content-range', 'content-length', 'accept-ranges', 'etag'])
        assert.ok(exposed.includes(name), `${name} is not exposed`);
}

test('range list 70: HEAD says what GET would send, and sends none of it', async () => {
    for (const client of clients) {
        const get = await client.request(path);
        const head = await client.request(path, { method: 'HEAD' });
        assert.equal(head.status, 200);
        assert.deepEqual(head.names, get.names);
        assert.deepEqual({ ...head.headers, date: '' }, { ...get.headers, date: '' });
        assert.equal(head.body.length, 0);
    }
});

test('range list 71: HEAD ignores Range, which only GET knows (RFC 9110, 14.2)', async () => {
    for (const client of clients) {
        const head = await client.request(path, { method: 'HEAD', headers: { range: 'bytes=0-4' } });
        assert.equal(head.status, 200);
        assert.equal(head.headers['content-length'], String(LENGTH));
        assert.ok(!('content-range' in head.headers));
    }
});

test('HEAD of what is refused looks like GET of it', async () => {
    for (const client of clients) {
        const get = await client.request('/v1/fixture/video.mp4');
        const head = await client.request('/v1/fixture/video.mp4', { method: 'HEAD' });
        assert.equal(head.status, 403);
        assert.deepEqual({ ...head.headers, date: '' }, { ...get.headers, date: '' });
        assert.equal(head.body.length, 0);
    }
});

test('nothing follows the header of a HEAD on the wire', async () => {
    const fields = ['Host: a', 'Connection: close', '', ''];
    const answer = await exchange(server.ports.plain, `HEAD ${path} HTTP/1.1\r\n${fields.join('\r\n')}`);
    assert.ok(answer.subarray(-4).equals(Buffer.from('\r\n\r\n')));
});

test('range list 72 and 128: a preflight is answered without a token, for any path alike', async () => {
    for (const client of clients) {
        const answers = [];
        for (const target of [path, '/v1/fixture/video.mp4', '/v1/missing/video.mp4']) {
            const response = await client.request(target, {
                method: 'OPTIONS',
                headers: {
                    origin: 'https://player.example',
                    range: 'bytes=0-4',
                    'access-control-request-method': 'GET',
                    'access-control-request-headers': 'range, if-range, authorization',
                },
            });
            assert.equal(response.status, 204);
            assert.equal(response.body.length, 0);
            assert.ok(!('content-length' in response.headers), 'RFC 9110 8.6 forbids it on 204');
            assert.ok(!('transfer-encoding' in response.headers));
            assert.match(response.headers['access-control-allow-methods'], /GET, HEAD/);
            for (const name of ['Range', 'If-Range', 'Authorization'])
                assert.ok(response.headers['access-control-allow-headers'].split(/, */).includes(name), name);
            assert.ok(Number(response.headers['access-control-max-age']) > 0);
            assertCors(response);
            answers.push({ ...response.headers, date: '' });
        }
        assert.deepEqual(answers[1], answers[0]);
        assert.deepEqual(answers[2], answers[0]);
    }
});

test('range list 73: other methods get 405 and hear which are allowed', async () => {
    for (const client of clients)
        for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])
            for (const target of [path, '/v1/missing/video.mp4']) {
                const response = await client.request(target, { method, headers: { range: 'bytes=0-4' } });
                assert.equal(response.status, 405, `${client.name} ${method}`);
                assert.deepEqual(response.headers.allow.split(', ').sort(), ['GET', 'HEAD', 'OPTIONS']);
                assert.equal(response.headers['content-length'], String(response.body.length));
                assertCors(response);
            }
});

test('TRACE echoes nothing and unknown methods are no way in', async () => {
    for (const method of ['TRACE', 'get', 'GETT', 'BREW']) {
        const response = await exchangeHttp1(server.ports.plain, path, ['X-Secret: echo-me'], { method });
        assert.equal(response.status, 405);
        assert.ok(!response.body.includes('echo-me'));
    }
});

test('range list 129: every status can be read by a script of another origin', async () => {
    const rows = [
        [{}, 200],
        [{ range: 'bytes=0-4' }, 206],
        [{ 'if-none-match': '*' }, 304],
        [{ 'if-match': '"x"' }, 412],
        [{ range: 'bytes=99999-' }, 416],
    ];
    for (const client of clients) {
        for (const [headers, status] of rows) {
            const response = await client.request(path, { headers: { origin: 'https://a.example', ...headers } });
            assert.equal(response.status, status);
            assertCors(response);
        }
        const refused = await client.request('/v1/fixture/video.mp4', { headers: { origin: 'null' } });
        assert.equal(refused.status, 403);
        assertCors(refused);
    }
});

test('a token may come in the query or as Bearer, and is not echoed', async () => {
    const token = tokenFor(key, 'fixture');
    for (const client of clients) {
        const byQuery = await client.request(`/v1/fixture/video.mp4?${ATTRIBUTE}=${token}`);
        const byField = await client.request('/v1/fixture/video.mp4', { headers: { authorization: `Bearer ${token}` } });
        for (const response of [byQuery, byField]) {
            assert.equal(response.status, 200);
            assert.ok(response.body.equals(bytes));
            assert.ok(!JSON.stringify(response.headers).includes(token));
        }
    }
    const log = await server.wholeLog();
    assert.ok(!log.includes(token), 'the log holds a token');
    assert.ok(!log.includes(token.split('.')[2]), 'the log holds a signature');
});

test('range list 125: HTTP/1.0 gets its range with a length and no chunks', async () => {
    const response = await exchangeHttp1(server.ports.plain, path, ['Range: bytes=4990-5009'], { version: 'HTTP/1.0' });
    assert.equal(response.status, 206);
    assert.equal(response.headers['content-length'], '20');
    assert.ok(!('transfer-encoding' in response.headers));
    assert.ok(response.body.equals(bytes.subarray(4990, 5010)));
});

test('range list 126: pipelined ranges are answered in order', async () => {
    const firsts = [0, 9000, 4990, 1, 7000];
    const requests = firsts.map((first, i) =>
        `GET ${path} HTTP/1.1\r\nHost: a\r\nRange: bytes=${first}-${first + 19}\r\n` +
        `${i === firsts.length - 1 ? 'Connection: close\r\n' : ''}\r\n`);
    let rest = await exchange(server.ports.plain, requests.join(''));
    for (const first of firsts) {
        const response = parseHttp1(rest);
        assert.equal(response.status, 206);
        assert.ok(response.body.equals(bytes.subarray(first, first + 20)));
        rest = response.rest;
    }
    assert.equal(rest.length, 0);
});

test('what is no HTTP gets an error or a closed connection, and the server goes on', async () => {
    const rows = [
        'GET\r\n\r\n', '\x16\x03\x01\x00\x00', `GET ${'/a'.repeat(70_000)} HTTP/1.1\r\n\r\n`,
        'GET / HTTP/9.9\r\n\r\n', 'GET /v1/fixture/video.mp4 HTTP/1.1\r\nHost\r\n\r\n', '\0\0\0\0\r\n\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(500)}\r\n`,
    ];
    for (const row of rows) {
        const answer = await exchange(server.ports.plain, row, { limitMs: 300 });
        assert.ok(!answer.toString('latin1').includes('206'), JSON.stringify(row.slice(0, 40)));
    }
    const response = await clients[0].request(path, { headers: { range: 'bytes=0-4' } });
    assert.equal(response.status, 206);
});

test('health is told on the admin port alone, and titles on the others', async () => {
    const admin = adminClientOf(server);
    const health = await admin.request('/healthz');
    assert.equal(health.status, 200);
    assert.equal(health.body.toString(), 'ok\n');
    assert.equal((await admin.request(path)).status, 404);
    admin.close();
    for (const client of clients) {
        assert.equal((await client.request('/healthz')).status, 403);
        assert.equal((await client.request('/play?title=fixture')).status, 403);
    }
});

test('the page plays for addresses and localhost, and under no name that DNS could turn', async () => {
    const { port } = adminClientOf(server);
    for (const [host, status] of [
        ['127.0.0.1', 200], ['localhost', 200], ['[::1]', 200],
        ['rebound.example', 400], ['localhost.rebound.example', 400], ['a b', 400], ['', 400],
    ]) {
        const request = `GET /play?title=fixture HTTP/1.1\r\nHost: ${host}${host && `:${port}`}\r\nConnection: close\r\n\r\n`;
        const response = parseHttp1(await exchange(port, request));
        assert.equal(response.status, status, host);
        if (status === 400) assert.match(response.body.toString(), /127\.0\.0\.1.*localhost/);
    }
});
