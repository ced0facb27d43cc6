// The range conformance list, 115 to 119: no border of an object shows in what is sent.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { isSanitized } from '../harness/programs.mjs';
import { Random } from '../harness/random.mjs';
import { BORDERS, LAST_MODIFIED, LENGTH, part, RangeList } from '../harness/range_list.mjs';

const list = await RangeList.start();
after(() => list.close());

const random = new Random();
const CONCURRENT = 64;

const around = BORDERS.flatMap((b) => [[b - 1, b - 1], [b, b], [b - 1, b], [b - 2, b + 1]]);
const objects = [
    [0, 999], [1000, 3999], [4000, 7499], [7500, 9999], // each one
    [0, 3999], [1000, 7499], [4000, 9999], // two
    [0, 7499], [1000, 9999], [0, 9999], // three and all
    [999, 4000], [999, 7500], [3999, 7500], // the last byte of one to the first of another
];
list.ranges([
    ...around.map(([first, last]) => [115, `bytes=${first}-${last}`, part(first, last)]),
    ...objects.map(([first, last]) => [116, `bytes=${first}-${last}`, part(first, last)]),
]);

/** Asks `client` for each of `ranges`, many at a time; an answer that is not exactly it throws. */
async function askAll(client, ranges) {
    const reference = list.references.get(client);
    const waiting = ranges.values();
    await Promise.all(Array.from({ length: CONCURRENT }, async () => {
        for (const [first, last] of waiting) {
            const response = await client.request(list.path, { headers: { range: `bytes=${first}-${last}` } });
            part(first, last)(response, reference);
        }
    }));
}

for (const client of list.clients) {
    test(`range list 117: any partition reassembles to the file, ${client.name}`, () => {
        const partitions = Array.from({ length: isSanitized ? 50 : 500 }, () => random.partition(LENGTH, 20));
        return askAll(client, partitions.flat());
    });

    test(`range list 118: every single byte, ${client.name}`, () => {
        const step = isSanitized ? 7 : 1; // without a common divisor with the borders or the pattern
        const offsets = Array.from({ length: Math.floor((LENGTH - 1) / step) + 1 }, (_, i) => i * step);
        return askAll(client, offsets.map((i) => [i, i]));
    });
}

test('range list 119: all parts have the tag, the date and the total of the whole', async () => {
    const said = new Set();
    for (let first = 0; first < LENGTH; first += 333)
        await list.onEach(list.path, { range: `bytes=${first}-${first + 332}` }, ({ headers }) =>
            said.add(`${headers.etag} ${headers['last-modified']} ${headers['content-range'].split('/')[1]}`));
    assert.deepEqual([...said], [`${list.etag} ${LAST_MODIFIED} ${LENGTH}`]);
});
