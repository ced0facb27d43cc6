// The range conformance list, 1 to 20 and 74 to 76: what a valid Range gets (RFC 9110, 14.1.2, 15.3.7,
// 15.5.17), and fields that look like it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { LAST_MODIFIED, part, RangeList, unsatisfiable, whole } from '../harness/range_list.mjs';

const list = await RangeList.start();
after(() => list.close());

test('range list 1: without Range the whole file comes, with all that is known of it', () =>
    list.onEach(list.path, {}, async (response, reference) => {
        whole(response, reference);
        const { headers } = response;
        const { files } = await list.store.inspect('range-list');
        assert.equal(headers.etag, `"${files.find(({ name }) => name === 'video.mp4').etag}"`);
        assert.equal(headers['accept-ranges'], 'bytes');
        assert.equal(headers['last-modified'], LAST_MODIFIED);
        assert.equal(headers['x-content-type-options'], 'nosniff');
    }));

list.ranges([
    [2, 'bytes=0-499', part(0, 499)],
    [3, 'bytes=500-999', part(500, 999)],
    [4, 'bytes=0-0', part(0, 0)],
    [5, 'bytes=9999-9999', part(9999, 9999)],
    [6, 'bytes=9500-', part(9500, 9999)],
    [7, 'bytes=0-', part(0, 9999)],
    [8, 'bytes=0-1', part(0, 1)],
    [9, 'bytes=0-9999', part(0, 9999)],
    [10, 'bytes=0-10000', part(0, 9999)],
    [10, 'bytes=9999-20000', part(9999, 9999)],
    [10, 'bytes=8192-10239', part(8192, 9999)],
    [11, 'bytes=-500', part(9500, 9999)],
    [12, 'bytes=-1', part(9999, 9999)],
    [13, 'bytes=-10000', part(0, 9999)],
    [14, 'bytes=-10001', part(0, 9999)],
    [14, 'bytes=-99999', part(0, 9999)],
    [15, 'bytes=-0', unsatisfiable],
    [16, 'bytes=10000-', unsatisfiable],
    [17, 'bytes=10000-10001', unsatisfiable],
    [17, 'bytes=99999-100000', unsatisfiable],
    [18, 'bytes=20000-,30000-', unsatisfiable],
    [19, 'bytes=20000-,-0', unsatisfiable],
]);

test('range list 20: a 416 says nothing of the objects behind the file', () =>
    list.onEach(list.path, { range: 'bytes=10000-' }, (response) => {
        const said = `${JSON.stringify(response.headers)}${response.body}`;
        for (const name of list.store.objectNames()) assert.ok(!said.includes(name));
    }));

list.rows([
    [74, { 'content-range': 'bytes 0-4/10000' }, whole],
    [74, { 'content-range': 'bytes 0-4/10000', range: 'bytes=5-9' }, part(5, 9)],
    [75, { 'accept-encoding': 'gzip, br', range: 'bytes=0-4' }, part(0, 4)],
    [75, { 'accept-encoding': 'gzip, br' }, whole],
    [75, { 'accept-encoding': 'gzip;q=1, identity;q=0' }, whole],
    [76, { 'request-range': 'bytes=0-4' }, whole],
    [76, { 'x-range': 'bytes=0-4' }, whole],
]);
