// One measurement: one server under one load for a few seconds, in three parts.
//
//     warm up   all connections are made, with their handshakes
//     window    CPU time and delivered bytes are taken at its begin and its end
//     probe     the load goes on, and one more client asks for its time to first byte

import { setTimeout as sleep } from 'node:timers/promises';

import { isPerRequest } from './bars.mjs';
import { complaintOf, startLoad } from './load.mjs';
import { probe } from './probe.mjs';
import { bytesBetween, deliveredOn } from './sockets.mjs';
import { quantile } from './statistics.mjs';

const GB = 1e9;
const PROBE_S = 0.6;
const PROBE_EVERY_MS = 5;
const MARGIN_S = 0.15; // for starting programs
const ATTEMPTS = 4;
const PATIENCE_MS = 20_000;

/** More than a TLS handshake and SETTINGS: a connection that has delivered it is serving. */
const HANDSHAKE_MAX_BYTES = 6000;

/** While the first ones already take all they can get, the last few connections come up slowly. */
const CONNECTED_SHARE = 0.9;

/** How a measurement's seconds are spent; the more connections, the longer they take to come up. */
function phasesOf(windowS, { protocol, connections }, patience) {
    const warmS = patience * (0.4 + (protocol === 'h2' ? 0.008 : 0.003) * connections);
    return { warmS, windowS, seconds: warmS + windowS + PROBE_S + MARGIN_S };
}

async function connected(contender, protocol, count, limitMs) {
    const end = performance.now() + limitMs;
    let found;
    do {
        const delivered = await deliveredOn(contender.port(protocol));
        found = [...delivered.values()].filter((bytes) => bytes > HANDSHAKE_MAX_BYTES).length;
        if (found >= count) return;
        await sleep(20);
    } while (performance.now() < end);
    if (found >= count * CONNECTED_SHARE) return;
    throw new Error(`${found} of ${count} connections are served after ${limitMs.toFixed(0)} ms`);
}

/** What happens while the load runs: {before, after, anonymous, peak, firstBytesMs}. */
async function watch(contender, { protocol, rangeBytes, connections }, phases, bench) {
    const beginMs = performance.now();
    const until = (s) => sleep(Math.max(0, beginMs + s * 1000 - performance.now()));
    // h2load has to know beforehand how long it takes; wrk goes on until it is stopped.
    await connected(contender, protocol, connections, protocol === 'h2' ? phases.warmS * 1000 : PATIENCE_MS);
    await until(phases.warmS);
    const before = await contender.look(protocol);
    await sleep(phases.windowS * 1000);
    const after = await contender.look(protocol);
    const { anonymous } = contender.memory();
    const firstBytesMs = await probe({ protocol, rangeBytes, port: contender.port(protocol), target: contender.targets[bench.title],
        fileBytes: bench.fileBytes, seconds: PROBE_S, everyMs: PROBE_EVERY_MS,
        core: bench.clientCore, environment: bench.material.environment });
    return { before, after, firstBytesMs, anonymous, peak: contender.memory().peak };
}

/**
 * Small answers are counted by the client. Large ones by what was delivered: with thousands of them
 * under way at once, hardly one may end within the window.
 */
function figuresOf({ before, after, firstBytesMs, anonymous, peak }, { rangeBytes }, counted) {
    const tookS = after.atS - before.atS;
    const bytes = bytesBetween(before.delivered, after.delivered);
    if (bytes === 0) throw new Error('nothing was delivered');
    const requestsPerS = isPerRequest(rangeBytes) ? counted : bytes / rangeBytes / tookS;
    const busy = (after.cpuS - before.cpuS) / tookS;
    return {
        cpuPerGb: (busy * tookS) / (bytes / GB),
        cpuUsPerRequest: (busy / requestsPerS) * 1e6,
        gbPerS: bytes / GB / tookS,
        requestsPerS,
        busy,
        firstByteP50Ms: quantile(firstBytesMs, 0.5),
        firstByteP99Ms: quantile(firstBytesMs, 0.99),
        firstBytes: firstBytesMs.length,
        peakRss: peak,
        anonymousRss: anonymous,
    };
}

async function attempt(contender, cell, starts, patience, bench) {
    const { material } = bench;
    const phases = phasesOf(bench.windowS, cell, patience);
    contender.resetPeak();
    const load = startLoad(cell.protocol, { ...cell, ...phases, starts, url: contender.origin(cell.protocol),
        target: contender.targets[bench.title], fileBytes: bench.fileBytes, streams: bench.streams,
        core: bench.clientCore, environment: material.environment });
    let seen;
    let done;
    try {
        seen = await watch(contender, cell, phases, bench);
    } finally {
        done = await load.stop();
    }
    const complaint = complaintOf(done);
    if (complaint !== undefined) throw new WrongAnswers(complaint);
    return figuresOf(seen, cell, done.requestsPerS);
}

/** What no second attempt makes good. */
class WrongAnswers extends Error {}

/**
 * cell: {protocol, rangeBytes, connections}; `starts` are the ranges for HTTP/2. Resolves to
 * figures, or to undefined when the machine was too busy for the load to come up or to end, however
 * patient it was. Rejects when an answer was not 2xx.
 */
export async function measure(contender, cell, starts, bench) {
    for (let number = 0; ; number++)
        try {
            return await attempt(contender, cell, starts, 2 ** number, bench);
        } catch (error) {
            const what = `${contender.label}, ${cell.protocol}, ${cell.rangeBytes} bytes, ${cell.connections} connections`;
            if (error instanceof WrongAnswers) throw new Error(`${what}: ${error.message}`, { cause: error });
            console.error(`${number + 1 < ATTEMPTS ? 'once more' : 'left out'}: ${what}: ${error.message.split('\n')[0]}`);
            if (number + 1 === ATTEMPTS) return undefined;
        }
}
