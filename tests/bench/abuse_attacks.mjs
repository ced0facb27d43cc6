// Each attack over HTTP/2: what a connection costs until it is closed, with nobody else there; then
// what valid clients notice of attackers that come back, beside the same clients without them.
//
// Attackers and valid clients have one core together. So that only the server is measured, the
// attackers get of it what the others leave, and the others' clocks do not count a wait for it
// (ttfb.c). Turns with and without attackers alternate, and the medians of their p99 are compared.

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { must, sourceDir } from '../harness/programs.mjs';
import { AbusedServer } from './abused_server.mjs';
import { table } from './markdown.mjs';
import { holdPages } from './pages.mjs';
import { probe } from './probe.mjs';
import { median, quantile } from './statistics.mjs';

const CONNECTIONS = 4;
const RANGE_BYTES = 65_536;
const EVERY_MS = 5;
const CLIENT_CORE = 1;
const PAIRS = 5;
const IDLE_PRIORITY = ['chrt', '--idle', '0'];
const ATTACKERS_START_S = 0.4; // a program that is loaded holds the kernel, and no attacker's would be there
const VALID = ['h2', 'h1s', 'h2', 'h1s'];

async function attackWith(name, server, target, seconds) {
    const file = path.join(sourceDir, 'tests/bench/attackers.mjs');
    const [program, ...args] = [...IDLE_PRIORITY, process.execPath, file, name, String(server.ports.tls), target,
        String(CONNECTIONS), String(seconds)];
    return JSON.parse(await must(program, args));
}

/** The p99 of the time to the first byte, in ms, over four clients that ask for one thing at a time. */
async function validP99(server, target, fileBytes, seconds) {
    const all = await Promise.all(VALID.map((protocol) =>
        probe({ protocol, port: server.ports.tls, target, fileBytes, rangeBytes: RANGE_BYTES,
            seconds, everyMs: EVERY_MS, core: CLIENT_CORE })));
    return quantile(all.flat(), 0.99);
}

/** The mean in seconds; Infinity when one was not closed. */
async function cpuPerConnection(name, server, target) {
    const before = server.cpuS();
    const { used, closed } = await attackWith(name, server, target, 'once');
    return closed === used ? (server.cpuS() - before) / used : Infinity;
}

/** {result, cpuMs}: what `work` resolves to, and the server's CPU milliseconds per second meanwhile. */
async function timed(server, work) {
    const [cpuS, began] = [server.cpuS(), performance.now()];
    const result = await work();
    return { result, cpuMs: (1e6 * (server.cpuS() - cpuS)) / (performance.now() - began) };
}

/** One turn without attackers and one with them, in this order or the other: {quiet, attacked}. */
async function measurePair(name, server, target, { fileBytes, seconds, isAttackedFirst }) {
    const valid = () => validP99(server, target, fileBytes, seconds);
    const turns = {
        quiet: () => timed(server, valid),
        attacked: () => server.growth(async () => {
            const attackers = attackWith(name, server, target, seconds + ATTACKERS_START_S);
            await sleep(1000 * ATTACKERS_START_S);
            const turn = await timed(server, valid);
            return { ...turn, counts: await attackers };
        }),
    };
    const pair = {};
    for (const turn of isAttackedFirst ? ['attacked', 'quiet'] : ['quiet', 'attacked'])
        pair[turn] = await turns[turn]();
    return pair;
}

/** Those that were open when the attack ended: how long at most, and how many frames a second they got through. */
function describeOpen(open) {
    if (open.length === 0) return '0';
    const seconds = Math.max(...open.map((connection) => connection.seconds));
    const perS = Math.max(...open.map((connection) => connection.frames / connection.seconds));
    return `${open.length}: ${seconds.toFixed(1)} s, ${perS.toFixed(0)} frames/s`;
}

async function measureAttack(name, server, target, { seconds, fileBytes }) {
    const alone = await server.growth(() => cpuPerConnection(name, server, target));
    const pairs = [];
    for (let i = 0; i < PAIRS; i++)
        pairs.push(await measurePair(name, server, target, { fileBytes, seconds: seconds / PAIRS, isAttackedFirst: i % 2 === 1 }));
    const attacked = pairs.map((pair) => pair.attacked.result);
    const counts = attacked.map((turn) => turn.counts);
    const extraCpuMs = median(pairs.map((pair) => pair.attacked.result.cpuMs - pair.quiet.cpuMs));
    const p99 = median(attacked.map((turn) => turn.result));
    const without = median(pairs.map((pair) => pair.quiet.result));
    const grownKib = Math.max(alone.grownKib, ...pairs.map((pair) => pair.attacked.grownKib));
    return [name, counts.reduce((sum, { used }) => sum + used, 0), describeOpen(counts.flatMap(({ open }) => open)),
        alone.result.toFixed(4), extraCpuMs.toFixed(0), grownKib, p99.toFixed(2), without.toFixed(2), (p99 / without).toFixed(2)].map(String);
}

export async function measureAttacks(material, scale) {
    const target = await material.signedTarget('bench');
    const release = await holdPages(material.scratch, [path.join(material.store, 'objects')]);
    const server = await AbusedServer.start(material);
    const rows = [['attack', 'connections:', 'open in the end:', 'CPU s each:', 'CPU ms/s:', 'memory KiB:', 'p99 ms:', 'p99 without ms:', 'ratio:']];
    await validP99(server, target, scale.fileBytes, 1); // the first requests open the title
    for (const name of scale.attacks) {
        rows.push(await measureAttack(name, server, target, scale));
        console.error(rows.at(-1).join(' | '));
    }
    await server.stop();
    release();
    return table(rows);
}
