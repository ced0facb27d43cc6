// Measures how segued bears many titles and long ones, and prints Markdown; run by scale.sh.
//
//     node scale.mjs DIR SECTION...
//
// DIR holds keys.json and the stores that scale.sh has made: "titles-N" with N titles of 8 extents,
// and "extents" with one title of 100 and one of 100,000. A section is one of the functions at the
// end. Nothing here is a test: it says what it measured.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { buildDir, must, peakMemory, segue, segued } from '../harness/programs.mjs';
import { Random } from '../harness/random.mjs';
import { headerFor, nowS, signEs256, unsigned } from '../harness/tokens.mjs';
import { flood, get } from './flood.mjs';
import { kernelBytes, openIdle, startPeer } from './idle.mjs';
import { portOf, startSegued } from './measured_server.mjs';

const makeStore = path.join(buildDir, 'tests/make_store');

const CONNECTIONS = 32;
const IDLE = 10_000;
const MISSING = 1_000_000;
const EXTENTS = 8;
const SLICE = 16384;
const HEADER = 512;

const [dir, ...sections] = process.argv.slice(2);
const random = new Random(1);
const key = JSON.parse(readFileSync(path.join(dir, 'keys.json'), 'utf8')).keys[0];
const counts = readdirSync(dir)
    .map((name) => Number(/^titles-(\d+)$/.exec(name)?.[1]))
    .filter((count) => count > 0)
    .sort((a, b) => a - b);

const storeOf = (count) => path.join(dir, `titles-${count}`);
const fileOf = (extents, number) => `/v1/t${extents}-${number}/video.mp4`;
const sizeOf = (extents) => HEADER + extents * SLICE;
const pause = () => new Promise((resolve) => setTimeout(resolve, 1000));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const group = (value) => Math.round(value).toLocaleString('en-US');
const mib = (kib) => (kib / 1024).toFixed(1);

function token(container) {
    return signEs256(key, unsigned(headerFor(key), { cdniuc: container, exp: nowS() + 86400 }));
}

const forAll = token('regex:https?://[^/]*/v1/[^/]*/[^/]*');
const forOne = (file) => token(`regex:https?://[^/]*${file.replaceAll('.', '\\.')}`);

function table(columns, rows) {
    console.log(`\n| ${columns.join(' | ')} |\n|${columns.map(() => '---').join('|')}|`);
    for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

const start = (store, args = []) =>
    startSegued(segued, store, ['--keys', path.join(dir, 'keys.json'), ...args]);

/** Floods a server; returns what flood() does and the server's CPU in microseconds per request. */
async function measure(server, requests, connections = CONNECTIONS) {
    const before = server.cpuSeconds();
    const result = await flood(portOf(server, 'http'), connections, requests);
    const answered = Object.values(result.statuses).reduce((sum, count) => sum + count, 0);
    return { ...result, answered, microseconds: ((server.cpuSeconds() - before) / answered) * 1e6 };
}

function assertAll(statuses, status) {
    const wrong = Object.keys(statuses).filter((other) => other !== String(status));
    if (wrong.length > 0) throw new Error(`not all answers are ${status}: ${JSON.stringify(statuses)}`);
}

/** `number` different numbers below `end`, in no order. */
function sample(number, end) {
    const chosen = new Set();
    while (chosen.size < Math.min(number, end)) chosen.add(random.below(end));
    return [...chosen];
}

function range(extents, length) {
    return { from: random.below(sizeOf(extents) - length), length };
}

function* anywhereIn(numbers, length, tokenOf) {
    for (const number of numbers) {
        const file = fileOf(EXTENTS, number);
        yield get(file, { token: tokenOf(file), ...range(EXTENTS, length) });
    }
}

/* ---- Sections ---- */

async function startUp() {
    const rows = [];
    for (const count of counts) {
        const times = [];
        for (let round = 0; round < 5; round++) {
            const server = await start(storeOf(count));
            times.push(server.readyMs);
            await server.stop();
        }
        rows.push([group(count), `${Math.round(median(times))} ms`]);
    }
    table(['titles', 'start to "ready", median of 5'], rows);
}

/** The header object is the title's own: every range here begins in it. */
function* headsOf(numbers, extents, tokenOf) {
    for (const number of numbers) {
        const file = fileOf(extents, number);
        yield get(file, { token: tokenOf(file), from: random.below(HEADER), length: 1024 });
    }
}

async function memory() {
    const most = counts.at(-1);
    const cases = [
        [`${group(most)}, one token for all`, storeOf(most), sample(100_000, most), EXTENTS, () => forAll],
        [`${group(most)}, a token each`, storeOf(most), sample(100_000, most), EXTENTS, forOne],
        ['20,000 of 1,000 extents', path.join(dir, 'long-titles'), sample(20_000, 20_000), 1000, () => forAll],
    ];
    const rows = [];
    for (const [what, store, numbers, length, tokenOf] of cases) {
        if (!existsSync(store)) continue;
        const requests = [...headsOf(numbers, length, tokenOf)];
        const server = await start(store);
        const idle = server.memory();
        const { statuses, seconds, microseconds, answered } = await measure(server, requests.values());
        assertAll(statuses, 206);
        const after = server.memory();
        await server.stop();
        rows.push([what, group(answered), group(answered / seconds), group(microseconds), mib(idle.VmRSS),
            mib(after.VmHWM), mib(after.RssAnon), mib(after.RssFile)]);
    }
    console.log(`\nRandom titles, each asked for once, 1 KiB, over ${CONNECTIONS} connections:`);
    table(['titles', 'asked for', 'requests/s', 'CPU us/request', 'RSS at start, MiB', 'peak', 'anonymous after', 'of files after'], rows);
}

/** A million names that do not exist, from somebody who may ask for all. */
async function missing() {
    const server = await start(storeOf(counts.at(-1)), ['--public']);
    const idle = server.memory();
    function* names(count) {
        for (let i = 0; i < count; i++) yield get(`/v1/none-${i}/video.mp4`, { token: '', from: 0, length: 1 });
    }
    const { statuses, seconds, microseconds, answered } = await measure(server, names(MISSING));
    assertAll(statuses, 403);
    const after = server.memory();
    await server.stop();
    table(['names that do not exist', 'requests/s', 'CPU us/request', 'RSS at start, MiB', 'peak'],
        [[group(answered), group(answered / seconds), group(microseconds), mib(idle.VmRSS), mib(after.VmHWM)]]);
}

async function titles() {
    const asked = 5_000;
    const rows = counts.map((count) => ({ count, cold: [], hot: [] }));
    for (let round = 0; round < 5; round++) {
        for (const row of rows) {
            const server = await start(storeOf(row.count));
            const once = sample(asked, row.count);
            const cold = await measure(server, anywhereIn(once, 1024, () => forAll));
            const few = sample(500, row.count);
            const many = Array.from({ length: asked }, (_, i) => few[i % few.length]);
            await measure(server, anywhereIn(many.slice(0, 1000), 1024, () => forAll));
            const hot = await measure(server, anywhereIn(many, 1024, () => forAll));
            await server.stop();
            assertAll({ ...cold.statuses, ...hot.statuses }, 206);
            row.cold.push(cold.microseconds);
            row.hot.push(hot.microseconds);
        }
    }
    table(['titles', 'each asked for once, CPU us/request', '500 of them, again and again'],
        rows.map(({ count, cold, hot }) => [group(count), group(median(cold)), group(median(hot))]));
}

function* anywhereInOne(extents, length, requests) {
    const file = fileOf(extents, 0);
    for (let i = 0; i < requests; i++) yield get(file, { token: forAll, ...range(extents, length) });
}

async function extents() {
    const server = await start(path.join(dir, 'extents'));
    const rows = [];
    for (const [length, requests] of [[1024, 20_000], [65536, 5_000]]) {
        const costs = { 100: [], 100000: [] };
        for (let round = 0; round < 9; round++) {
            for (const count of [100, 100_000]) {
                const { statuses, microseconds } = await measure(server, anywhereInOne(count, length, requests), 4);
                assertAll(statuses, 206);
                if (round > 0) costs[count].push(microseconds);
            }
        }
        const ratios = costs[100000].map((cost, i) => cost / costs[100][i]);
        rows.push([`${length / 1024} KiB`, group(median(costs[100])), group(median(costs[100000])), median(ratios).toFixed(2)]);
    }
    await server.stop();
    table(['range', '100 extents, CPU us/request', '100,000 extents', 'median ratio'], rows);
}

/** Latency on a short title while a long one beside it, asked for as often, is published again and
 * again. */
async function republish() {
    const store = path.join(dir, 'extents');
    const server = await start(store);
    const rows = [];
    for (const isChanging of [false, true]) {
        let isOver = false;
        const maker = (async () => {
            for (let times = 0; ; times++) {
                if (isOver || !isChanging) return times;
                await must(makeStore, [store, '1', '100000']);
                await pause();
            }
        })();
        const run = (extents) => flood(portOf(server, 'http'), 8, anywhereInOne(extents, 1024, 50_000));
        const [short, long] = await Promise.all([run(100), run(100_000)]);
        isOver = true;
        assertAll({ ...short.statuses, ...long.statuses }, 206);
        const at = (values, part) => [...values].sort((a, b) => a - b)[Math.floor(values.length * part)].toFixed(1);
        rows.push([await maker, at(short.latencies, 0.99), at(short.latencies, 0.9999), at(long.latencies, 0.99),
            at(long.latencies, 0.9999), mib(server.memory().VmHWM)]);
    }
    await server.stop();
    table(['times published anew', '100 extents: p99, ms', 'p99.99', '100,000 extents: p99', 'p99.99', 'peak RSS, MiB'], rows);
}

/** `segue ls` of the largest store: it reads every index. */
function listing() {
    const store = storeOf(counts.at(-1));
    const rows = [['table', []], ['--json', ['--json']]].map(([what, args]) => {
        const began = performance.now();
        const output = execFileSync('sh', ['-c', '"$@" 2>&1 >/dev/null', 'sh', peakMemory, segue, 'ls', '--store', store, ...args]);
        const seconds = (performance.now() - began) / 1000;
        return [what, seconds.toFixed(1), mib(Number(output.toString().trim().split('\n').at(-1)))];
    });
    console.log(`\nsegue ls, ${group(counts.at(-1))} titles:`);
    table(['', 'seconds', 'peak RSS, MiB'], rows);
}

/** What one server holds for connections that have asked for 1 KiB and then say nothing. */
async function measureIdle({ server, port }, count, file) {
    (await openIdle(port, 200, file)).forEach((socket) => socket.destroy());
    await pause();
    const before = { rss: server.memory().VmRSS, kernel: kernelBytes() };
    const sockets = await openIdle(port, count, file);
    await pause();
    const rss = server.memory().VmRSS;
    const open = sockets.filter((socket) => !socket.destroyed).length;
    const kernel = kernelBytes();
    sockets.forEach((socket) => socket.destroy());
    await pause();
    const left = server.memory().VmRSS;
    await server.stop();
    return [group(open), mib(rss), ((rss - before.rss) / open).toFixed(1),
        ((kernel - before.kernel) / open / 1024).toFixed(1), mib(left)];
}

async function idle() {
    const site = path.join(dir, 'site');
    const file = '/v1/t100-0/video.mp4';
    mkdirSync(path.join(site, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(site, file), Buffer.alloc(1 << 20, 1));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
        '-subj', '/CN=localhost', '-keyout', path.join(site, 'key.pem'), '-out', path.join(site, 'cert.pem')],
    { stdio: 'ignore' });
    const own = await start(path.join(dir, 'extents'), ['--public', '--listen-tls', '127.0.0.1:0',
        '--cert', path.join(site, 'cert.pem'), '--key', path.join(site, 'key.pem')]);
    const rows = [];
    rows.push(['segued', ...await measureIdle({ server: own, port: portOf(own, 'https') }, IDLE, file)]);
    for (const name of ['nginx', 'h2o']) {
        const peer = await startPeer(name, site);
        rows.push(peer === undefined ? [name, 'not installed', '', '', '', ''] : [name, ...await measureIdle(peer, IDLE, file)]);
    }
    table(['', 'connections', 'RSS, MiB', 'KiB per connection', 'kernel, both ends, KiB per connection', 'RSS when all have gone, MiB'], rows);
}

const all = { start: startUp, memory, missing, titles, extents, republish, idle, listing };
for (const section of sections) {
    console.log(`\n### ${section}`);
    await all[section]();
}
