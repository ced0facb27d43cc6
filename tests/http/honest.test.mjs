// Clients that mean well and do much: none of them comes over a limit.

import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { adminClientOf, clientsOf } from '../harness/client.mjs';
import { isSanitized, patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const LENGTH = 64 << 20;
const SEND_TIMEOUT_S = 5;
const REQUESTS = isSanitized ? 5000 : 20_000;
const bytes = patternBytes(LENGTH);
const store = new Store(scratchDir());
let server;
let admin;
let path;

before(async () => {
    const key = await store.newKey();
    await store.publish('fixture', { 'video.mp4': { bytes, cuts: [0, 30_000_001] } });
    path = signedPath(key, 'fixture', 'video.mp4');
    server = await Server.start(store, ['--threads', '1', '--limit', `send-timeout=${SEND_TIMEOUT_S}`]);
    admin = adminClientOf(server);
});

after(async () => {
    admin.close();
    await server.stop();
});

/** Runs `work`, in which no connection may be closed for a limit, whatever the client made of it. */
async function unharmed(work) {
    const before = await closed();
    try {
        return await work();
    } finally {
        assert.equal(await closed(), before);
    }
}

async function closed() {
    const text = (await admin.request('/metrics')).body.toString();
    return text.match(/^segue_connections_closed_total.*/gm).join('\n');
}

async function withSession(options, work) {
    const session = http2.connect(`https://127.0.0.1:${server.ports.tls}`, { rejectUnauthorized: false, ...options });
    const failed = new Promise((_, reject) => {
        session.once('error', reject);
        session.once('goaway', (code) => reject(new Error(`GOAWAY ${code}`)));
        session.once('close', () => reject(new Error('closed')));
    });
    try {
        return await Promise.race([work(session), failed]);
    } finally {
        session.destroy(); // what fails from here on, nobody waits for
    }
}

/** Resolves to the status and to how many bytes came, all of them right. */
function get(session, range, firstByte = 0) {
    return new Promise((resolve, reject) => {
        const stream = session.request({ ':path': path, ...(range === undefined ? {} : { range }) });
        let status;
        let got = 0;
        stream.on('response', (headers) => (status = headers[':status']));
        stream.on('data', (chunk) => {
            const at = firstByte + got;
            if (!chunk.equals(bytes.subarray(at, at + chunk.length))) reject(new Error(`wrong bytes at ${at}`));
            got += chunk.length;
        });
        stream.on('error', reject);
        stream.on('end', () => resolve({ status, got }));
    });
}

test('64 MiB through windows of 64 KiB', async () => {
    await unharmed(() => withSession({ settings: { initialWindowSize: 65_535 } }, async (session) => {
        assert.deepEqual(await get(session), { status: 200, got: LENGTH });
    }));
});

test('thousands of requests on one connection, 100 at once', async () => {
    await unharmed(() => withSession({}, async (session) => {
        let asked = 0;
        const worker = async () => {
            while (asked < REQUESTS) {
                const first = (asked++ * 977) % (LENGTH - 1000);
                const answer = await get(session, `bytes=${first}-${first + 999}`, first);
                assert.deepEqual(answer, { status: 206, got: 1000 });
            }
        };
        await Promise.all(Array.from({ length: 100 }, worker));
        assert.equal(asked, REQUESTS);
    }));
});

/** Asks from somewhere to the end, and leaves when the first bytes have come. */
function seek(session, first) {
    return new Promise((resolve, reject) => {
        const stream = session.request({ ':path': path, range: `bytes=${first}-` });
        stream.once('data', (chunk) => {
            if (!chunk.equals(bytes.subarray(first, first + chunk.length))) reject(new Error(`wrong bytes at ${first}`));
            stream.close(http2.constants.NGHTTP2_CANCEL);
        });
        stream.on('error', reject);
        stream.on('close', resolve);
    });
}

test('200 seeks a second, each given up after its first bytes', async () => {
    const [perTick, tickMs, ticks] = [20, 100, 100];
    const seeks = [];
    await unharmed(() => withSession({}, async (session) => {
        const begun = Date.now();
        for (let tick = 0; tick < ticks; tick++) {
            for (let i = 0; i < perTick; i++) seeks.push(seek(session, ((tick * perTick + i) * 30_011) % (LENGTH - 1)));
            await sleep(Math.max(0, begun + (tick + 1) * tickMs - Date.now()));
        }
        await Promise.all(seeks);
    }));
    assert.equal(seeks.length, perTick * ticks);
});

const TICKS_PER_S = 4; // a reader of a few large gulps would have its kernel grow the buffer

/** Takes `perSecond` bytes a second for longer than the time limit, which a gulp may double. */
async function sip(stream, perSecond) {
    const perTick = perSecond / TICKS_PER_S;
    let taken = 0;
    let allowed = perTick;
    let error;
    stream.on('data', (chunk) => {
        if (!chunk.equals(bytes.subarray(taken, taken + chunk.length))) error ??= `wrong bytes at ${taken}`;
        taken += chunk.length;
        if (taken >= allowed) stream.pause();
    });
    stream.on('error', (cause) => (error ??= cause.message));
    stream.on('close', () => (error ??= `cut off after ${taken} bytes`));
    for (; allowed < (2 * SEND_TIMEOUT_S + 2) * perSecond; allowed += perTick) {
        await sleep(1000 / TICKS_PER_S);
        assert.equal(error, undefined);
        if (taken < allowed + perTick) stream.resume();
    }
    assert.ok(taken >= allowed - 2 * perSecond, `${taken} bytes`);
    stream.destroy();
}

describe('readers that are slower than the time limit', { concurrency: true }, () => {
    // A loopback's kernel keeps to itself what was read until there is room for more of its segments of
    // 64 KiB, about a quarter of a MiB, so that nobody who reads less within the time can be told from
    // a dead one; networks have smaller segments. The margin is for a machine on which everybody waits
    // for a core.
    const KERNEL_SILENT_FOR = 262_144;
    const perSecond = (4 * KERNEL_SILENT_FOR) / SEND_TIMEOUT_S;
    for (const number of [0, 1])
        test(['HTTP/1.1', 'HTTP/1.1 over TLS'][number], async () => {
            const client = clientsOf(server)[number];
            await unharmed(async () => {
                const stream = await new Promise((resolve, reject) => {
                    const request = client.open(path, { agent: false }, resolve);
                    request.on('error', reject);
                    request.end();
                });
                assert.equal(stream.statusCode, 200);
                await sip(stream, perSecond);
            });
        });

    test('HTTP/2 over TLS, a KiB a second through windows of 2 KiB', async () => {
        await unharmed(() => withSession({ settings: { initialWindowSize: 2048 } }, async (session) => {
            await sip(session.request({ ':path': path }), 1024);
        }));
    });
});
