// A full disk: the cut fails with a message that says so, and what was published stays whole.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { makeClip } from '../harness/clips.mjs';
import { scratchDir, skipFile } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';

const SIZE_KIB = 4096;
const scratch = scratchDir();
const disk = path.join(scratch, 'disk');
mkdirSync(disk);

function mount() {
    try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_KIB}k`, 'tmpfs', disk], { stdio: 'pipe' });
    } catch (error) {
        skipFile(`a small tmpfs cannot be mounted here: ${error.stderr ?? error.message}`);
    }
    process.prependListener('exit', () => execFileSync('umount', ['-l', disk])); // before it is removed
}

mount();
const store = new Store(disk, 'store');
let small;
let large;

before(async () => {
    small = await makeClip(scratch, 'small.mp4', { seconds: 4 });
    large = await makeClip(scratch, 'large.mp4', { seconds: 90, more: ['-b:v', '1M', '-minrate', '1M', '-nal-hrd', 'cbr', '-bufsize', '500k'] });
    assert.ok(statSync(large).size > SIZE_KIB * 1024 * 1.5, 'the film would fit');
    assert.equal((await store.cut(small, 'film')).code, 0);
});

after(() => store.assertVerified());

async function assertFull(title) {
    const before = { film: await store.inspect('film'), objects: store.objectNames().sort() };
    const { code, stdout, stderr } = await store.cut(large, title);
    assert.equal(code, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /the disk is full/);
    assert.match(stderr, /segue gc/);
    assert.match(stderr, /what was published before is untouched/);
    assert.ok(stderr.includes(store.path), stderr);
    assert.deepEqual(await store.inspect('film'), before.film);
    assert.deepEqual(store.stagingRest(), [], 'something is left in staging');
    assert.deepEqual(store.objectNames().sort(), before.objects);
    await store.assertVerified('film');
}

test('a film that does not fit is not published, over an old one or as a new one', async () => {
    await assertFull('film');
    await assertFull('other');
    assert.deepEqual(await store.titles(), ['film']);
});

test('the space comes back: a film that fits can be cut afterwards', async () => {
    assert.equal((await store.cut(small, 'again')).code, 0);
    await store.assertVerified('again');
    await store.mustSegue('rm', ['again']);
});

test('at any free size, down to none', async () => {
    const filler = path.join(disk, 'filler');
    const film = await store.inspect('film');
    const free = () => Number(execFileSync('df', ['--output=avail', '-k', disk]).toString().split('\n')[1]);
    const other = await makeClip(scratch, 'other.mp4', { seconds: 4, more: ['-vf', 'negate', '-af', 'volume=0.3'] });
    let refused = 0;
    for (const leaveKib of [0, 4, 8, 12, 20, 40, 80, 120, 160, 200]) {
        rmSync(filler, { force: true });
        writeFileSync(filler, Buffer.alloc(Math.max(0, free() - leaveKib) * 1024));
        const { code, stderr } = await store.cut(other, 'film');
        if (code !== 0) {
            refused++;
            assert.equal(code, 1);
            assert.match(stderr, /the disk is full/);
            assert.deepEqual(await store.inspect('film'), film);
        }
        assert.deepEqual(store.stagingRest(), []);
        await store.assertVerified('film');
        if (code === 0) break;
    }
    rmSync(filler);
    assert.ok(refused > 0, 'it always fitted');
});

test('a store cannot be begun on a full disk, and can when there is room', async () => {
    const filler = path.join(disk, 'filler');
    const free = Number(execFileSync('df', ['--output=avail', '-k', disk]).toString().split('\n')[1]);
    writeFileSync(filler, Buffer.alloc(free * 1024));
    const fresh = new Store(disk, 'fresh');
    const { code, stderr } = await fresh.cut(small, 'film');
    assert.equal(code, 1);
    assert.match(stderr, /the disk is full/);
    rmSync(filler);
    assert.equal((await fresh.cut(small, 'film')).code, 0);
    await fresh.assertVerified('film');
    assert.ok(readdirSync(fresh.path).length > 0);
});
