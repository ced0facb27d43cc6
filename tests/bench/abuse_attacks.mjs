// Each attack over HTTP/2: what a connection costs until it is closed, with nobody else there; then
// what valid clients notice of attackers that come back, beside the same clients before and after.

import path from 'node:path';

import { attacks } from '../harness/h2_attack.mjs';
import { must, sourceDir } from '../harness/programs.mjs';
import { AbusedServer } from './abused_server.mjs';
import { table } from './markdown.mjs';
import { holdPages } from './pages.mjs';
import { probe } from './probe.mjs';
import { quantile } from './statistics.mjs';

const CONNECTIONS = 4;
const RANGE_BYTES = 65_536;
const EVERY_MS = 10;
const CLIENT_CORE = 1;
const VALID = ['h2', 'h1s', 'h2', 'h1s', 'h2', 'h1s', 'h2', 'h1s'];

async function attackWith(name, server, target, seconds) {
    const file = path.join(sourceDir, 'tests/bench/attackers.mjs');
    return JSON.parse(await must(process.execPath,
        [file, name, String(server.ports.tls), target, String(CONNECTIONS), String(seconds)]));
}

/** The p99 of the time to the first byte, in ms, over eight clients that ask for one thing at a time. */
async function validP99(server, target, fileBytes, seconds) {
    const all = await Promise.all(VALID.map((protocol) =>
        probe({ protocol, port: server.ports.tls, target, fileBytes, rangeBytes: RANGE_BYTES,
            seconds, everyMs: EVERY_MS, core: CLIENT_CORE })));
    return quantile(all.flat(), 0.99);
}

/** The mean; Infinity when one was not closed. */
async function cpuPerConnection(name, server, target) {
    const before = server.cpuS();
    const { used, closed } = await attackWith(name, server, target, 'once');
    return closed === used ? (server.cpuS() - before) / used : Infinity;
}

export async function measureAttacks(material, { seconds, fileBytes }) {
    const target = await material.signedTarget('bench');
    const release = await holdPages(material.scratch, [path.join(material.store, 'objects')]);
    const server = await AbusedServer.start(material);
    const quietS = seconds / 3;
    const rows = [['attack', 'connections:', 'not closed:', 'CPU s each:', 'memory KiB:', 'p99 ms:', 'p99 without ms:', 'ratio:']];
    await validP99(server, target, fileBytes, 1);
    let quiet = await validP99(server, target, fileBytes, quietS);
    for (const name of Object.keys(attacks(target))) {
        const alone = await server.growth(() => cpuPerConnection(name, server, target));
        const { result: [counts, p99], grownKib } = await server.growth(() => Promise.all([
            attackWith(name, server, target, seconds), validP99(server, target, fileBytes, seconds)]));
        const after = await validP99(server, target, fileBytes, quietS);
        const without = (quiet + after) / 2;
        quiet = after;
        rows.push([name, counts.used, counts.used - counts.closed - counts.refused, alone.result.toFixed(4),
            Math.max(grownKib, alone.grownKib), p99.toFixed(2), without.toFixed(2), (p99 / without).toFixed(2)].map(String));
        console.error(rows.at(-1).join(' | '));
    }
    await server.stop();
    release();
    return table(rows);
}
