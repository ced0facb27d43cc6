// The range conformance list, 131: what browsers and CDNs may keep, and for how long (RFC 9111, 9213).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { clientsOf } from '../harness/client.mjs';
import { RangeList } from '../harness/range_list.mjs';
import { Server } from '../harness/server.mjs';
import { ATTRIBUTE } from '../harness/tokens.mjs';

const list = await RangeList.start();
after(() => list.close());

const KEPT = [
    [{}, 200], [{ range: 'bytes=0-4' }, 206], [{ range: 'bytes=0-0,-1' }, 206], [{ 'if-none-match': '*' }, 304],
];
const NOT_KEPT = [[{ 'if-match': '"x"' }, 412], [{ range: 'bytes=20000-' }, 416]];

/** Serves the fixtures once more, with other options. */
async function serve(args, run) {
    const server = await Server.start(list.store, args);
    const clients = clientsOf(server);
    try {
        for (const client of clients) await run(client);
    } finally {
        clients.forEach((client) => client.close());
        await server.stop();
    }
}

async function assertKept(client, path, cacheControl, cdnCacheControl, more = {}) {
    for (const [headers, status] of KEPT) {
        const response = await client.request(path, { headers: { ...headers, ...more } });
        assert.equal(response.status, status, client.name);
        assert.equal(response.headers['cache-control'], cacheControl);
        assert.equal(response.headers['cdn-cache-control'], cdnCacheControl);
        assert.match(response.headers['cache-tag'], /(^|,)range-list(,|$)/);
        assert.ok(!('expires' in response.headers));
    }
    for (const [headers, status] of NOT_KEPT) {
        const response = await client.request(path, { headers: { ...headers, ...more } });
        assert.equal(response.status, status, client.name);
        assert.equal(response.headers['cache-control'], 'no-store');
        assert.ok(!('cdn-cache-control' in response.headers) || response.headers['cdn-cache-control'] === 'no-store');
    }
}

describe('range list 131', () => {
    const OWN = 'private, max-age=300, no-transform';
    test('what a token gave is kept by nobody but its holder', async () => {
        for (const client of list.clients) {
            await assertKept(client, list.path, OWN, 'no-store');
            // RFC 9111 3.5: a shared cache keeps no answer to Authorization unless it is told to.
            await assertKept(client, list.barePath, OWN, 'no-store', { authorization: `Bearer ${list.token()}` });
        }
    });

    test('a refusal is kept by nobody', async () => {
        for (const client of list.clients)
            for (const path of [list.barePath, `${list.barePath}?${ATTRIBUTE}=x`, '/v1/missing/video.mp4']) {
                const { status, headers } = await client.request(path);
                assert.equal(status, 403);
                assert.equal(headers['cache-control'], 'no-store');
                assert.ok(!('cache-tag' in headers));
            }
    });

    test('with --public everybody may keep it', () =>
        serve(['--public'], (client) =>
            assertKept(client, list.barePath, 'public, max-age=300, no-transform', 'public, max-age=300, no-transform')));

    test('with --public --cdn-max-age a CDN may for so long', () =>
        serve(['--public', '--cdn-max-age', '86400'], (client) =>
            assertKept(client, list.barePath, 'public, max-age=300, no-transform', 'public, max-age=86400, no-transform')));
});
