// The range conformance list, 77 to 91: If-Range decides whether Range counts (RFC 9110, 13.1.5).

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, test } from 'node:test';

import { handwritten } from '../harness/handwritten.mjs';
import { bytes, LAST_MODIFIED, part, RangeList, unsatisfiable, whole } from '../harness/range_list.mjs';
import { signedPath } from '../harness/tokens.mjs';

const list = await RangeList.start();
after(() => list.close());

const five = part(0, 4);
const range = 'bytes=0-4';
const beyond = 'bytes=20000-';
const OTHER = '"0123456789abcdef0123456789abcdef"';

list.rows([
    [77, { 'if-range': 'TAG', range }, five],
    [78, { 'if-range': OTHER, range }, whole],
    [79, { 'if-range': 'W/TAG', range }, whole],
    [80, { 'if-range': 'BARE', range }, whole],
    [80, { 'if-range': `TAG, ${OTHER}`, range }, whole],
    [80, { 'if-range': 'TAG, TAG', range }, whole],
    [80, { 'if-range': '*', range }, whole],
    [81, { 'if-range': LAST_MODIFIED, range }, five],
    [82, { 'if-range': 'Tue, 01 Jul 2025 10:00:01 GMT', range }, whole],
    [83, { 'if-range': 'Tue, 01 Jul 2025 09:59:59 GMT', range }, whole],
    [83, { 'if-range': 'Thu, 01 Jan 1970 00:00:00 GMT', range }, whole],
    [84, { 'if-range': 'Tuesday, 01-Jul-25 10:00:00 GMT', range }, five],
    [84, { 'if-range': 'Tue Jul  1 10:00:00 2025', range }, five],
    [85, { 'if-range': 'yesterday', range }, whole],
    [85, { 'if-range': 'Tue, 01 Jul 2025 10:00:00', range }, whole],
    [85, { 'if-range': 'Tue, 32 Jul 2025 10:00:00 GMT', range }, whole],
    [87, { 'if-range': 'TAG' }, whole],
    [87, { 'if-range': OTHER }, whole],
    [88, { 'if-range': 'TAG', range: beyond }, unsatisfiable],
    [88, { 'if-range': LAST_MODIFIED, range: beyond }, unsatisfiable],
    [88, { 'if-range': OTHER, range: beyond }, whole],
    [89, { 'if-range': 'TAG', range: 'bytes=abc' }, whole],
    [90, { 'if-range': 'TAG', range: 'bytes=-5' }, part(9995, 9999)],
    [91, { 'if-range': OTHER, range: 'bytes=0-0,5-5' }, whole],
]);

test('range list 80: an empty If-Range does not hold', async () => {
    for (const { name, status, body } of await handwritten(list.server, list.path, [['If-Range', ''], ['Range', range]])) {
        assert.equal(status, 200, name);
        assert.ok(body.equals(bytes), name);
    }
});

// A second validator can be strong only when the second is over in which it was made (8.8.2.2).
test('range list 86: a title that was published just now has no date that holds', async () => {
    const seconds = () => Math.floor(Date.now() / 1000);
    await sleep(1000 - (Date.now() % 1000)); // at the beginning of a second, to be asked within it
    const publishedS = seconds();
    await list.store.publish('fresh', { 'video.mp4': { bytes } }, { publishedS });
    const path = signedPath(list.key, 'fresh', 'video.mp4');
    const date = new Date(publishedS * 1000).toUTCString();
    for (const client of list.clients) {
        const response = await client.request(path, { headers: { range, 'if-range': date } });
        if (seconds() - publishedS > 1) break; // too late to say anything
        assert.equal(response.status, 200, client.name);
        assert.ok(!('last-modified' in response.headers), client.name);
    }
    await sleep(1000 * (publishedS + 3) - Date.now());
    for (const client of list.clients) {
        const response = await client.request(path, { headers: { range, 'if-range': date } });
        assert.equal(response.status, 206, client.name);
        assert.equal(response.headers['last-modified'], date, client.name);
    }
});
