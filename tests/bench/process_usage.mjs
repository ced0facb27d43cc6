// What a server has used, as the kernel counts it: the process and its children, all threads.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

function read(file) {
    try {
        return readFileSync(file, 'latin1');
    } catch {
        return ''; // a thread or process that has just ended
    }
}

/** The process and all below it. */
export function familyOf(pid) {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
        read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
    return [pid, ...children.flatMap(familyOf)];
}

/** CPU time of a family in seconds: user and system, to the nanosecond. */
export function cpuSecondsOf(pids) {
    let ns = 0;
    for (const pid of pids)
        for (const thread of readdirSync(`/proc/${pid}/task`))
            ns += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
    return ns / 1e9;
}

const NAMES = { peak: 'VmHWM', anonymous: 'RssAnon', file: 'RssFile' };

/** {peak, anonymous, file} in bytes; the sum over a family counts what they share more than once. */
export function memoryOf(pids) {
    const total = { peak: 0, anonymous: 0, file: 0 };
    for (const pid of pids) {
        const status = read(`/proc/${pid}/status`);
        for (const [key, name] of Object.entries(NAMES))
            total[key] += Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))?.[1] ?? 0) * 1024;
    }
    return total;
}

/** Lets the peak begin anew, at what is used now. */
export function resetPeak(pids) {
    for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
