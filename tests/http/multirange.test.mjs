// The range conformance list, 54 to 69: several ranges at once (RFC 9110, 14.6, 15.3.7.2, 17.15).
// Ranges that touch are one; who asks for too many, or for more than the file, gets the file.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { part, parts, RangeList, unsatisfiable, whole } from '../harness/range_list.mjs';

const MOST = 16; // disjoint ranges in one answer
const list = await RangeList.start();
after(() => list.close());

/** `count` ranges of one byte each, two apart; backwards when `step` is below 0. */
function tiny(count, step = 2) {
    const start = step < 0 ? -step * count : 0;
    return Array.from({ length: count }, (_, i) => [start + i * step, start + i * step]);
}
const spell = (ranges) => `bytes=${ranges.map(([first, last]) => `${first}-${last}`).join(',')}`;

list.ranges([
    [54, 'bytes=0-0,-1', parts([0, 0], [9999, 9999])],
    [55, 'bytes=0-99,5000-5099,-100', parts([0, 99], [5000, 5099], [9900, 9999])],
    [56, 'bytes=9000-9099,0-99', parts([9000, 9099], [0, 99])],
    [57, 'bytes=500-600,601-999', part(500, 999)],
    [57, 'bytes=601-999,500-600', part(500, 999)],
    [58, 'bytes=500-700,601-999', part(500, 999)],
    [58, 'bytes=0-4,100-104,3-7', parts([0, 7], [100, 104])],
    [59, 'bytes=0-4,20000-20001', part(0, 4)],
    [60, 'bytes=20000-,0-4,-0', part(0, 4)],
    [61, 'bytes=0-4', part(0, 4)],
    [62, 'bytes=0-,0-,0-', whole],
    [63, `bytes=${'0-0,'.repeat(1000)}`, whole],
    [63, `bytes=${'20000-,'.repeat(50)}0-4`, part(0, 4)],
    [64, spell(tiny(MOST)), parts(...tiny(MOST))],
    [64, spell(tiny(MOST + 1)), whole],
    [65, 'bytes=0-4998,5000-9999', whole],
    [65, 'bytes=0-4899,5000-9999', whole],
    [66, spell(tiny(900)), whole],
    [66, spell(tiny(900, -2)), whole],
    [68, 'bytes=900-1100,3900-4100,7400-7600', parts([900, 1100], [3900, 4100], [7400, 7600])],
    [68, 'bytes=7499-7500,999-1000,3999-4000', parts([7499, 7500], [999, 1000], [3999, 4000])],
]);

test('range list 63: a thousand ranges outside are answered at once', () => {
    const begun = Date.now();
    return list.onEach(list.path, { range: `bytes=${'20000-,'.repeat(1000)}` }, (response, reference) => {
        if (response.status === 416) unsatisfiable(response);
        else whole(response, reference);
        assert.ok(Date.now() - begun < 2000);
    });
});

test('range list 67: many bodies in parts, none longer than it says', async () => {
    for (let i = 0; i < 20; i++) {
        const ranges = [[i * 7, i * 7 + i], [3990 - i, 4005 + i], [9000 + i, 9000 + 40 * i]];
        await list.onEach(list.path, { range: spell(ranges) }, parts(...ranges));
    }
});

test('range list 69: the parts are the same bytes over every protocol', async () => {
    const bodies = new Set();
    await list.onEach(list.path, { range: 'bytes=0-99,3990-4010,-100' }, ({ headers, body }) => {
        const [, boundary] = headers['content-type'].match(/boundary=(\S+)/);
        bodies.add(body.toString('latin1').replaceAll(boundary, 'BOUNDARY'));
    });
    assert.equal(bodies.size, 1);
});
