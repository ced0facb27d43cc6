// The range conformance list, 21 to 45: what a Range gets that is malformed, spelled oddly or in
// another unit (RFC 9110, 5.6.1, 14.1, 14.2). Invalid means ignored, and never in part.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { handwritten } from '../harness/handwritten.mjs';
import { bytes, part, parts, RangeList, whole } from '../harness/range_list.mjs';

const list = await RangeList.start();
after(() => list.close());

const twoParts = parts([0, 4], [10, 14]);

list.ranges([
    [21, 'bytes=500-499', whole],
    [22, 'bytes=0-4,5-3', whole],
    [23, 'bytes=abc', whole],
    [24, 'bytes=1-a', whole],
    [25, 'bytes=a-1', whole],
    [26, 'bytes=', whole],
    [27, 'bytes=-', whole],
    [28, 'bytes=--5', whole],
    [29, 'bytes=5', whole],
    [30, 'bytes=0-4,abc', whole],
    [31, 'bytes 0-4', whole],
    [32, 'bytes=0-4-', whole],
    [33, 'bytes=+0-4', whole],
    [33, 'bytes=0x0-4', whole],
    [33, 'bytes=1e3-', whole],
    [34, 'bytes=0.5-4', whole],
    [35, 'bytes=,', whole],
    [35, 'bytes=,,', whole],
    [37, 'bytes= 0-4', part(0, 4)],
    [37, 'bytes= 0-999, 4500-5499, -1000', parts([0, 999], [4500, 5499], [9000, 9999])],
    [38, 'bytes =0-4', whole],
    [39, 'bytes=0 -4', whole],
    [39, 'bytes=0- 4', whole],
    [40, 'bytes=0-4, 10-14', twoParts],
    [40, 'bytes=0-4 ,10-14', twoParts],
    [40, 'bytes=0-4\t,\t10-14', twoParts],
    [41, 'bytes=,0-4,,10-14,', twoParts],
    [41, `bytes=${','.repeat(1000)}`, whole],
    [43, 'Bytes=0-4', part(0, 4)],
    [43, 'BYTES=0-4', part(0, 4)],
    [44, 'items=0-4', whole],
    [44, 'seconds=0-4', whole],
    [44, 'x=abc', whole],
    [44, 'bytes-live=0-*', whole],
]);

/** Sends the fields as they stand, and checks status and bytes of each answer. */
async function each(fields, check) {
    for (const answer of await handwritten(list.server, list.path, fields)) check(answer);
}

test('range list 36: a NUL or an 8-bit byte in the value is 400 or ignored', async () => {
    for (const value of ['bytes=0-4\0', 'bytes=0-\xff', 'bytes=\x80-4', '\x01'])
        await each([['Range', value]], ({ name, status, body }) => {
            assert.ok([200, 400].includes(status), `${name}, ${JSON.stringify(value)}: ${status}`);
            if (status === 200) assert.ok(body.equals(bytes), name);
        });
});

test('range list 42: blanks around the value do not count', async () => {
    for (const value of ['bytes=0-4 ', 'bytes=0-4\t', '  bytes=0-4'])
        await each([['Range', value]], ({ name, status, body }) => {
            assert.equal(status, 206, `${name}, ${JSON.stringify(value)}`);
            assert.ok(body.equals(bytes.subarray(0, 5)), name);
        });
});

test('range list 45: two Range lines are one value, which is invalid', () =>
    each([['Range', 'bytes=0-1'], ['Range', 'bytes=5-6']], ({ name, status, body }) => {
        assert.equal(status, 200, name);
        assert.ok(body.equals(bytes), name);
    }));
