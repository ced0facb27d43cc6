// The benchmark of abuse, run by abuse.sh: its options, its order, its page.

import path from 'node:path';

import { attacks } from '../harness/h2_attack.mjs';
import { buildDir, must } from '../harness/programs.mjs';
import { measureAttacks } from './abuse_attacks.mjs';
import { machine } from './contender.mjs';
import { measureLargest } from './largest.mjs';
import { Material, scratchIn } from './material.mjs';
import { readCount, readList, readOptions, readWord } from './options.mjs';
import { measureSeeks } from './seeks.mjs';
import { measureReaders, measureSlowhttptest } from './slow_clients.mjs';

const FILE_MIB = 1024;
const ATTACKS = Object.keys(attacks('/'));

const SECTIONS = {
    attacks: ['HTTP/2', measureAttacks],
    slowhttptest: ['Slow requests', measureSlowhttptest],
    readers: ['Slow readers', measureReaders],
    seeks: ['Seeks in a title that is not in memory', measureSeeks],
    largest: ['The largest figures of clients of good will', measureLargest],
};

const options = readOptions('Usage: tests/bench/abuse.sh [--quick] [--no-install] [--seconds S] [--only SECTION,...] [--attacks NAME,...]', {
    seconds: { type: 'string', value: '10' },
    only: { type: 'string', value: Object.keys(SECTIONS).join(',') },
    attacks: { type: 'string' },
}, { seconds: '1' });

const seconds = readCount(options.seconds, 600);
const scale = {
    fileBytes: FILE_MIB << 20,
    seconds,
    attacks: options.attacks === undefined ? ATTACKS : readList(options.attacks, readWord(ATTACKS)),
    slowSeconds: Math.ceil(seconds * 1.5),
    readSeconds: Math.ceil(seconds * 2),
    seekRounds: Math.min(5, seconds),
};

const only = readList(options.only, readWord(Object.keys(SECTIONS)));
const material = await Material.make(scratchIn(path.resolve(buildDir)));
await material.add('bench', FILE_MIB);
Object.assign(process.env, material.environment);
console.log(`${await machine()}; ${(await must(path.join(buildDir, 'segued'), ['--version'])).trim()}`);
for (const name of only) {
    const [title, measure] = SECTIONS[name];
    console.log(`\n### ${title}\n\n${await measure(material, scale)}`);
}
process.exit(0); // slow clients are still open
