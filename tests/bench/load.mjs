// The load: wrk for HTTP/1.1, h2load for HTTP/2, on a core of their own.
//
// wrk asks for another random range every time. h2load sends the same fields for ever, so up to four
// of them share the connections, each with a range of its own; the caller draws new ones every round.

import path from 'node:path';

import { run, sourceDir } from '../harness/programs.mjs';

const MAX_PROCESSES = 4;
const OVERDUE_MS = 3000;

const script = path.join(sourceDir, 'tests/bench/range.lua');

/** How many ranges one run over HTTP/2 has. */
export const rangesOf = (connections) => Math.min(MAX_PROCESSES, connections);

/** A program on a core of its own: {child, finished}, where `finished` resolves to its output. */
function start(core, environment, program, args) {
    let child;
    const finished = run('taskset', ['-c', String(core), program, ...args], { env: environment, onSpawn: (started) => (child = started) })
        .then(({ code, signal, stdout, stderr }) => {
            if (code !== 0) throw new Error(`${program}: ${code ?? signal}\n${stdout}${stderr}`);
            return stdout;
        });
    finished.catch(() => {}); // whoever stops it will see
    return { child, finished };
}

function startWrk({ url, target, fileBytes, rangeBytes, connections, warmS, windowS, core, environment }) {
    const { child, finished } = start(core, environment, 'wrk', ['-t1', `-c${connections}`, '-d1h', '--timeout', '60s',
        '-s', script, url, '--', target, String(fileBytes), String(rangeBytes), String(warmS), String(windowS)]);
    return {
        async stop() {
            child.kill('SIGINT'); // it prints its results then, too
            return JSON.parse((await finished).trim().split('\n').at(-1));
        },
    };
}

/** `connections` spread as evenly as can be over `count` processes. */
const share = (connections, count, i) => Math.floor(connections / count) + (i < connections % count ? 1 : 0);

function readH2load(text, seconds) {
    const [, done, failed, errored, timeout] =
        text.match(/requests: .* (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/).map(Number);
    const [, ...others] = text.match(/status codes: \d+ 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/).map(Number);
    const status = others.reduce((sum, count) => sum + count);
    return { requests: done, requestsPerS: done / seconds, errors: { failed, errored, timeout, status } };
}

function startH2load({ url, target, rangeBytes, connections, streams, warmS, seconds, starts, core, environment }) {
    const countedS = seconds - warmS;
    const count = rangesOf(connections);
    const processes = Array.from({ length: count }, (_, i) =>
        start(core, environment, 'h2load', ['-t1', `-c${share(connections, count, i)}`, `-m${streams}`,
            '-D', `${Math.round(countedS * 1000)}ms`, `--warm-up-time=${Math.round(warmS * 1000)}ms`,
            '-H', `range: bytes=${starts[i]}-${starts[i] + rangeBytes - 1}`, url + target]));
    return {
        async stop() {
            // A connection that is made after its end keeps h2load from ending.
            const timer = setTimeout(() => processes.forEach(({ child }) => child.kill('SIGKILL')), OVERDUE_MS);
            const texts = await Promise.all(processes.map(({ finished }) => finished)).finally(() => clearTimeout(timer));
            const each = texts.map((text) => readH2load(text, countedS));
            const sum = (read) => each.reduce((total, one) => total + read(one), 0);
            const errors = Object.fromEntries(Object.keys(each[0].errors).map((kind) => [kind, sum((one) => one.errors[kind])]));
            return { requests: sum((one) => one.requests), requestsPerS: sum((one) => one.requestsPerS), errors };
        },
    };
}

/**
 * Loads a server for about `seconds`, of which the first `warmS` do not count. `stop` ends it and
 * resolves to {requestsPerS, requests, errors}, with the errors counted by their kind.
 */
export function startLoad(protocol, options) {
    return protocol === 'h2' ? startH2load(options) : startWrk(options);
}

/** What went wrong, in words, or undefined. */
export function complaintOf({ requests, errors }) {
    const found = Object.entries(errors).filter(([, count]) => count > 0);
    return found.length === 0 ? undefined : `of ${requests} requests, ${found.map(([kind, count]) => `${count} ${kind}`).join(', ')} errors`;
}
