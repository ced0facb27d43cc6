// The generator and the measurements of scale.sh, with a few hundred titles: that they still work.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { buildDir, must, scratchDir, sourceDir } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';

const makeStore = path.join(buildDir, 'tests/make_store');
const scratch = scratchDir();
const store = new Store(scratch, 'titles-300');

test('what the generator writes is what publishing would have written', async () => {
    await must(makeStore, [store.path, '300', '8']);
    await must(makeStore, [store.path, '1', '1000']);
    await store.assertVerified();
    const titles = await store.titles();
    assert.equal(titles.length, 301);
    const { files, tracks } = await store.inspect('t1000-0');
    assert.equal(files[0].extents, 1001);
    assert.equal(files[0].length, 512 + 1000 * 16384);
    assert.equal(tracks[0].segments.count, 250);
});

test('a title that is written again is another publication', async () => {
    const before = await store.inspect('t8-7');
    await must(makeStore, [store.path, '10', '8']);
    const after = await store.inspect('t8-7');
    assert.notEqual(after.files[0].etag, before.files[0].etag);
    await store.assertVerified('t8-7');
});

test('memory, start and listing can be measured', async () => {
    await store.newKey();
    await must('mv', [path.join(store.path, 'keys.json'), scratch]);
    const program = path.join(sourceDir, 'tests/bench/scale.mjs');
    const output = await must(process.execPath, [program, scratch, 'start', 'memory', 'listing']);
    assert.match(output, /^\| 300 \| \d+ ms \|$/m);
    assert.match(output, /^\| 300, a token each \| 300 \|/m);
    assert.match(output, /^\| --json \| /m);
});
