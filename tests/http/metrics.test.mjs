// What /metrics says after requests whose number is known.
// Without an access log: counting does not hang on it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { adminClientOf, clientsOf } from '../harness/client.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const bytes = patternBytes(10_000);
const store = new Store(scratchDir());
let server;
let clients;
let admin;
let path;

before(async () => {
    const key = await store.newKey();
    await store.publish('fixture', { 'video.mp4': { bytes } });
    path = signedPath(key, 'fixture', 'video.mp4');
    server = await Server.start(store, ['--threads', '3', '--access-log', 'off']);
    clients = clientsOf(server);
    admin = adminClientOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    admin.close();
    await server.stop();
});

async function read() {
    const { status, headers, body } = await admin.request('/metrics');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
    const rows = body.toString().split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return Object.fromEntries(rows.map((row) => [row.slice(0, row.lastIndexOf(' ')), Number(row.slice(row.lastIndexOf(' ') + 1))]));
}

/** The metrics once `isThere` of them: a response is counted when its last byte has been written. */
async function readUntil(isThere) {
    for (let i = 0; ; i++) {
        const metrics = await read();
        if (isThere(metrics)) return metrics;
        assert.ok(i < 500, JSON.stringify(metrics, null, 1));
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

test('responses, bytes and connections are counted by what they are', async () => {
    for (const client of clients) {
        assert.equal((await client.request(path)).status, 200);
        assert.equal((await client.request(path, { headers: { range: 'bytes=0-9' } })).status, 206);
        assert.equal((await client.request('/v1/fixture/video.mp4')).status, 403);
    }
    const metrics = await readUntil((each) => each['segue_responses_total{class="4xx"}'] === 4);
    assert.equal(metrics['segue_responses_total{class="2xx"}'], 8);
    assert.equal(metrics['segue_responses_total{class="5xx"}'], 0);
    assert.equal(metrics.segue_sent_bytes_total, 4 * (10_000 + 10 + 'Forbidden\n'.length));
    assert.equal(metrics.segue_connections_accepted_total, 4);
    for (const labels of ['proto="h1",tls="0"', 'proto="h1",tls="1"', 'proto="h2",tls="0"', 'proto="h2",tls="1"']) {
        assert.equal(metrics[`segue_connections{${labels}}`], 1, labels);
        assert.equal(metrics[`segue_connections_total{${labels}}`], 1, labels);
    }
    assert.equal(metrics['segue_connections{proto="none"}'], 0);
    assert.equal(metrics.segue_titles, 1);
    assert.ok(metrics.segue_titles_bytes > 0);
    assert.equal(metrics.segue_objects, 1);
    assert.equal(metrics.segue_objects_bytes, 10_000);
    assert.equal(metrics.segue_title_hits_total + metrics.segue_title_misses_total, 8);
    assert.ok(metrics.segue_title_misses_total >= 1);
    assert.equal(metrics['segue_connections_closed_total{limit="wasted-streams"}'], 0);
    assert.equal(metrics.segue_log_lines_dropped_total, 0);
});

test('connections that went are no longer counted as open', async () => {
    clients.forEach((client) => client.close());
    const metrics = await readUntil((each) =>
        Object.keys(each).filter((name) => name.startsWith('segue_connections{')).every((name) => each[name] === 0));
    assert.equal(metrics['segue_connections_total{proto="h2",tls="1"}'], 1);
});

test('every metric has its help and type, and none names a title or a token', async () => {
    const text = (await admin.request('/metrics')).body.toString();
    for (const line of text.trimEnd().split('\n')) {
        if (line.startsWith('#')) continue;
        const [, name] = line.match(/^(segue_[a-z_]+)(?:\{(?:[a-z]+="[a-z0-9-]+",?)+\})? \d+$/) ?? assert.fail(line);
        assert.ok(text.includes(`# HELP ${name} `) && text.includes(`# TYPE ${name} `), name);
    }
    assert.ok(!text.includes('fixture') && !text.includes('eyJ'));
});
