// Garbage collection beside cuts: whatever a cut has written or found already there stays.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { makeClip } from '../harness/clips.mjs';
import { isSanitized, scratchDir } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';

const RUN_MS = isSanitized ? 5000 : 8000;
const scratch = scratchDir();
const store = new Store(scratch);
let sources;

before(async () => {
    // All begin alike, so that they share objects which one cut drops while another finds them.
    const films = [{}, { more: ['-af', 'volume=0.5'] }, { more: ['-vf', 'hflip'] }];
    sources = await Promise.all(films.map((film, i) => makeClip(scratch, `film-${i}.mp4`, { seconds: 20, ...film })));
    assert.equal((await store.cut(sources[0], 'first')).code, 0);
    await store.mustSegue('rm', ['first']);
});

async function repeat(until, action) {
    let rounds = 0;
    while (Date.now() < until) await action(rounds++);
    return rounds;
}

test('cuts, removals and collections at once: every title verifies at all times', async () => {
    const until = Date.now() + RUN_MS;
    const cutting = ['alpha', 'beta'].map((title, lane) => repeat(until, async (i) => {
        const { code, stderr } = await store.cut(sources[(i + lane) % sources.length], title, ['--segment', '1']);
        assert.equal(code, 0, stderr);
        if (i % 4 === 3) await store.mustSegue('rm', [title]);
    }));
    const collecting = repeat(until, async () => {
        const { code, stderr } = await store.segue('gc', ['--grace', '0s']);
        assert.equal(code, 0, stderr);
    });
    const verifying = repeat(until, () => store.titles());
    const [alpha, beta, collections] = await Promise.all([...cutting, collecting, verifying]);
    console.log(`${alpha + beta} cuts beside ${collections} collections`);
    assert.ok(alpha + beta > 4 && collections > 4);

    await store.assertVerified();
    for (const title of ['alpha', 'beta'])
        assert.equal((await store.cut(sources[0], title, ['--segment', '1'])).code, 0);
    await store.assertVerified('alpha', 'beta');
    await store.mustSegue('gc', ['--grace', '0s']);
    await store.assertVerified('alpha', 'beta');
    assert.deepEqual(store.stagingRest(), []);
    assert.equal(store.objectNames().length, (await store.inspect('alpha')).objects.count, 'objects that no title uses');
});

test('a dry run says what would go, and lets it stay', async () => {
    await store.mustSegue('rm', ['alpha']);
    await store.mustSegue('rm', ['beta']);
    const objects = store.objectNames().length;
    const dry = JSON.parse(await store.mustSegue('gc', ['--grace', '0s', '--dry-run', '--json']));
    assert.equal(dry.objects_removed, objects);
    assert.equal(store.objectNames().length, objects);
    const young = JSON.parse(await store.mustSegue('gc', ['--json']));
    assert.equal(young.objects_removed, 0, 'within the hour of grace');
    const real = JSON.parse(await store.mustSegue('gc', ['--grace', '0s', '--json']));
    assert.equal(real.objects_removed, objects);
    assert.deepEqual(store.objectNames(), []);
});
