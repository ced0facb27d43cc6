// A small real film to cut, and stores to cut it into.

import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { scratchDir, skipFile, sourceDir } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';

const clip = path.join(sourceDir, '../shared/media/shaka-packager/bear-640x360.mp4');

/** Its path; without it the file that asks is skipped. */
export function realClip() {
    if (!existsSync(clip)) skipFile(`there is no ${clip}`);
    return clip;
}

const root = scratchDir();
let count = 0;

/** A store that is not made yet, in a directory of its own. */
export function newStore() {
    const scratch = path.join(root, String(++count));
    mkdirSync(scratch);
    return new Store(scratch);
}

/** A store with the film as its title "bear". */
export async function cutStore() {
    const store = newStore();
    await store.mustSegue('cut', ['--title', 'bear', '--quiet', realClip()]);
    return store;
}
