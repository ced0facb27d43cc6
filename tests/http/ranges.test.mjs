// Byte ranges against the running server, over HTTP/1.1, HTTP/1.1 with TLS and HTTP/2: exact status,
// exact fields, exact bytes. Section numbers are those of RFC 9110.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { clientsOf, exchangeHttp1 } from '../harness/client.mjs';
import { isSanitized, patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const LENGTH = 10_000;
const BORDERS = [1000, 4000, 7500];
const bytes = patternBytes(LENGTH);

const store = new Store(scratchDir());
let server;
let clients;
let whole; // path and token of the fixture
let empty;
let etag;

before(async () => {
    const key = await store.newKey();
    await store.publish('fixture', {
        'video.mp4': { bytes, cuts: BORDERS },
        'empty.txt': { bytes: Buffer.alloc(0), type: 'text/plain' },
    });
    etag = `"${(await store.inspect('fixture')).files.find(({ name }) => name === 'video.mp4').etag}"`;
    whole = signedPath(key, 'fixture', 'video.mp4');
    empty = signedPath(key, 'fixture', 'empty.txt');
    server = await Server.start(store);
    clients = clientsOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

/** What every answer that carries bytes of a file has in common (15.3.7). */
function assertFileHeaders(response) {
    assert.equal(response.headers.etag, etag);
    assert.equal(response.headers['accept-ranges'], 'bytes');
    assert.equal(response.headers['content-type'], 'video/mp4');
    assert.equal(response.headers['access-control-allow-origin'], '*');
    assert.match(response.headers['cache-control'], /private.*no-transform/);
    assert.ok(!('transfer-encoding' in response.headers));
    assert.ok(!('content-encoding' in response.headers));
    assert.ok('date' in response.headers);
    assert.equal(new Set(response.names).size, response.names.length, `${response.names}`);
}

function assertPart(response, first, last) {
    assert.equal(response.status, 206);
    assertFileHeaders(response);
    assert.equal(response.headers['content-range'], `bytes ${first}-${last}/${LENGTH}`);
    assert.equal(response.headers['content-length'], String(last - first + 1));
    assert.ok(response.body.equals(bytes.subarray(first, last + 1)), 'the bytes differ');
}

function assertWhole(response) {
    assert.equal(response.status, 200);
    assertFileHeaders(response);
    assert.ok(!('content-range' in response.headers));
    assert.equal(response.headers['content-length'], String(LENGTH));
    assert.ok(response.body.equals(bytes), 'the bytes differ');
}

function assertUnsatisfiable(response) {
    assert.equal(response.status, 416);
    assert.equal(response.headers['content-range'], `bytes */${LENGTH}`);
    assert.equal(response.headers['access-control-allow-origin'], '*');
    assert.match(response.headers['access-control-expose-headers'], /Content-Range/);
    assert.equal(response.headers['content-length'], String(response.body.length));
    assert.ok(!('transfer-encoding' in response.headers));
    assert.equal(response.body.toString(), 'Range not satisfiable\n');
}

/** `check(response)` of the same request over every protocol. */
async function onEach(path, headers, check) {
    for (const client of clients) {
        const response = await client.request(path, { headers });
        try {
            check(response);
        } catch (error) {
            error.message = `${client.name}, ${JSON.stringify(headers)}: ${error.message}`;
            throw error;
        }
    }
}

test('without Range the whole file comes', () => onEach(whole, {}, assertWhole));

describe('a satisfiable range gets 206 with exactly its bytes', () => {
    const rows = [
        ['bytes=0-499', 0, 499],
        ['bytes=500-999', 500, 999],
        ['bytes=0-0', 0, 0],
        ['bytes=9999-9999', 9999, 9999],
        ['bytes=9500-', 9500, 9999],
        ['bytes=0-', 0, 9999], // not 200
        ['bytes=0-1', 0, 1], // Safari's probe
        ['bytes=0-9999', 0, 9999],
        // beyond the end is clamped (14.1.2)
        ['bytes=0-10000', 0, 9999],
        ['bytes=9999-20000', 9999, 9999],
        ['bytes=8192-10239', 8192, 9999],
        ['bytes=0-18446744073709551615', 0, 9999],
        ['bytes=0-18446744073709551616', 0, 9999],
        ['bytes=0-99999999999999999999999999', 0, 9999],
        // suffixes
        ['bytes=-500', 9500, 9999],
        ['bytes=-1', 9999, 9999],
        ['bytes=-10000', 0, 9999],
        ['bytes=-10001', 0, 9999],
        ['bytes=-18446744073709551616', 0, 9999],
        // spelling
        ['bytes=0000000000000000000000000-0004', 0, 4],
        ['Bytes=0-4', 0, 4],
        ['BYTES=0-4', 0, 4],
        ['bytes= 0-4', 0, 4],
        ['bytes=,0-4,', 0, 4],
        // one of several that can be satisfied
        ['bytes=0-4,20000-20001', 0, 4],
        ['bytes=20000-,0-4,-0', 0, 4],
    ];
    for (const [range, first, last] of rows)
        test(range, () => onEach(whole, { range }, (response) => assertPart(response, first, last)));
});

describe('a range that is outside gets 416', () => {
    const rows = [
        'bytes=-0', 'bytes=10000-', 'bytes=10000-10001', 'bytes=99999-100000', 'bytes=20000-,30000-',
        'bytes=20000-,-0', 'bytes=18446744073709551616-', 'bytes=99999999999999999999-',
        'bytes=18446744073709551616-18446744073709551617', 'bytes=9223372036854775807-',
        'bytes=9223372036854775806-9223372036854775807',
    ];
    for (const range of rows) test(range, () => onEach(whole, { range }, assertUnsatisfiable));
});

describe('a field that is no valid byte range is ignored (14.1.1, 14.2)', () => {
    const rows = [
        'bytes=500-499', 'bytes=0-4,5-3', 'bytes=abc', 'bytes=1-a', 'bytes=a-1', 'bytes=', 'bytes=-',
        'bytes=--5', 'bytes=5', 'bytes=0-4,abc', 'bytes 0-4', 'bytes=0-4-', 'bytes=+0-4', 'bytes=0x0-4',
        'bytes=1e3-', 'bytes=0.5-4', 'bytes=,', 'bytes=,,', 'bytes =0-4', 'bytes=0 -4', 'bytes=0- 4',
        'items=0-4', 'seconds=0-4', 'x=abc', 'bytes-live=0-*', `bytes=${','.repeat(1000)}`,
    ];
    for (const range of rows) test(range.slice(0, 40), () => onEach(whole, { range }, assertWhole));
});

/** The body that several ranges must have, byte for byte. */
function multipartOf(ranges) {
    const boundary = etag.slice(1, -1);
    const parts = ranges.flatMap(([first, last]) => [
        Buffer.from(`\r\n--${boundary}\r\nContent-Type: video/mp4\r\nContent-Range: bytes ${first}-${last}/${LENGTH}\r\n\r\n`),
        bytes.subarray(first, last + 1),
    ]);
    return Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

describe('several ranges at once come as the parts of one body', () => {
    const rows = [
        ['bytes=0-0,-1', [[0, 0], [9999, 9999]]],
        ['bytes=9000-9099,0-99', [[9000, 9099], [0, 99]]],
        ['bytes=900-1100,3900-4100,7400-7600', [[900, 1100], [3900, 4100], [7400, 7600]]],
        ['bytes=0-9,5000-5009,10-19', [[0, 19], [5000, 5009]]],
    ];
    for (const [range, ranges] of rows)
        test(range, () => onEach(whole, { range }, (response) => {
            const expected = multipartOf(ranges);
            assert.equal(response.status, 206);
            assert.equal(response.headers['content-type'], `multipart/byteranges; boundary=${etag.slice(1, -1)}`);
            assert.equal(response.headers['content-length'], String(expected.length));
            assert.ok(!('content-range' in response.headers));
            assert.ok(response.body.equals(expected), 'the bytes differ');
        }));
});

test('a flood of ranges gets the whole file', () =>
    onEach(whole, { range: `bytes=${'0-0,'.repeat(1000)}` }, assertWhole));

test('two Range lines are one invalid field', async () => {
    const fields = ['Range: bytes=0-1', 'Range: bytes=5-6'];
    assertWhole(await exchangeHttp1(server.ports.plain, whole, fields));
});

test('a blank after the range does not matter', async () => {
    assertPart(await exchangeHttp1(server.ports.plain, whole, ['Range: bytes=0-4 ']), 0, 4);
});

test('odd bytes in the field get 400 or the whole file', async () => {
    for (const field of ['Range: bytes=0-4\0', 'Range: bytes=0-\xff', 'Range: \x01']) {
        const response = await exchangeHttp1(server.ports.plain, whole, [field]);
        assert.ok([200, 400].includes(response.status), `${response.status}`);
    }
});

test('8 KB of digits are answered at once', async () => {
    const range = `bytes=${'9'.repeat(8000)}-`;
    const response = await exchangeHttp1(server.ports.plain, whole, [`Range: ${range}`]);
    assert.ok([400, 416, 431].includes(response.status), `${response.status}`);
});

test('other fields about ranges and codings change nothing', async () => {
    await onEach(whole, { 'content-range': 'bytes 0-4/10000' }, assertWhole);
    await onEach(whole, { 'request-range': 'bytes=0-4' }, assertWhole);
    await onEach(whole, { 'accept-encoding': 'gzip, br', range: 'bytes=0-4' }, (response) =>
        assertPart(response, 0, 4));
    await onEach(whole, { 'accept-encoding': 'gzip, br' }, assertWhole);
});

test('an empty file is whole whatever range is asked for', async () => {
    for (const range of [undefined, 'bytes=0-0', 'bytes=0-', 'bytes=5-', 'bytes=-1', 'bytes=-0'])
        await onEach(empty, range ? { range } : {}, (response) => {
            assert.equal(response.status, 200);
            assert.equal(response.headers['content-length'], '0');
            assert.equal(response.body.length, 0);
        });
});

test('ranges around every object border', async () => {
    for (const b of BORDERS)
        for (const [first, last] of [[b - 1, b - 1], [b, b], [b - 1, b], [b - 2, b + 1]])
            await onEach(whole, { range: `bytes=${first}-${last}` }, (response) =>
                assertPart(response, first, last));
});

test('ranges of one object, two, three, and from the last byte of one to the first of the next but one', async () => {
    for (const [first, last] of [[0, 999], [1000, 3999], [0, 3999], [1000, 9999], [999, 7500], [3999, 7500]])
        await onEach(whole, { range: `bytes=${first}-${last}` }, (response) =>
            assertPart(response, first, last));
});

// Seven has no common divisor with the borders or the pattern: every object is met at odd places.
test('single bytes all over the file', async () => {
    const client = clients[2];
    const step = isSanitized ? 49 : 7;
    for (let at = 0; at < LENGTH; at += 100 * step) {
        const offsets = Array.from({ length: 100 }, (_, i) => at + i * step).filter((i) => i < LENGTH);
        await Promise.all(offsets.map(async (i) =>
            assertPart(await client.request(whole, { headers: { range: `bytes=${i}-${i}` } }), i, i)));
    }
});

/** A random partition of the file into ranges, in random order. */
function randomPartition() {
    const cuts = new Set([0]);
    const count = 1 + Math.floor(Math.random() * 20);
    while (cuts.size < count) cuts.add(Math.floor(Math.random() * LENGTH));
    const starts = [...cuts].sort((a, b) => a - b);
    const parts = starts.map((first, i) => [first, (starts[i + 1] ?? LENGTH) - 1]);
    return parts.sort(() => Math.random() - 0.5);
}

test('any partition reassembles to the file, 64 requests at a time', async () => {
    for (const client of clients) {
        let waiting = Array.from({ length: isSanitized ? 15 : 60 }, randomPartition).flat();
        while (waiting.length > 0) {
            await Promise.all(waiting.slice(0, 64).map(async ([first, last]) =>
                assertPart(await client.request(whole, { headers: { range: `bytes=${first}-${last}` } }), first, last)));
            waiting = waiting.slice(64);
        }
    }
});
