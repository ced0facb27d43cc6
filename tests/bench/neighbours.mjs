// One round of a server with a hot title and neighbours of it: how long clients of the hot title wait
// for their first byte
//
//     alone     when nobody else is there
//     cold      while as many clients read other titles, which have to come from the disk
//     warm      while these read the same again, at the same pace, now from memory

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { must, run, sourceDir } from '../harness/programs.mjs';
import { Contender } from './contender.mjs';
import { complaintOf } from './load.mjs';
import { holdPages } from './pages.mjs';
import { probe } from './probe.mjs';
import { quantile } from './statistics.mjs';

const script = path.join(sourceDir, 'tests/bench/titles.lua');

const NEIGHBOUR_RANGE = 1024 ** 2;
const SETTLE_MS = 300;
const PROBE_EVERY_MS = 10;

async function probeHot(contender, bench) {
    const samples = await Promise.all(Array.from({ length: bench.clients }, () =>
        probe({ protocol: bench.protocol, port: contender.port(bench.protocol), target: contender.targets.hot,
            fileBytes: bench.hotBytes, rangeBytes: bench.hotRange, seconds: bench.seconds, everyMs: PROBE_EVERY_MS,
            core: bench.clientCore, environment: bench.material.environment })));
    const all = samples.flat();
    return { p50Ms: quantile(all, 0.5), p99Ms: quantile(all, 0.99), samples: all.length };
}

/** Bytes that the server itself has had from the disk. */
const diskBytesOf = (contender) =>
    contender.pids.map((pid) => Number(readFileSync(`/proc/${pid}/io`, 'latin1').match(/^read_bytes: (\d+)/m)[1]))
        .reduce((sum, bytes) => sum + bytes);

async function withNeighbours(contender, bench) {
    const targets = path.join(bench.material.scratch, 'targets');
    writeFileSync(targets, bench.titles.map((title) => `${contender.targets[title]}\n`).join(''));
    const before = diskBytesOf(contender);
    const beginS = performance.now() / 1000;
    let wrk;
    const finished = run('taskset', ['-c', String(bench.clientCore), 'wrk', '-t1', `-c${bench.clients}`, '-d1h', '--timeout', '60s',
        '-s', script, contender.origin('h1'), '--', targets, String(bench.titleBytes), String(NEIGHBOUR_RANGE), String(bench.pauseMs)],
        { onSpawn: (child) => (wrk = child) });
    await sleep(SETTLE_MS);
    const hot = await probeHot(contender, bench).finally(() => wrk.kill('SIGINT'));
    const { code, stdout, stderr } = await finished;
    if (code !== 0) throw new Error(`${contender.label}, neighbours: ${stdout}${stderr}`);
    const done = JSON.parse(stdout.trim().split('\n').at(-1));
    const complaint = complaintOf(done);
    if (complaint !== undefined) throw new Error(`${contender.label}, neighbours: ${complaint}`);
    return { ...hot, tookS: performance.now() / 1000 - beginS, neighbourBytes: done.bytes, diskBytes: diskBytesOf(contender) - before };
}

/** {alone, cold, warm}, each {p50Ms, p99Ms, samples} and with neighbours {tookS, neighbourBytes, diskBytes}. */
export async function measureNeighbours(kind, bench) {
    await bench.material.evict();
    const release = await holdPages(bench.material.scratch, bench.hotFiles);
    const contender = await Contender.start(kind, bench.material, bench.serverCore, ['hot', ...bench.titles]);
    try {
        await must('curl', ['-sS', '-f', '-o', '/dev/null', contender.origin('h1') + contender.targets.hot]);
        const alone = await probeHot(contender, bench);
        const cold = await withNeighbours(contender, bench);
        if (cold.diskBytes < cold.neighbourBytes / 2) throw new Error(`${contender.label}: the neighbours did not read from the disk`);
        const warm = await withNeighbours(contender, bench);
        return { alone, cold, warm };
    } finally {
        await contender.stop();
        release();
    }
}
