// The range conformance list, 92 to 110: the preconditions, their order (RFC 9110, 13.2.2), and that
// none of them says anything to someone without a token.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import {
    LAST_MODIFIED, notModified, part, preconditionFailed, RangeList, refused, whole,
} from '../harness/range_list.mjs';
import { ATTRIBUTE, nowS, signedPath } from '../harness/tokens.mjs';

const list = await RangeList.start();
after(() => list.close());

const five = part(0, 4);
const range = 'bytes=0-4';
const OTHER = '"0123456789abcdef0123456789abcdef"';
const LATER = 'Tue, 01 Jul 2025 10:00:01 GMT';
const EARLIER = 'Tue, 01 Jul 2025 09:59:59 GMT';

list.rows([
    [92, { 'if-none-match': 'TAG', range }, notModified],
    [92, { 'if-none-match': 'TAG' }, notModified],
    [92, { 'if-none-match': 'TAG', range: 'bytes=20000-' }, notModified],
    [93, { 'if-none-match': 'W/TAG', range }, notModified],
    [94, { 'if-none-match': '"a", TAG', range }, notModified],
    [94, { 'if-none-match': '"a",W/TAG, "b"' }, notModified],
    [95, { 'if-none-match': '*', range }, notModified],
    [96, { 'if-none-match': OTHER, range }, five],
    [96, { 'if-none-match': '"a", "b"', range }, five],
    [96, { 'if-none-match': OTHER }, whole],
    [97, { 'if-modified-since': LAST_MODIFIED, range }, notModified],
    [97, { 'if-modified-since': LATER, range }, notModified],
    [97, { 'if-modified-since': 'Tuesday, 01-Jul-25 10:00:00 GMT', range }, notModified],
    [97, { 'if-modified-since': 'Tue Jul  1 10:00:00 2025', range }, notModified],
    [97, { 'if-modified-since': EARLIER, range }, five],
    [98, { 'if-none-match': OTHER, 'if-modified-since': LAST_MODIFIED, range }, five],
    [99, { 'if-modified-since': 'yesterday', range }, five],
    [99, { 'if-modified-since': 'Tue, 31 Jun 2025 10:00:00 GMT', range }, five],
    [100, { 'if-match': 'TAG', range }, five],
    [100, { 'if-match': `${OTHER}, TAG`, range }, five],
    [100, { 'if-match': '*', range }, five],
    [101, { 'if-match': OTHER, range }, preconditionFailed],
    [101, { 'if-match': OTHER, range: 'bytes=20000-' }, preconditionFailed],
    [101, { 'if-match': OTHER }, preconditionFailed],
    [102, { 'if-match': 'W/TAG', range }, preconditionFailed],
    [103, { 'if-unmodified-since': EARLIER, range }, preconditionFailed],
    [103, { 'if-unmodified-since': LAST_MODIFIED, range }, five],
    [103, { 'if-unmodified-since': LATER, range }, five],
    [103, { 'if-unmodified-since': 'yesterday', range }, five],
    [104, { 'if-match': 'TAG', 'if-unmodified-since': EARLIER, range }, five],
    [105, { 'if-match': 'TAG', 'if-none-match': 'TAG', range }, notModified],
    [105, { 'if-match': OTHER, 'if-none-match': 'TAG', range }, preconditionFailed],
    [106, { 'if-none-match': OTHER, 'if-range': OTHER, range }, whole],
    [106, { 'if-none-match': 'TAG', 'if-range': OTHER, range }, notModified],
]);

const CONDITIONS = [
    {}, { 'if-none-match': '*' }, { 'if-none-match': 'TAG' }, { 'if-match': '*' }, { 'if-match': OTHER },
    { 'if-modified-since': LATER }, { 'if-unmodified-since': EARLIER }, { range: 'bytes=20000-' },
    { range: 'bytes=0-0,5-5', 'if-range': 'TAG' },
];

/** Every answer is the 403, and all of them are the same. */
async function sameRefusal(path) {
    const seen = new Set();
    for (const headers of CONDITIONS)
        await list.onEach(path, headers, (response) => {
            refused(response);
            const { date, connection, ...rest } = response.headers;
            seen.add(JSON.stringify(Object.entries(rest).sort()));
        });
    return [...seen];
}

test('range list 107: what does not exist is refused whatever the conditions', async () => {
    const missingTitle = await sameRefusal(signedPath(list.key, 'missing', 'video.mp4'));
    const missingFile = await sameRefusal(list.pathOf('missing.mp4'));
    assert.equal(missingTitle.length, 1);
    assert.deepEqual(missingFile, missingTitle);
});

test('range list 108 and 109: a bad token is refused whatever is asked', async () => {
    const unknown = await sameRefusal(signedPath(list.key, 'missing', 'video.mp4'));
    assert.deepEqual(await sameRefusal(list.barePath), unknown);
    assert.deepEqual(await sameRefusal(list.path.slice(0, -4) + 'AAAA'), unknown);
    assert.deepEqual(await sameRefusal(`${list.barePath}?${ATTRIBUTE}=${list.token({ exp: 1 })}`), unknown);
});

test('range list 110: a token that expires between two ranges refuses the second', async () => {
    const exp = nowS() + 3;
    const path = `${list.barePath}?${ATTRIBUTE}=${list.token({ exp })}`;
    await list.onEach(path, { range }, five);
    await sleep(exp * 1000 - Date.now());
    await list.onEach(path, { range: 'bytes=5-9' }, refused);
});
