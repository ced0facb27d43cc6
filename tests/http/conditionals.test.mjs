// Preconditions against the running server (RFC 9110, 13): If-None-Match gives 304, If-Range decides
// whether the range counts, and neither says anything to someone without a token.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { clientsOf, exchangeHttp1 } from '../harness/client.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const LENGTH = 10_000;
const bytes = patternBytes(LENGTH);
const store = new Store(scratchDir());
let server;
let clients;
let path;
let etag;

before(async () => {
    const key = await store.newKey();
    await store.publish('fixture', { 'video.mp4': { bytes, cuts: [1000, 4000, 7500] } });
    etag = `"${(await store.inspect('fixture')).files[0].etag}"`;
    path = signedPath(key, 'fixture', 'video.mp4');
    server = await Server.start(store);
    clients = clientsOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

// TAG stands for the file's own tag, OTHER for another.
const fill = (value) => value.replaceAll('TAG', etag).replaceAll('OTHER', '"0123456789abcdef0123456789abcdef"');

async function statusOnEach(headers, expected) {
    for (const client of clients) {
        const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
        const response = await client.request(path, { headers: filled });
        assert.equal(response.status, expected, `${client.name} ${JSON.stringify(filled)}`);
        assert.ok(!('transfer-encoding' in response.headers));
        assert.equal(response.headers['access-control-allow-origin'], '*');
        if (expected === 304) assertNotModified(response);
        else if (expected === 206) assert.ok(response.body.equals(bytes.subarray(0, 5)));
        else if (expected === 200) assert.ok(response.body.equals(bytes));
    }
}

/** 15.4.5: what a 200 would have said about caching, and no body. */
function assertNotModified(response) {
    assert.equal(response.headers.etag, etag);
    assert.match(response.headers['cache-control'], /max-age/);
    assert.ok(!('content-range' in response.headers));
    assert.equal(response.body.length, 0);
}

const range = 'bytes=0-4';

describe('If-None-Match', () => {
    const rows = [
        [{ 'if-none-match': 'TAG' }, 304],
        [{ 'if-none-match': 'TAG', range }, 304],
        [{ 'if-none-match': 'W/TAG', range }, 304], // compared weakly
        [{ 'if-none-match': '"a", TAG' }, 304],
        [{ 'if-none-match': '"a",W/TAG, "b"' }, 304],
        [{ 'if-none-match': '*' }, 304],
        [{ 'if-none-match': 'TAG', range: 'bytes=99999-' }, 304],
        [{ 'if-none-match': 'OTHER' }, 200],
        [{ 'if-none-match': 'OTHER', range }, 206],
        [{ 'if-none-match': '"a", "b"', range }, 206],
    ];
    for (const [headers, status] of rows)
        test(JSON.stringify(headers), () => statusOnEach(headers, status));
});

describe('If-Range', () => {
    const rows = [
        [{ 'if-range': 'TAG', range }, 206],
        [{ 'if-range': 'OTHER', range }, 200],
        [{ 'if-range': 'W/TAG', range }, 200], // compared strongly
        [{ 'if-range': 'TAG, OTHER', range }, 200],
        [{ 'if-range': '*', range }, 200],
        [{ 'if-range': 'Thu, 01 Jan 1970 00:00:00 GMT', range }, 200],
        [{ 'if-range': 'Tue, 01 Jul 2035 10:00:00 GMT', range }, 200],
        [{ 'if-range': 'nonsense', range }, 200],
        [{ 'if-range': 'TAG' }, 200],
        [{ 'if-range': 'TAG', range: 'bytes=99999-' }, 416],
        [{ 'if-range': 'OTHER', range: 'bytes=99999-' }, 200],
        [{ 'if-range': 'TAG', range: 'bytes=abc' }, 200],
        [{ 'if-range': 'OTHER', range: 'bytes=0-0,5-5' }, 200],
        [{ 'if-none-match': 'OTHER', 'if-range': 'OTHER', range }, 200],
        [{ 'if-none-match': 'TAG', 'if-range': 'OTHER', range }, 304],
    ];
    for (const [headers, status] of rows)
        test(JSON.stringify(headers), () => statusOnEach(headers, status));
    test('the bare tag without its quotes is another', async () =>
        statusOnEach({ 'if-range': etag.slice(1, -1), range }, 200));
    test('an empty one does not hold', async () => {
        const response = await exchangeHttp1(server.ports.plain, path, ['If-Range: ', 'Range: bytes=0-4']);
        assert.equal(response.status, 200);
    });
});

test('without a token no precondition and no range says anything', async () => {
    const bare = '/v1/fixture/video.mp4';
    for (const client of clients) {
        const plain = await client.request(bare);
        for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': '*' }, { range: 'bytes=99999-' },
            { range: 'bytes=0-4', 'if-range': etag }]) {
            const response = await client.request(bare, { headers });
            assert.equal(response.status, 403);
            assert.deepEqual(response.names, plain.names);
            assert.ok(response.body.equals(plain.body));
        }
    }
});
