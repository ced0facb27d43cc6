// The range conformance list, 130: with --cors-origin the sites that are named may read answers and
// send cookies, and each is told so by name; no other site is told anything. What everybody may do
// without that option is in methods.test.mjs, 128 and 129.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { RangeList } from '../harness/range_list.mjs';

const FIRST = 'https://player.example';
const SECOND = 'http://localhost:3000';
const list = await RangeList.start(['--cors-origin', FIRST, '--cors-origin', SECOND]);
after(() => list.close());

const ANSWERS = [
    [{}, 200], [{ range: 'bytes=0-4' }, 206], [{ range: 'bytes=0-0,-1' }, 206], [{ 'if-none-match': '*' }, 304],
    [{ 'if-match': '"x"' }, 412], [{ range: 'bytes=20000-' }, 416],
];
const STRANGERS = [
    'https://other.example', 'null', 'https://player.example.evil.example', 'https://player.example:8443',
    'http://player.example', 'https://PLAYER.example', `${FIRST}, ${SECOND}`, '*',
];

/** `check` of every kind of answer to a request with that Origin, or with none. */
async function eachAnswer(origin, check) {
    const more = origin === undefined ? {} : { origin };
    for (const client of list.clients) {
        for (const [headers, status] of ANSWERS) {
            const response = await client.request(list.path, { headers: { ...headers, ...more } });
            assert.equal(response.status, status, client.name);
            check(response);
        }
        const refused = await client.request(list.barePath, { headers: more });
        assert.equal(refused.status, 403);
        check(refused);
    }
}

function assertVaries({ headers }) {
    assert.ok(`${headers.vary}`.toLowerCase().split(/, */).includes('origin'), `Vary: ${headers.vary}`);
    assert.notEqual(headers['access-control-allow-origin'], '*');
}

for (const origin of [FIRST, SECOND])
    test(`range list 130: ${origin} is named, with credentials`, () =>
        eachAnswer(origin, (response) => {
            assertVaries(response);
            assert.equal(response.headers['access-control-allow-origin'], origin);
            assert.equal(response.headers['access-control-allow-credentials'], 'true');
            assert.match(response.headers['access-control-expose-headers'], /Content-Range/);
        }));

for (const origin of [undefined, ...STRANGERS])
    test(`range list 130: ${origin ?? 'no origin'} is told nothing`, () =>
        eachAnswer(origin, (response) => {
            assertVaries(response);
            assert.ok(!('access-control-allow-origin' in response.headers));
            assert.ok(!('access-control-allow-credentials' in response.headers));
        }));

test('range list 130: preflights, too', async () => {
    for (const client of list.clients)
        for (const [origin, isAllowed] of [[FIRST, true], [STRANGERS[0], false]]) {
            const response = await client.request(list.barePath, {
                method: 'OPTIONS',
                headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'range' },
            });
            assert.equal(response.status, 204);
            assertVaries(response);
            assert.equal(response.headers['access-control-allow-origin'], isAllowed ? origin : undefined);
            assert.equal(response.headers['access-control-allow-credentials'], isAllowed ? 'true' : undefined);
        }
});
