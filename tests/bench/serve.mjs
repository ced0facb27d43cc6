// segued, nginx and h2o in turn under the same loads; serve.sh is the way to start it.

import { writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';

import { checkContender } from './check.mjs';
import { Contender, LABELS, machine, versionOf } from './contender.mjs';
import { rangesOf } from './load.mjs';
import { putInPage } from './markdown.mjs';
import { Material, randomStart, scratchIn } from './material.mjs';
import { measure } from './measurement.mjs';
import { readCount, readList, readOptions, readSize, readWord } from './options.mjs';
import { holdPages } from './pages.mjs';
import { serveReport, sizeName } from './serve_report.mjs';
import { rotated } from './statistics.mjs';

const USAGE = `tests/bench/serve.sh [OPTION...]

  --quick                2 rounds of 1 s, 64K and 1M, 16 connections
  --protocols LIST       of h1, h1s (with TLS) and h2 (with TLS); default: all
  --sizes LIST           of ranges, default: 1K,64K,1M,4M
  --connections LIST     default: 1,16,256
  --servers LIST         of segued, nginx and h2o; default: all
  --rounds N             default: 5
  --seconds N            that are counted of one server in one round; default: 2
  --streams N            at once on an HTTP/2 connection; default: 8
  --file-size SIZE       default: 256M
  --cores LIST           of the server and of the clients; default: 0,1
  --scratch DIR          where the files are made; default: ${tmpdir()}
  --json FILE            every single figure
  --markdown FILE        put the tables into this page, as docs/benchmarks.md has a place for them

SEGUE_BUILD names another build to measure than build/bench; MTU another packet size than 1500,
CONGESTION another congestion control of TCP than the machine's.`;

const text = (value) => ({ type: 'string', value });

function readCommandLine() {
    const values = readOptions(USAGE, {
        protocols: text('h1,h1s,h2'), sizes: text('1K,64K,1M,4M'), connections: text('1,16,256'),
        servers: text('segued,nginx,h2o'), rounds: text('5'), seconds: text('2'), streams: text('8'),
        'file-size': text('256M'), cores: text('0,1'), scratch: text(tmpdir()), json: text(), markdown: text(),
    }, { sizes: '64K,1M', connections: '16', rounds: '2', seconds: '1' });
    const [serverCore, clientCore] = readList(values.cores, Number);
    return {
        ...values,
        protocols: readList(values.protocols, readWord(['h1', 'h1s', 'h2'])),
        sizes: readList(values.sizes, readSize),
        connections: readList(values.connections, (word) => readCount(word, 4096)),
        kinds: readList(values.servers, readWord(Object.keys(LABELS))),
        rounds: readCount(values.rounds),
        streams: readCount(values.streams, 256),
        windowS: readCount(values.seconds, 600),
        title: 'bench',
        fileBytes: readSize(values['file-size']),
        serverCore,
        clientCore,
    };
}

function cellsOf({ protocols, sizes, connections }) {
    return protocols.flatMap((protocol) =>
        sizes.flatMap((rangeBytes) => connections.map((count) => ({ protocol, rangeBytes, connections: count }))));
}

/** All cells once in each round, so that a bad minute of the machine is in one round alone. */
async function runRounds(contenders, bench) {
    const results = cellsOf(bench).map((cell) => ({ cell, rounds: Object.fromEntries(bench.kinds.map((kind) => [kind, []])) }));
    for (let round = 0; round < bench.rounds; round++)
        for (const [i, { cell, rounds }] of results.entries()) {
            const starts = Array.from({ length: rangesOf(cell.connections) }, () => randomStart(bench.fileBytes, cell.rangeBytes));
            for (const contender of rotated(contenders, round + i)) {
                const figures = await measure(contender, cell, starts, bench);
                rounds[contender.kind].push(figures);
                if (figures === undefined) continue;
                console.error(`round ${round + 1}  ${cell.protocol}  ${sizeName(cell.rangeBytes)} x ${cell.connections}  ${contender.label}: ` +
                    `${figures.cpuPerGb.toFixed(3)} s/GB, ${figures.cpuUsPerRequest.toFixed(1)} us/request`);
            }
        }
    return results;
}

async function describe(bench) {
    const versions = await Promise.all(bench.kinds.map(versionOf));
    return [
        new Date().toISOString().slice(0, 10),
        await machine(),
        `${versions.join('; ')}; one worker each, on core ${bench.serverCore}; clients on core ${bench.clientCore}`,
        `${sizeName(bench.fileBytes)} of random bytes, locked in memory; ${bench.rounds} rounds of ${bench.windowS} s; ` +
            `TLS 1.3, ${bench.material.cipher}; ${bench.streams} streams on each HTTP/2 connection`,
    ];
}

async function main() {
    const bench = readCommandLine();
    if (availableParallelism() < 2) throw new Error('server and clients need a core each');
    const scratch = scratchIn(bench.scratch);
    bench.material = await Material.make(scratch);
    await bench.material.add(bench.title, bench.fileBytes / 1024 ** 2);
    await bench.material.evict();
    const contenders = [];
    for (const kind of bench.kinds) contenders.push(await Contender.start(kind, bench.material, bench.serverCore, [bench.title]));
    for (const contender of contenders) await checkContender(contender, bench);
    await holdPages(scratch, [bench.material.www, path.join(bench.material.store, 'objects')]);
    const results = await runRounds(contenders, bench);
    for (const contender of contenders) await contender.stop();
    const run = await describe(bench);
    const report = serveReport({ run, results, kinds: bench.kinds });
    console.log(report);
    if (bench.json) writeFileSync(bench.json, JSON.stringify({ run, results }, null, 1));
    if (bench.markdown) putInPage(bench.markdown, 'serve', report);
}

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
main().catch((error) => {
    console.error(error.stack);
    process.exit(1);
});
