// A store that was damaged: verify says exactly what, exits 1, and cutting again mends it.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { cutStore, realClip } from './clip.mjs';

const clip = realClip();

const filesIn = (store, folder) =>
    store.layout().filter((name) => name.startsWith(`${folder}/`))
        .map((name) => path.join(store.path, name)).filter((file) => statSync(file).isFile());

/** The object that a track's first segment is: the largest. */
const largestObject = (store) => filesIn(store, 'objects').sort((a, b) => statSync(b).size - statSync(a).size)[0];

function flip(file, offset) {
    const bytes = readFileSync(file);
    bytes[offset] ^= 1;
    chmodSync(file, 0o600);
    writeFileSync(file, bytes);
}

/** Wants verify to find just this, in text and in JSON, and to find nothing once it was cut again. */
async function assertFoundAndMended(store, damage) {
    const { code, stdout, stderr } = await store.segue('verify');
    assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
    const [line, summary] = stdout.split('\n');
    assert.match(line, damage);
    assert.match(summary, /: 1 damaged; cutting a title again from its source mends it$/);
    for (const name of store.objectNames()) assert.ok(!stdout.includes(name));
    const asJson = await store.segue('verify', ['--json', 'bear']);
    assert.equal(asJson.code, 1);
    assert.deepEqual(JSON.parse(asJson.stdout).damage, [line]);

    await store.mustSegue('cut', ['--title', 'bear', '--quiet', clip]);
    await store.assertVerified();
    assert.deepEqual(store.stagingRest(), []);
}

const USE = 'it is in v0\\.mp4 from byte \\d+, video\\.mp4 from byte \\d+';

test('a flipped byte in an object', async () => {
    const store = await cutStore();
    const object = largestObject(store);
    flip(object, Math.floor(statSync(object).size / 2));
    await assertFoundAndMended(store,
        new RegExp(`^title bear: object \\d+ of ${statSync(object).size} bytes does not have the content that was stored; ${USE}$`));
});

test('an object that is cut off', async () => {
    const store = await cutStore();
    const object = largestObject(store);
    const { size } = statSync(object);
    chmodSync(object, 0o600);
    truncateSync(object, size - 1);
    await assertFoundAndMended(store, new RegExp(`^title bear: object \\d+ of ${size} bytes is there with another size; ${USE}$`));
});

test('an object that is missing', async () => {
    const store = await cutStore();
    const object = largestObject(store);
    const { size } = statSync(object);
    rmSync(object);
    await assertFoundAndMended(store, new RegExp(`^title bear: object \\d+ of ${size} bytes is missing; ${USE}$`));
});

test('a flipped byte anywhere in an index', async () => {
    const store = await cutStore();
    const [index] = filesIn(store, 'titles');
    const { size } = statSync(index);
    for (const offset of [0, 9, Math.floor(size / 2), size - 1]) {
        flip(index, offset);
        await assertFoundAndMended(store, /^title bear: index: ./);
    }
});

test('an index that is cut off', async () => {
    const store = await cutStore();
    const [index] = filesIn(store, 'titles');
    writeFileSync(index, readFileSync(index).subarray(0, 100));
    await assertFoundAndMended(store, /^title bear: index: ./);
});

test('a damaged index hides no other title, and keeps gc from removing what it may name', async () => {
    const store = await cutStore();
    const [index] = filesIn(store, 'titles');
    await store.mustSegue('cut', ['--title', 'cub', '--quiet', '--segment=1', clip]);
    flip(index, 40);
    const ls = await store.segue('ls', ['--json']);
    assert.equal(ls.code, 1);
    assert.deepEqual(JSON.parse(ls.stdout).map((title) => title.title), ['cub']);
    assert.match(ls.stderr, /^segue ls: title bear: index: /);
    const before = store.objectNames();
    const gc = await store.segue('gc', ['--grace=0']);
    assert.deepEqual({ code: gc.code, stdout: gc.stdout }, { code: 1, stdout: '' });
    assert.match(gc.stderr, /^segue gc: title bear: index: .*; nothing was removed, because .*'segue rm'\n$/);
    assert.deepEqual(store.objectNames(), before);
    await store.mustSegue('rm', ['bear']);
    await store.mustSegue('gc', ['--grace=0']);
    await store.assertVerified('cub');
});

test('a title whose directory was renamed is told, and gc removes none of its objects', async () => {
    const store = await cutStore();
    const [index] = filesIn(store, 'titles');
    const shard = path.dirname(index);
    renameSync(shard, `${shard}.bak`);
    const stray = `titles/${path.basename(shard)}.bak`;
    const { code, stdout } = await store.segue('verify');
    assert.equal(code, 1);
    assert.ok(stdout.startsWith(`store ${store.path}: ${stray} is no directory of titles: if `), stdout);
    const before = store.objectNames();
    const gc = await store.segue('gc', ['--grace=0']);
    assert.deepEqual({ code: gc.code, stdout: gc.stdout }, { code: 1, stdout: '' });
    assert.match(gc.stderr, /^segue gc: store .*; nothing was removed, because it may be the index of a title\n$/);
    assert.deepEqual(store.objectNames(), before);
    renameSync(`${shard}.bak`, shard);
    await store.mustSegue('gc', ['--grace=0']);
    await store.assertVerified();
});

test('a store that others can read is refused with the command that mends it', async () => {
    const store = await cutStore();
    chmodSync(store.path, 0o755);
    const { code, stderr } = await store.segue('ls');
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`\\(mode 0755\\): run 'chmod 700 ${store.path}'\n$`));
});
