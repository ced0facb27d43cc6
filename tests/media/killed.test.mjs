// Nothing lost: a cut that is killed at any instant leaves the title as it was or as it was to be,
// whole either way, and nothing that garbage collection does not find.

import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { makeClip } from '../harness/clips.mjs';
import { make } from '../harness/ffmpeg.mjs';
import { isSanitized, scratchDir } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';

const KILLS = isSanitized ? 60 : 200;
const scratch = scratchDir();
const store = new Store(scratch);
const sources = [];
const tags = []; // of video.mp4, by source
let tookMs;

const tagOf = async () => (await store.inspect('film')).files.find(({ name }) => name === 'video.mp4').etag;

before(async () => {
    // Two versions of one film that share no segment, long enough to be killed in the middle of, with
    // objects of either kind: those written at once, and large ones that the cut does not wait for.
    const rate = ['-b:v', '3M', '-minrate', '3M', '-maxrate', '3M', '-nal-hrd', 'cbr', '-bufsize', '1M'];
    sources.push(await makeClip(scratch, 'one.mp4', { seconds: 30, more: rate }));
    sources.push(await makeClip(scratch, 'two.mp4', { seconds: 30, more: [...rate, '-vf', 'hflip', '-af', 'volume=0.5'] }));
    for (const source of sources) {
        await cutWhole(source);
        tags.push(await tagOf());
    }
    assert.notEqual(tags[0], tags[1]);
    await cutWhole(sources[0]);
});

/** Cuts undisturbed, and measures how long that takes now, with all objects to be written. */
async function cutWhole(source) {
    const begun = performance.now();
    assert.equal((await store.cut(source, 'film', ['--segment', '1'])).code, 0);
    tookMs = performance.now() - begun;
    await store.mustSegue('gc', ['--grace', '0s']);
}

/**
 * The instants, as shares of a cut's time, in a scattered order: one in each of KILLS / 2 equal parts
 * of it, and as many around its end, where it publishes.
 */
function instants() {
    const half = KILLS / 2;
    const shares = Array.from({ length: half }, (_, i) => (i + Math.random()) / half);
    const ends = Array.from({ length: half }, (_, i) => 0.8 + (0.3 * (i + Math.random())) / half);
    return [...shares, ...ends].sort(() => Math.random() - 0.5);
}

/** Cuts `source` and kills it after `delayMs`; resolves with whether it was killed. */
async function cutAndKill(source, delayMs) {
    let timer;
    const result = await store.segue('cut', ['--title', 'film', '--segment', '1', source], {
        onSpawn: (child) => (timer = setTimeout(() => child.kill('SIGKILL'), delayMs)),
    });
    clearTimeout(timer);
    if (result.signal !== 'SIGKILL') assert.equal(result.code, 0, result.stderr);
    return result.signal === 'SIGKILL';
}

test(`${KILLS} kills at instants spread over a cut: the old publication or the new one, whole`, async () => {
    const seen = { old: 0, new: 0, ended: 0 };
    let current = tags[0];
    for (const [i, instant] of instants().entries()) {
        const next = current === tags[0] ? 1 : 0;
        if (i % 20 === 0) // the machine may have become slower, or faster
            for (const source of [sources[next], sources[1 - next]]) await cutWhole(source);
        const wasKilled = await cutAndKill(sources[next], instant * tookMs);
        await store.assertVerified('film');
        const tag = await tagOf();
        assert.ok(tag === current || tag === tags[next], 'neither the old publication nor the new one');
        if (!wasKilled) assert.equal(tag, tags[next]);
        seen[wasKilled ? (tag === current ? 'old' : 'new') : 'ended']++;
        current = tag;
        // Without this the objects of the first cuts would make the later ones too short to hit.
        await store.mustSegue('gc', ['--grace', '0s']);
        assert.deepEqual(store.stagingRest(), []);
    }
    await store.assertVerified('film');
    console.log(`killed before publishing ${seen.old}, after it ${seen.new}, too late ${seen.ended}; a cut takes ${tookMs.toFixed(0)} ms`);
    assert.ok(seen.old >= KILLS / 4, `only ${seen.old} were killed while they worked`);
    assert.equal(store.objectNames().length, (await store.inspect('film')).objects.count, 'objects that no title uses');
});

test('an interrupted cut cleans up and says so', async () => {
    // Long enough that the signal comes while it reads, not while it begins or publishes.
    const long = await make(path.join(scratch, 'long.mp4'), ['-stream_loop', '239', '-i', sources[0], '-c', 'copy']);
    const tag = await tagOf();
    const objects = store.objectNames().sort();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        const { code, stderr } = await store.segue('cut', ['--title', 'film', long], {
            onSpawn: (child) => untilStaging().then(() => child.kill(signal)),
        });
        assert.equal(code, 1, `${signal}: ${stderr}`);
        assert.match(stderr, /interrupted; nothing was published/);
        assert.equal(await tagOf(), tag);
        assert.deepEqual(store.stagingRest(), []);
        assert.deepEqual(store.objectNames().sort(), objects);
    }
});

/** Waits until a cut has begun to write. */
async function untilStaging() {
    while (store.stagingRest().length < 5) await sleep(1);
}
