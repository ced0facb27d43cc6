// The server reads objects through mappings that it keeps. It lets go of them by itself: a damaged
// object that a cut has mended is served mended, and a removed one gives back its space.

import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf } from '../harness/client.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';

const LENGTH = 50_000;
const LIMIT_MS = 60_000; // ten seconds and thirty are what it takes
const store = new Store(scratchDir());
let server;
let clients;

const publish = (title, seed) => store.publish(title, { 'video.mp4': { bytes: patternBytes(LENGTH, seed) } });

before(async () => {
    await publish('mended', 1);
    await publish('removed', 2);
    server = await Server.start(store, ['--public']);
    clients = clientsOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

const ask = (title) => Promise.all(clients.map((client) => client.request(`/v1/${title}/video.mp4`)));

async function waitUntil(isSo, what) {
    const end = Date.now() + LIMIT_MS;
    while (!(await isSo())) {
        assert.ok(Date.now() < end, what);
        await sleep(250);
    }
}

function damage(bytes, offset) {
    const files = readdirSync(path.join(store.path, 'objects'), { recursive: true })
        .map((name) => path.join(store.path, 'objects', name));
    const file = files.find((name) => /[0-9a-f]{40}$/.test(name) && readFileSync(name).equals(bytes));
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.from([bytes[offset] ^ 1]), 0, 1, offset);
    closeSync(fd);
}

const deletedMappings = () =>
    readFileSync(`/proc/${server.child.pid}/maps`, 'utf8').split('\n')
        .filter((line) => /\/objects\/.*\(deleted\)$/.test(line));

describe('mappings', { concurrency: true }, () => {
    test('an object that was damaged is served as a cut mended it', async () => {
        const right = patternBytes(LENGTH, 1);
        damage(right, 5000);
        for (const { status, body } of await ask('mended')) {
            assert.equal(status, 200);
            assert.ok(!body.equals(right));
        }
        await publish('mended', 1);
        await store.assertVerified('mended');
        await waitUntil(async () => (await ask('mended')).every(({ body }) => body.equals(right)),
            'the damaged bytes are still served');
    });

    test('an object that was removed takes no space', async () => {
        for (const { status } of await ask('removed')) assert.equal(status, 200);
        await store.mustSegue('rm', ['removed']);
        await store.mustSegue('gc', ['--grace', '0s']);
        assert.equal(deletedMappings().length > 0, true, 'this test sees nothing');
        await waitUntil(() => deletedMappings().length === 0, 'deleted objects are still mapped');
    });
});
