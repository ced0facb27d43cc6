// The parts of the serving benchmarks that could be wrong without anybody seeing it in a table.

import assert from 'node:assert/strict';
import { readFileSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { patternBytes, run, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';
import { barFor, costOf } from './bars.mjs';
import { putInPage, table } from './markdown.mjs';
import { cutsOf, evict, ttfb } from './material.mjs';
import { bytesBetween } from './sockets.mjs';
import { quantile, rotated, spread } from './statistics.mjs';

const FILE_BYTES = 300_000;

const scratch = scratchDir();
const store = new Store(scratch);
let server;
let target;

before(async () => {
    const key = await store.newKey();
    await store.publish('film', { 'video.mp4': { bytes: patternBytes(FILE_BYTES), cuts: [100_001] } });
    server = await Server.start(store);
    target = signedPath(key, 'film', 'video.mp4');
});

after(() => server.stop());

describe('ttfb', () => {
    const probe = (protocol, path, rangeBytes) =>
        run(ttfb, [protocol, String(protocol === 'h1' ? server.ports.plain : server.ports.tls), path, String(FILE_BYTES), String(rangeBytes), '0.2', '5']);

    for (const protocol of ['h1', 'h1s', 'h2'])
        for (const rangeBytes of [1, 65536, FILE_BYTES])
            test(`${protocol}, ${rangeBytes} bytes: a time for each request`, async () => {
                const { code, stdout, stderr } = await probe(protocol, target, rangeBytes);
                assert.equal(code, 0, stderr);
                const times = stdout.trim().split('\n').map(Number);
                assert.ok(times.length >= 1 && times.length <= 41, `${times.length} samples`);
                assert.ok(times.every((us) => us > 0 && us < 20e6), stdout);
            });

    for (const protocol of ['h1', 'h1s', 'h2'])
        test(`${protocol}: a refusal is no measurement`, async () => {
            const { code, stdout, stderr } = await probe(protocol, target.split('?')[0], 100);
            assert.deepEqual([code, stdout], [1, '']);
            assert.match(stderr, /^ttfb: the answer is not 206$/m);
        });
});

const isTmpfs = statfsSync(scratch).type === 0x01021994; // TMPFS_MAGIC: there is no disk below it

test('evict drops a file from memory, not from the disk', { skip: isTmpfs }, async () => {
    const file = path.join(scratch, 'evicted');
    writeFileSync(file, patternBytes(FILE_BYTES));
    assert.equal((await run(evict, [file])).code, 0);
    assert.deepEqual(readFileSync(file), patternBytes(FILE_BYTES));
    assert.equal((await run(evict, [path.join(scratch, 'missing')])).code, 1);
});

test('objects are about 1 MiB long', () => {
    const cuts = [0, ...cutsOf(64 * 1024 ** 2), 64 * 1024 ** 2];
    const lengths = cuts.slice(1).map((at, i) => at - cuts[i]);
    for (const length of lengths.slice(0, -1)) assert.ok(length >= 0.75 * 1024 ** 2 && length <= 1.25 * 1024 ** 2, `${length}`);
    assert.ok(lengths.at(-1) > 0 && lengths.length > 50);
});

test('quantiles lie between neighbours', () => {
    assert.equal(quantile([3, 1, 2], 0.5), 2);
    assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
    assert.equal(quantile([5], 0.99), 5);
    assert.equal(quantile([], 0.5), undefined);
    assert.deepEqual(spread([4, 1, 10]), { median: 4, min: 1, max: 10, count: 3 });
    assert.deepEqual(rotated(['a', 'b', 'c'], 1), ['b', 'c', 'a']);
});

test('only connections that were there before count', () => {
    assert.equal(bytesBetween(new Map([['a', 10], ['b', 5]]), new Map([['a', 110], ['c', 1000]])), 100);
});

test('bars are those of the case', () => {
    const MIB = 1024 ** 2;
    assert.equal(barFor('nginx', { protocol: 'h2', rangeBytes: MIB }), 0.75);
    assert.equal(barFor('nginx', { protocol: 'h1', rangeBytes: 4 * MIB }), 1.15);
    assert.equal(barFor('nginx', { protocol: 'h1', rangeBytes: 1024 }), undefined);
    assert.equal(barFor('h2o', { protocol: 'h1s', rangeBytes: 1024 }), 1.1);
    const figures = { cpuPerGb: 1, cpuUsPerRequest: 2 };
    assert.deepEqual([costOf(figures, 1024), costOf(figures, MIB)], [2, 1]);
});

test('a table takes the place of the one before it', () => {
    const page = path.join(scratch, 'page.md');
    writeFileSync(page, 'head\n<!-- x: begin -->\nold\n<!-- x: end -->\ntail\n');
    putInPage(page, 'x', table([['name', 'n:'], ['a', '1']]));
    assert.equal(readFileSync(page, 'utf8'),
        'head\n<!-- x: begin -->\n\n| name |   n |\n|------|----:|\n| a    |   1 |\n\n<!-- x: end -->\ntail\n');
    assert.throws(() => putInPage(page, 'y', ''), /has no place for the table/);
});
