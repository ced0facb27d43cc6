// HTTP/2 clients that cost the server work and take nothing: each is closed, soon and cheaply, while
// everybody else is served.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { clientsOf } from '../harness/client.mjs';
import { attack, attacks } from '../harness/h2_attack.mjs';
import { isSanitized, patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const LENGTH = 1_000_000;
const MAX_CPU_S = isSanitized ? 3 : 0.2;
const MAX_MIB = isSanitized ? 200 : 8;
const bytes = patternBytes(LENGTH);
const store = new Store(scratchDir());
let server;
let clients;
let path;

before(async () => {
    const key = await store.newKey();
    await store.publish('fixture', { 'video.mp4': { bytes } });
    path = signedPath(key, 'fixture', 'video.mp4');
    server = await Server.start(store, ['--threads', '1']);
    clients = clientsOf(server);
    await serve();
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

async function serve() {
    for (const client of clients) {
        const response = await client.request(path, { headers: { range: 'bytes=500-70000' } });
        assert.equal(response.status, 206, client.name);
        assert.ok(response.body.equals(bytes.subarray(500, 70001)), client.name);
    }
}

const proc = (name) => readFileSync(`/proc/${server.child.pid}/${name}`, 'utf8');

function cpuS() {
    const tasks = readdirSync(`/proc/${server.child.pid}/task`);
    const ns = tasks.map((task) => Number(proc(`task/${task}/schedstat`).split(' ')[0]));
    return ns.reduce((sum, n) => sum + n) / 1e9;
}

const memoryMib = () => Number(proc('status').match(/RssAnon:\s+(\d+)/)[1]) / 1024;

async function whileServing(work) {
    let isOver = false;
    const served = (async () => {
        let rounds = 0;
        for (; !isOver; rounds++) await serve();
        return rounds;
    })();
    const result = await work();
    isOver = true;
    assert.ok((await served) > 0);
    return result;
}

describe('a client that wears the server out is closed', () => {
    for (const isTls of [false, true])
        for (const [name, { limit }] of Object.entries(attacks('/')))
            test(`${name}${isTls ? ', over TLS' : ''}`, async () => {
                const port = isTls ? server.ports.tls : server.ports.plain;
                const what = attacks(path)[name];
                const logged = (await server.wholeLog()).length;
                const [cpu, memory] = [cpuS(), memoryMib()];
                assert.ok((await attack({ ...what, port, isTls })).isClosed, 'it was not closed');
                const spent = cpuS() - cpu;
                const grown = memoryMib() - memory;
                assert.ok(spent <= MAX_CPU_S, `it cost ${spent} s`);
                assert.ok(grown <= MAX_MIB, `it took ${grown} MiB`);
                await server.waitForLog({ test: (log) => log.indexOf(`over the limit of ${limit}`, logged) !== -1 });
            });
});

test('everybody else is served meanwhile', async () => {
    const work = Object.values(attacks(path)).map((what) => attack({ ...what, port: server.ports.tls, isTls: true }));
    const ends = await whileServing(() => Promise.all(work));
    assert.ok(ends.every(({ isClosed }) => isClosed));
});

test('frames of unknown types are not worth a line of the log', async () => {
    const what = attacks(path)['unknown frames'];
    await attack({ ...what, port: server.ports.plain, isTls: false });
    assert.ok(!(await server.wholeLog()).includes('skipping frame'));
});
