// A cut's memory is bounded whatever the length of its input: a film of 4 hours at 60 frames a
// second stays under 192 MiB.

import assert from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { makeClip } from '../harness/clips.mjs';
import { make } from '../harness/ffmpeg.mjs';
import { peakMemory, run, scratchDir, segue } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';

const LIMIT_KIB = 192 * 1024;
const HOURS = 4;
const CLIP_SECONDS = 10;
const scratch = scratchDir();

/** Runs a program and returns the most memory it had at a time, in KiB. */
async function peakKib(program, args) {
    const result = await run(peakMemory, [program, ...args]);
    assert.equal(result.code, 0, result.stderr);
    return Number(result.stderr.trim().split('\n').pop());
}

const clip = await makeClip(scratch, 'clip.mp4', {
    seconds: CLIP_SECONDS,
    video: ['-r', '60', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '51', '-g', '120', '-bf', '2', '-pix_fmt', 'yuv420p', '-s', '64x36'],
    audio: ['-c:a', 'aac', '-b:a', '32k'],
});

for (const container of ['mp4', 'mkv', 'ts'])
    test(`${HOURS} hours at 60 frames a second from ${container}`, async () => {
        const loops = (HOURS * 3600) / CLIP_SECONDS - 1;
        const film = await make(path.join(scratch, `film.${container}`), ['-stream_loop', String(loops), '-i', clip, '-c', 'copy', '-t', String(HOURS * 3600)]);
        const store = new Store(scratch, container);
        const begun = performance.now();
        const peak = await peakKib(segue, ['cut', '--store', store.path, '--title', 'film', '--quiet', film]);
        const seconds = (performance.now() - begun) / 1000;
        const { duration_ms: durationMs } = await store.inspect('film');
        console.log(`${container}: ${(statSync(film).size / 2 ** 20).toFixed(0)} MiB, ${(durationMs / 3600e3).toFixed(2)} h: peak ${(peak / 1024).toFixed(1)} MiB in ${seconds.toFixed(1)} s`);
        assert.ok(durationMs > HOURS * 3600e3 * 0.99);
        assert.ok(peak <= LIMIT_KIB, `${peak} KiB`);
        rmSync(film);
        rmSync(store.path, { recursive: true });
    });
