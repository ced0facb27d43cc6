// What a running server knows of the store: a title published, replaced or removed is seen within a
// second, and a response under way ends with the publication it began with.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf } from '../harness/client.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const SEEN_MS = 1000;
const LENGTH = 32 << 20;
const store = new Store(scratchDir());
let key;
let server;
let clients;

before(async () => {
    key = await store.newKey();
    server = await Server.start(store);
    clients = clientsOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

function publish(title, seed, length = 10_000) {
    const bytes = patternBytes(length, seed);
    return store.publish(title, { 'video.mp4': { bytes, cuts: [length / 2] } }).then(() => bytes);
}

/** One answer from each client; several go to different threads of the server. */
const askAll = (path, headers) => Promise.all(clients.map((client) => client.request(path, { headers })));

test('a title appears, changes and disappears within a second', async () => {
    const path = signedPath(key, 'news', 'video.mp4');
    for (const response of await askAll(path)) assert.equal(response.status, 403);

    const first = await publish('news', 1);
    await sleep(SEEN_MS);
    const seen = await askAll(path);
    for (const response of seen) {
        assert.equal(response.status, 200);
        assert.ok(response.body.equals(first));
    }

    const second = await publish('news', 2);
    await sleep(SEEN_MS);
    for (const response of await askAll(path)) {
        assert.ok(response.body.equals(second));
        assert.notEqual(response.headers.etag, seen[0].headers.etag);
    }
    for (const response of await askAll(path, { range: 'bytes=0-9', 'if-range': seen[0].headers.etag }))
        assert.equal(response.status, 200, 'the old tag joins no new bytes');

    await store.mustSegue('rm', ['news']);
    await sleep(SEEN_MS);
    for (const response of await askAll(path)) assert.equal(response.status, 403);

    await publish('news', 1);
    await sleep(SEEN_MS);
    for (const response of await askAll(path)) {
        assert.ok(response.body.equals(first));
        assert.equal(response.headers.etag, seen[0].headers.etag, 'the tag comes from the content alone');
    }
});

test('the same content twice has one tag, also as another title', async () => {
    await publish('one', 5);
    await publish('two', 5);
    const one = await clients[0].request(signedPath(key, 'one', 'video.mp4'));
    const two = await clients[0].request(signedPath(key, 'two', 'video.mp4'));
    assert.equal(one.headers.etag, two.headers.etag);
});

/** Begins to read and stops; resolves with a function that reads the rest. */
function beginSlowly(client, path) {
    return new Promise((resolve, reject) => {
        const onBody = (stream) => stream.once('readable', () => resolve(async () => {
            const chunks = [];
            for await (const chunk of stream) chunks.push(chunk);
            return Buffer.concat(chunks);
        }));
        const request = client.open(path, { agent: false }, onBody);
        request.on('error', reject);
        if (client.isHttp2) onBody(request);
        request.end();
    });
}

for (const [what, change] of [
    ['replaced', () => publish('film', 8, LENGTH)],
    ['removed', () => store.mustSegue('rm', ['film'])],
    ['replaced and collected', async () => {
        await publish('film', 9, LENGTH);
        await store.mustSegue('gc');
    }],
])
    test(`range list 123: a response under way while its title is ${what} ends with the old bytes`, async () => {
        const old = await publish('film', 7, LENGTH);
        await sleep(SEEN_MS);
        const path = signedPath(key, 'film', 'video.mp4');
        const [{ headers: { etag: oldTag } }] = await askAll(path, { range: 'bytes=0-0' });
        const finish = await Promise.all(clients.map((client) => beginSlowly(client, path)));
        await change();
        await sleep(SEEN_MS);
        for (const rest of finish) assert.ok((await rest()).equals(old), 'not the bytes it began with');
        for (const now of await askAll(path, { range: 'bytes=0-99', 'if-range': oldTag })) {
            assert.equal(now.status, what === 'removed' ? 403 : 200);
            assert.ok(!now.body.subarray(0, 100).equals(old.subarray(0, 100)));
        }
    });

test('everybody who asks at once for a title that is not open yet gets it', async () => {
    const bytes = await publish('premiere', 5);
    const path = signedPath(key, 'premiere', 'video.mp4');
    const asked = clients.flatMap((client) => Array.from({ length: 32 }, () => client.request(path)));
    const absent = signedPath(key, 'no-premiere', 'video.mp4');
    const refused = clients.flatMap((client) => Array.from({ length: 32 }, () => client.request(absent)));
    for (const response of await Promise.all(asked)) {
        assert.equal(response.status, 200);
        assert.ok(response.body.equals(bytes));
    }
    for (const response of await Promise.all(refused)) assert.equal(response.status, 403);
});
