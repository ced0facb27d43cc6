// One title from its begin to its end, cold: by `cat` of its objects, and by one client of a server.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { must } from '../harness/programs.mjs';
import { Contender } from './contender.mjs';

export const CAT = 'cat of the objects';

/** The objects in the order in which they were written, which is that of the title. */
export function objectFiles(store) {
    const root = path.join(store, 'objects');
    return readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.path, entry.name))
        .map((file) => ({ file, inode: statSync(file).ino }))
        .sort((a, b) => a.inode - b.inode)
        .map(({ file }) => file);
}

async function timed(action) {
    const begin = performance.now();
    await action();
    return (performance.now() - begin) / 1000;
}

/** Seconds to read all of the title `film`; `kind` is a server's or CAT. */
export async function measureSequential(kind, { material, filmObjects, serverCore, clientCore }) {
    await material.evict();
    const onCore = (core, ...command) => must('taskset', ['-c', String(core), ...command]);
    if (kind === CAT) return timed(() => onCore(serverCore, 'sh', '-c', 'exec cat "$@" >/dev/null', 'cat', ...filmObjects));
    const contender = await Contender.start(kind, material, serverCore, ['film']);
    try {
        return await timed(() => onCore(clientCore, 'curl', '-sS', '-f', '-o', '/dev/null', contender.origin('h1') + contender.targets.film));
    } finally {
        await contender.stop();
    }
}
