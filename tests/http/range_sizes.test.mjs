// The range conformance list, 46 to 53 and 111 to 114: numbers of any size, a file of 6 GiB and a
// file of nothing (RFC 9110, 14.1.2, 14.2).

import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { after, test } from 'node:test';

import { handwritten } from '../harness/handwritten.mjs';
import { bytes, EMPTY, HUGE, HUGE_LENGTH, hugeBytes, part, RangeList, unsatisfiable } from '../harness/range_list.mjs';
import { signedPath } from '../harness/tokens.mjs';

const MARK = Buffer.from('0123456789');
const MARKS = [2 ** 31 - 5, 2 ** 32 - 5, 5 * 2 ** 30 - 5, HUGE_LENGTH - 10];
const list = await RangeList.start();
after(() => list.close());

const wholeInOnePart = part(0, 9999);

list.ranges([
    [46, 'bytes=0-18446744073709551615', wholeInOnePart],
    [47, 'bytes=0-18446744073709551616', wholeInOnePart],
    [47, 'bytes=0-99999999999999999999999999', wholeInOnePart],
    [48, 'bytes=18446744073709551616-', unsatisfiable],
    [48, 'bytes=99999999999999999999-', unsatisfiable],
    [48, 'bytes=18446744073709551616-18446744073709551617', unsatisfiable],
    [49, 'bytes=-18446744073709551616', wholeInOnePart],
    [50, 'bytes=9223372036854775807-', unsatisfiable],
    [50, 'bytes=9223372036854775806-9223372036854775807', unsatisfiable],
    [51, 'bytes=0000000000000000000000000-0004', part(0, 4)],
]);

/** The answer is this part of the file of 6 GiB. */
function hugePart(first, last) {
    return (response) => {
        assert.equal(response.status, 206);
        assert.equal(response.headers['content-range'], `bytes ${first}-${last}/${HUGE_LENGTH}`);
        assert.equal(response.headers['content-length'], String(last - first + 1));
        assert.ok(response.body.equals(hugeBytes(first, last)), 'the bytes differ');
    };
}

for (const [range, first, last] of [
    ['bytes=4294967295-4294967296', 4294967295, 4294967296],
    ['bytes=-1', HUGE_LENGTH - 1, HUGE_LENGTH - 1],
    ['bytes=2147483640-2147483660', 2147483640, 2147483660],
    ['bytes=6442400000-18446744073709551615', 6442400000, HUGE_LENGTH - 1],
])
    test(`range list 52: ${range} of 6 GiB`, () =>
        list.onEach(list.pathOf(HUGE), { range }, hugePart(first, last)));

/** Publishes 6 GiB as one object: a hole, with marks on both sides of 2, 4 and 5 GiB and at the end. */
async function publishSparse() {
    const start = Buffer.from('the start');
    await list.store.publish('sparse', { 'video.mp4': { bytes: start, sparseTo: HUGE_LENGTH } });
    const fd = openSync(list.store.objectFileOf(start), 'r+');
    ftruncateSync(fd, HUGE_LENGTH);
    for (const at of MARKS) writeSync(fd, MARK, 0, MARK.length, at);
    closeSync(fd);
}

test('range list 52: one object of 6 GiB', async () => {
    await publishSparse();
    const path = signedPath(list.key, 'sparse', 'video.mp4');
    for (const at of MARKS)
        await list.onEach(path, { range: `bytes=${at - 10}-${at + 9}` }, ({ status, body }) => {
            assert.equal(status, 206);
            assert.ok(body.equals(Buffer.concat([Buffer.alloc(10), MARK])), `at ${at}`);
        });
});

test('range list 52: ranges of 6 GiB in one answer, and a multipart body longer than 4 GiB begun', async () => {
    await list.onEach(list.pathOf(HUGE), { range: 'bytes=0-0,4294967296-4294967296,-1' }, (response) => {
        assert.equal(response.status, 206);
        const ranges = response.body.toString('latin1').match(/Content-Range: .*(?=\r)/g);
        assert.deepEqual(ranges, [`0-0`, '4294967296-4294967296', `${HUGE_LENGTH - 1}-${HUGE_LENGTH - 1}`]
            .map((text) => `Content-Range: bytes ${text}/${HUGE_LENGTH}`));
    });
    const range = 'bytes=0-5000000000,6000000000-6000000001';
    for (const client of list.clients) {
        const { status, headers } = await beginning(client, list.pathOf(HUGE), { range });
        assert.equal(status, 206, client.name);
        assert.ok(Number(headers['content-length']) > 5_000_000_003, client.name);
        assert.ok(Number(headers['content-length']) < 5_000_001_000, client.name);
    }
});

/** Status and headers alone; the body is left. */
function beginning(client, path, headers) {
    return new Promise((resolve, reject) => {
        const request = client.open(path, { headers, agent: false }, (message) => {
            resolve({ status: message.statusCode, headers: message.headers });
            message.destroy();
        });
        request.on('error', reject);
        request.on('response', (fields) => {
            if (!client.isHttp2) return;
            resolve({ status: fields[':status'], headers: fields });
            request.destroy();
        });
        request.end();
    });
}

test('range list 53: 8 KB of digits are answered at once', async () => {
    const digits = '9'.repeat(8000);
    const begun = Date.now();
    for (const [value, status, sent] of [
        [`bytes=${digits}-`, 416], [`bytes=0-${digits}`, 206, bytes], [`bytes=-${digits}`, 206, bytes],
        [`bytes=${'0'.repeat(8000)}-4`, 206, bytes.subarray(0, 5)],
    ])
        for (const answer of await handwritten(list.server, list.path, [['Range', value]])) {
            assert.equal(answer.status, status, answer.name);
            if (sent) assert.ok(answer.body.equals(sent), answer.name);
        }
    assert.ok(Date.now() - begun < 5000);
});

const EMPTY_ROWS = [
    [111, undefined], [112, 'bytes=0-0'], [112, 'bytes=0-'], [112, 'bytes=5-'], [113, 'bytes=-1'],
    [114, 'bytes=-0'], [112, 'bytes=0-0,5-5'],
];
for (const [number, range] of EMPTY_ROWS)
    test(`range list ${number}: ${range} of an empty file`, () =>
        list.onEach(list.pathOf(EMPTY), range ? { range } : {}, (response) => {
            assert.equal(response.status, 200);
            assert.equal(response.headers['content-length'], '0');
            assert.ok(!('content-range' in response.headers));
            assert.match(response.headers.etag, /^"[^"]+"$/);
            assert.equal(response.body.length, 0);
        }));
