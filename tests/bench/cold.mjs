// Servers beside cold data; cold.sh is the way to start it.

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { coldReport } from './cold_report.mjs';
import { LABELS, machine, versionOf } from './contender.mjs';
import { putInPage } from './markdown.mjs';
import { Material, scratchIn } from './material.mjs';
import { measureNeighbours } from './neighbours.mjs';
import { readCount, readList, readOptions, readSize, readWord } from './options.mjs';
import { CAT, measureSequential, objectFiles } from './sequential.mjs';
import { sizeName } from './serve_report.mjs';
import { rotated } from './statistics.mjs';

const USAGE = `tests/bench/cold.sh [OPTION...]

  --quick             2 rounds of 1 s
  --servers LIST      of segued, nginx, nginx-aio and h2o; default: segued,nginx,nginx-aio
  --rounds N          default: 5
  --seconds N         that the clients of the hot title are timed in each state; default: 4
  --clients N         of the hot title, and as many of cold ones; default: 16
  --hot-range SIZE    that clients of the hot title ask for; default: 64K
  --protocol WORD     that they speak: h1, h1s (with TLS) or h2 (with TLS); default: h1
  --pause MS          between two ranges of 1M of a client of cold titles; default: 100
  --titles N          cold ones; default: 16
  --title-size SIZE   of each of them; default: 64M
  --film-size SIZE    of the title read from its begin to its end; default: 512M
  --cores LIST        of the server and of the clients; default: 0,1
  --scratch DIR       where the files are made: the disk that is measured; default: ${tmpdir()}
  --json FILE         every single figure
  --markdown FILE     put the tables into this page, as docs/benchmarks.md has a place for them

SEGUE_BUILD names another build to measure than build/bench.`;

const MIB = 1024 ** 2;
const HOT_BYTES = 64 * MIB;

const text = (value) => ({ type: 'string', value });

function readCommandLine() {
    const values = readOptions(USAGE, {
        servers: text('segued,nginx,nginx-aio'), rounds: text('5'), seconds: text('4'), clients: text('16'),
        'hot-range': text('64K'), protocol: text('h1'), pause: text('100'), titles: text('16'), 'title-size': text('64M'),
        'film-size': text('512M'), cores: text('0,1'), scratch: text(tmpdir()), json: text(), markdown: text(),
    }, { rounds: '2', seconds: '1', 'film-size': '256M' });
    const [serverCore, clientCore] = readList(values.cores, Number);
    return {
        ...values,
        kinds: readList(values.servers, readWord(Object.keys(LABELS))),
        protocol: readWord(['h1', 'h1s', 'h2'])(values.protocol),
        rounds: readCount(values.rounds),
        seconds: readCount(values.seconds, 600),
        clients: readCount(values.clients, 256),
        pauseMs: readCount(values.pause),
        titles: Array.from({ length: readCount(values.titles, 1000) }, (_, i) => `cold${i}`),
        titleBytes: readSize(values['title-size']),
        filmBytes: readSize(values['film-size']),
        hotBytes: HOT_BYTES,
        hotRange: readSize(values['hot-range']),
        serverCore,
        clientCore,
    };
}

async function makeMaterial(bench) {
    bench.material = await Material.make(scratchIn(bench.scratch));
    await bench.material.add('film', bench.filmBytes / MIB);
    bench.filmObjects = objectFiles(bench.material.store);
    await bench.material.add('hot', bench.hotBytes / MIB);
    const hotObjects = objectFiles(bench.material.store).filter((file) => !bench.filmObjects.includes(file));
    bench.hotFiles = [bench.material.plainFile('hot'), ...hotObjects];
    for (const title of bench.titles) await bench.material.add(title, bench.titleBytes / MIB);
}

/** {name: [one result for each round]}, the order rotating. */
async function interleave(names, rounds, measure) {
    const results = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
        for (const name of rotated(names, round)) {
            results[name].push(await measure(name));
            console.error(`round ${round + 1}  ${LABELS[name] ?? name}: ${JSON.stringify(results[name].at(-1))}`);
        }
    return results;
}

async function describe(bench) {
    const versions = await Promise.all(bench.kinds.filter((kind) => kind !== 'nginx-aio').map(versionOf));
    return [
        new Date().toISOString().slice(0, 10),
        await machine(),
        `${versions.join('; ')}; one worker each, on core ${bench.serverCore}; clients on core ${bench.clientCore}; ${bench.rounds} rounds`,
        `${bench.clients} clients of the hot title, ranges of ${sizeName(bench.hotRange)}; ${bench.clients} of ${bench.titles.length} ` +
            `cold titles of ${sizeName(bench.titleBytes)}, ranges of 1 MiB every ${bench.pauseMs} ms; the film has ${sizeName(bench.filmBytes)}`,
    ];
}

async function main() {
    const bench = readCommandLine();
    await makeMaterial(bench);
    const sequential = await interleave([CAT, ...bench.kinds], bench.rounds, (kind) => measureSequential(kind, bench));
    const neighbours = await interleave(bench.kinds, bench.rounds, (kind) => measureNeighbours(kind, bench));
    const run = await describe(bench);
    const report = coldReport({ run, neighbours, sequential, filmBytes: bench.filmBytes });
    console.log(report);
    if (bench.json) writeFileSync(bench.json, JSON.stringify({ run, neighbours, sequential }, null, 1));
    if (bench.markdown) putInPage(bench.markdown, 'cold', report);
}

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
main().catch((error) => {
    console.error(error.stack);
    process.exit(1);
});
