// v0.mp4 and a0.mp4 through Media Source Extensions: a player that knows them from their sidx alone
// finds the right bytes for a time, and both tracks start and end together.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';
import { requestsIn } from './access_log.mjs';
import { launch, needBrowser, openPage } from './chromium.mjs';
import { counter, makeCounterClip, middleOf, secondsOf } from './counter.mjs';
import { fragmentsPage } from './fragments_page.mjs';
import { PageHost } from './page_host.mjs';
import { Player } from './player.mjs';

await needBrowser();

const FRAMES = 625; // 25 s: four segments
const FRAME_S = 1 / counter.framesPerSecond;

const scratch = scratchDir();
const store = new Store(scratch);
let server, host, browser, page, player;

before(async () => {
    const clip = path.join(scratch, 'counter.mp4');
    await makeCounterClip(clip, FRAMES);
    const key = await store.newKey();
    assert.equal((await store.cut(clip, 'counter')).code, 0);
    server = await Server.start(store);
    const url = (file) => `https://127.0.0.1:${server.ports.tls}${signedPath(key, 'counter', file)}`;
    host = await PageHost.start({ '/': fragmentsPage({ video: url('v0.mp4'), audio: url('a0.mp4') }) });
    browser = await launch();
    page = await openPage(browser);
    player = await Player.open(page, `${host.origin}/`);
});

after(async () => {
    await browser?.close();
    host?.close();
    await server?.stop();
});

const call = (method, ...args) =>
    page.evaluate(`player.then((player) => player.${method}(${args.map((arg) => JSON.stringify(arg))}))`);

describe('the fragmented files', () => {
    it('have a sidx that covers the file to its last byte', async () => {
        for (const [name, file] of Object.entries(await call('describe')))
            assert.equal(file.end, file.total, name);
    });

    it('have a sidx as long as the film, in video and audio', async () => {
        const { video, audio } = await call('describe');
        assert.ok(Math.abs(video.seconds - secondsOf(FRAMES)) < 0.001, `video ${video.seconds}`);
        assert.ok(Math.abs(audio.seconds - secondsOf(FRAMES)) < FRAME_S, `audio ${audio.seconds}`);
    });

    it('start every segment of video with a key frame', async () => {
        const { video } = await call('describe');
        assert.ok(video.segments.length >= 4, `${video.segments.length} segments`);
        for (const segment of video.segments) assert.equal(segment.startsWithKey, true);
    });

    it('play a place in the middle from the segments of that time alone', async () => {
        await call('load', 14, 15);
        await player.seek(middleOf(362));
        assert.equal(await player.frameNumber(), 362);
    });

    it('buffer exactly what the sidx said of the segment', async () => {
        const { video } = await call('describe');
        const { start, duration } = video.segments.find((one) => one.start + one.duration > 14);
        const { video: [[from, to]] } = await call('buffered');
        assert.ok(Math.abs(from - start) < 0.001, `from ${from}, not ${start}`);
        assert.ok(Math.abs(to - start - duration) < 0.001, `to ${to}, not ${start + duration}`);
    });

    it('leave no gap, and start and end together', async () => {
        await call('load', 0, secondsOf(FRAMES) + 1);
        const { video, audio } = await call('buffered');
        for (const spans of [video, audio]) {
            assert.equal(spans.length, 1, JSON.stringify(spans));
            // Audio comes in frames of 21 ms, so it cannot end with the last picture exactly.
            assert.ok(Math.abs(spans[0][0]) < FRAME_S, JSON.stringify(spans));
            assert.ok(Math.abs(spans[0][1] - secondsOf(FRAMES)) < FRAME_S, JSON.stringify(spans));
        }
    });

    it('show the right frame on both sides of every segment border', async () => {
        const { video } = await call('describe');
        for (const { start } of video.segments.slice(1)) {
            const first = Math.round(start * counter.framesPerSecond);
            for (const number of [first - 1, first]) {
                await player.seek(middleOf(number));
                assert.equal(await player.frameNumber(), number);
            }
        }
    });

    it('play to the end', async () => {
        await call('end');
        await player.seek(secondsOf(FRAMES) - 1.5);
        const ended = player.until('ended');
        await player.play();
        await ended;
        assert.equal(await player.frameNumber(), FRAMES - 1);
        assert.deepEqual(page.scriptErrors, []);
    });

    it('were read over HTTP/2 by single ranges', () => {
        const requests = requestsIn(server.log);
        for (const { method, proto, status, path: uri } of requests) {
            assert.deepEqual({ method, proto, status }, { method: 'GET', proto: 'h2', status: '206' });
            assert.match(uri, /^\/v1\/counter\/[va]0\.mp4$/);
        }
    });
});
