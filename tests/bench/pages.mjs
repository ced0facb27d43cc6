// Pages of files, kept in memory while a benchmark says of them that they are there. A machine may
// give memory back to its host that nobody seems to use, and what was to come from memory would
// come from the disk.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Locks all that is below `paths` until the returned function is called; `scratch` is for a file of its own. */
export async function holdPages(scratch, paths) {
    const pidFile = path.join(scratch, 'vmtouch.pid');
    // It ends when all is locked and leaves a child behind, which would keep a pipe open.
    const [code] = await once(spawn('vmtouch', ['-d', '-l', '-w', '-P', pidFile, ...paths], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
    if (code !== 0) throw new Error(`vmtouch could not lock ${paths.join(' ')}: root may`);
    const pid = Number(readFileSync(pidFile, 'latin1'));
    const release = () => {
        process.off('exit', release);
        process.kill(pid);
        rmSync(pidFile, { force: true });
    };
    process.once('exit', release);
    return release;
}
