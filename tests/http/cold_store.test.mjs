// The range conformance list, 121 and 124, on a disk that is slow: a client that leaves takes its
// reading with it, and one that seeks about has little read in vain.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf } from '../harness/client.mjs';
import { ColdServer } from '../harness/cold_store.mjs';
import { isSanitized, patternBytes, scratchDir } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const MIB = 1 << 20;
const LENGTH = 48 * MIB;
const AHEAD_BYTES = 2 * MIB; // what a response may have read ahead, as docs/architecture.md says
const SLOW_MS = 200;
const bytes = patternBytes(LENGTH);

const store = new Store(scratchDir());
const key = await store.newKey();
await store.publish('film', { 'video.mp4': { bytes, cuts: Array.from({ length: 47 }, (_, i) => (i + 1) * MIB) } });
const path = signedPath(key, 'film', 'video.mp4');

/** Begins to read and leaves when `enough` bytes are there; resolves with how many came. */
function readAndLeave(client, headers, enough) {
    return new Promise((resolve) => {
        let length = 0;
        const onBody = (stream) => {
            stream.on('error', () => {});
            stream.on('data', (chunk) => {
                length += chunk.length;
                if (length >= enough) stream.destroy();
            });
        };
        const request = client.open(path, { headers, agent: false }, onBody);
        request.on('error', () => {});
        request.on('close', () => resolve(length));
        if (client.isHttp2) onBody(request);
        request.end();
    });
}

async function withServer(delayMs, args, run) {
    const cold = await ColdServer.start(store, args, delayMs);
    const clients = clientsOf(cold.server);
    try {
        await run(cold, clients);
    } finally {
        clients.forEach((client) => client.close());
        await cold.server.stop();
    }
}

test('range list 121: on a slow disk everything comes, and the disk was asked for all of it', () =>
    withServer(5, [], async (cold, clients) => {
        for (const client of clients) {
            const before = cold.asked().bytes;
            const response = await client.request(path, { headers: { range: `bytes=${MIB - 5}-${5 * MIB + 4}` } });
            assert.equal(response.status, 206, client.name);
            assert.ok(response.body.equals(bytes.subarray(MIB - 5, 5 * MIB + 5)), client.name);
            assert.ok(cold.asked().bytes - before >= 4 * MIB, `${client.name}: this test sees nothing`);
        }
    }));

/** Nothing is read any more one second from now, which is what `why` promises. */
async function assertQuietInASecond(cold, why) {
    await sleep(1000);
    const { calls } = cold.asked();
    await sleep(4 * SLOW_MS);
    assert.equal(cold.asked().calls, calls, why);
}

test('range list 121: a client that leaves has nothing more read for it within a second', () =>
    withServer(SLOW_MS, [], async (cold, clients) => {
        for (const enough of [1, 300_000]) {
            await Promise.all(clients.map((client) => readAndLeave(client, {}, enough)));
            await assertQuietInASecond(cold, `after ${enough} bytes, the disk is still read for nobody`);
        }
        for (const leaveMs of [20, 150]) { // while the first window is being read
            await Promise.all(clients.map(async (client) => {
                const request = client.open(path, { agent: false }, (message) => message.destroy());
                request.on('error', () => {});
                request.end();
                await sleep(leaveMs);
                request.destroy();
            }));
            await assertQuietInASecond(cold, `after ${leaveMs} ms, the disk is still read for nobody`);
        }
        for (const client of clients) {
            const response = await client.request(path, { headers: { range: 'bytes=7-11' } });
            assert.ok(response.body.equals(bytes.subarray(7, 12)), client.name);
        }
    }));

// What is taken is what reached the client's program; beyond it and the 2 MiB, one window is being
// written and the sockets hold some.
test('range list 124: 200 seeks that are broken off read little more than what was taken', () =>
    withServer(2, [], async (cold, clients) => {
        const seeks = isSanitized ? 50 : 200;
        for (const client of clients) {
            const before = cold.asked().bytes;
            let taken = 0;
            for (let i = 0; i < seeks; i++) {
                const first = ((i * 7919) % (LENGTH / 4096 - 2048)) * 4096;
                taken += await readAndLeave(client, { range: `bytes=${first}-` }, 65_536);
            }
            const read = cold.asked().bytes - before;
            assert.ok(read <= taken + seeks * (AHEAD_BYTES + MIB), `${client.name}: ${read} bytes for ${taken}`);
        }
    }));
