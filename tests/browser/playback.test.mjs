// The promise of the whole: a <video> plays one stable URI over HTTP/2, and every seek shows the
// frame of that very time.

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
import { PageHost } from './page_host.mjs';
import { Player } from './player.mjs';
import { Random } from '../harness/random.mjs';

await needBrowser();

const scratch = scratchDir();
const store = new Store(scratch);
const random = new Random();
let server, host, browser, page, player, source;
const requested = [];

before(async () => {
    const clip = path.join(scratch, 'counter.mp4');
    await makeCounterClip(clip);
    const key = await store.newKey();
    const cut = await store.cut(clip, 'counter');
    assert.equal(cut.code, 0, cut.stderr);
    server = await Server.start(store);
    source = `https://127.0.0.1:${server.ports.tls}${signedPath(key, 'counter', 'video.mp4')}`;
    host = await PageHost.start({ '/': PageHost.videoPage(source) });
    browser = await launch();
    page = await openPage(browser);
    page.on('request', (request) => requested.push(request.url()));
    player = await Player.open(page, `${host.origin}/`);
});

after(async () => {
    await browser?.close();
    host?.close();
    await server?.stop();
});

describe('a <video> that plays video.mp4', () => {
    it('knows the duration and the size before it plays', async () => {
        const { duration, width, height } = await player.state();
        assert.deepEqual([width, height], [counter.width, counter.height]);
        // AAC comes in frames of 1024 samples: the last may reach 21 ms beyond the video.
        assert.ok(Math.abs(duration - secondsOf(counter.frames)) < 0.022, `duration ${duration}`);
    });

    it('starts with the first frame', async () => {
        await player.seek(0);
        assert.equal(await player.frameNumber(), 0);
    });

    it('shows each frame at its time while it plays', async () => {
        const frames = await player.watch(3);
        assert.ok(frames.length >= 30, `only ${frames.length} of 75 frames were presented`);
        for (const { mediaTime, number } of frames) {
            const expected = Math.round(mediaTime * counter.framesPerSecond);
            // The compositor may already hold the next frame when the callback for one runs.
            assert.ok(number === expected || number === expected + 1,
                `at ${mediaTime} frame ${number} is shown, not ${expected}`);
        }
    });

    for (let i = 1; i <= 5; i++) {
        const number = random.below(counter.frames);
        it(`seek ${i}: shows frame ${number} at ${middleOf(number)} s`, async () => {
            await player.seek(middleOf(number));
            assert.equal(await player.frameNumber(), number);
        });
    }

    it('goes on playing from where it was sought while playing', async () => {
        const number = random.below(counter.frames - 200);
        await player.play();
        await player.seek(middleOf(number));
        const frames = await player.watch(1);
        assert.ok(frames.length >= 10, `only ${frames.length} of 25 frames were presented`);
        for (const frame of frames)
            assert.ok(frame.number >= number && frame.number <= number + 75, `frame ${frame.number}`);
    });

    it('plays to the end', async () => {
        await player.seek(secondsOf(counter.frames) - 1.5);
        const ended = player.until('ended');
        await player.play();
        await ended;
        const { time, duration } = await player.state();
        assert.equal(time, duration);
        assert.equal(await player.frameNumber(), counter.frames - 1);
    });

    it('has asked for one unchanging URI and nothing else', async () => {
        const ofServer = requested.filter((url) => !url.startsWith(host.origin));
        assert.deepEqual([...new Set(ofServer)], [source]);
        assert.deepEqual(page.scriptErrors, []);
    });

    it('was answered over HTTP/2, by ranges, without one refusal', async () => {
        const requests = requestsIn(server.log);
        assert.ok(requests.length >= 3, `${requests.length} requests:\n${server.log}`);
        for (const request of requests) {
            const { method, path: uri, proto, tls, status } = request;
            assert.deepEqual({ method, uri, proto, tls, status },
                { method: 'GET', uri: '/v1/counter/video.mp4', proto: 'h2', tls: '1', status: '206' });
        }
        const starts = requests.map(({ range }) => Number(/^bytes=(\d+)-/.exec(range)[1]));
        assert.ok(starts.includes(0), `no request from the start: ${starts}`);
        assert.ok(starts.some((start) => start > 1 << 20), `no seek reached the server: ${starts}`);
    });
});
