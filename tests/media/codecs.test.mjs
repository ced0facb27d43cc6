// Every container with every codec that Segue reads, in small films made here: each is cut, served
// and compared with its source. Transport streams with ADTS AAC, AC-3 and E-AC-3 among them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { h264, makeClip } from '../harness/clips.mjs';
import { assertClassic, assertFragmented } from '../harness/layout.mjs';
import { assertPlays } from '../harness/playback.mjs';
import { scratchDir } from '../harness/programs.mjs';
import { clientsOf } from '../harness/client.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const SECONDS = 3;
const scratch = scratchDir();
const store = new Store(scratch);
let server;
let client;
let key;

before(async () => {
    key = await store.newKey();
    server = await Server.start(store);
    [client] = clientsOf(server);
});

after(async () => {
    client.close();
    await server.stop();
});

const videos = {
    h264,
    'h264-plain': ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '0', '-pix_fmt', 'yuv420p'],
    hevc: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=25', '-pix_fmt', 'yuv420p'],
    vp9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25'],
    av1: ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-g', '25'],
};
const audios = {
    aac: ['-c:a', 'aac'],
    mp3: ['-c:a', 'libmp3lame'],
    opus: ['-c:a', 'libopus'],
    ac3: ['-c:a', 'ac3'],
    eac3: ['-c:a', 'eac3'],
    flac: ['-c:a', 'flac', '-strict', '-2'],
};

// Which codecs a container holds; each video comes with one audio and each audio with one video.
const containers = {
    mp4: { videos: ['h264', 'h264-plain', 'hevc', 'vp9', 'av1'], audios: ['aac', 'mp3', 'opus', 'ac3', 'eac3', 'flac'] },
    mov: { videos: ['h264', 'hevc'], audios: ['aac', 'mp3', 'ac3'] },
    mkv: { videos: ['h264', 'h264-plain', 'hevc', 'vp9', 'av1'], audios: ['aac', 'mp3', 'opus', 'ac3', 'eac3', 'flac'] },
    webm: { videos: ['vp9', 'av1'], audios: ['opus'] },
    ts: { videos: ['h264', 'h264-plain', 'hevc'], audios: ['aac', 'ac3', 'eac3', 'mp3'] },
};

function pairsOf({ videos: ofVideo, audios: ofAudio }) {
    const rows = Math.max(ofVideo.length, ofAudio.length);
    return Array.from({ length: rows }, (_, i) => [ofVideo[i % ofVideo.length], ofAudio[i % ofAudio.length]]);
}

async function assertRoundTrip(name, options, isVideo) {
    const title = name.replaceAll('.', '-');
    const input = await makeClip(scratch, name, { seconds: SECONDS, ...options });
    const { code, stderr } = await store.cut(input, title);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '', 'a plain film needs no notes');

    const { tracks } = await store.inspect(title);
    const read = async (file) => (await client.request(signedPath(key, title, file))).body;
    assertClassic(await read(isVideo ? 'video.mp4' : 'audio.mp4'));
    const earliest = {};
    for (const track of tracks) {
        const file = track.kind === 'video' ? 'v0.mp4' : 'a0.mp4';
        earliest[file] = assertFragmented(await read(file), track, track.kind === 'video');
    }
    const urlOf = (file) => `http://127.0.0.1:${server.ports.plain}${signedPath(key, title, file)}`;
    await assertPlays({ urlOf, earliest }, input, scratch);
}

for (const [container, codecs] of Object.entries(containers))
    describe(container, { concurrency: 2 }, () => {
        for (const [video, audio] of pairsOf(codecs))
            test(`${video} and ${audio}`, () =>
                assertRoundTrip(`${video}-${audio}.${container}`, { video: videos[video], audio: audios[audio] }, true));
    });

describe('one track alone', { concurrency: 2 }, () => {
    test('video', () => assertRoundTrip('silent.mkv', { audio: null }, true));
    for (const [ending, audio] of [['mp3', 'mp3'], ['aac', 'aac'], ['ac3', 'ac3'], ['eac3', 'eac3'], ['flac', 'flac'], ['opus', 'opus'], ['m4a', 'aac']])
        test(`${audio} in .${ending}`, () => assertRoundTrip(`sound.${ending}`, { video: null, audio: audios[audio] }, false));
});

describe('fragments of a source make no difference', () => {
    for (const flags of ['frag_keyframe+empty_moov', 'frag_keyframe+empty_moov+default_base_moof', 'frag_keyframe+delay_moov', 'faststart'])
        test(flags, () => assertRoundTrip(`${flags.replaceAll('+', '-')}.mp4`, { more: ['-movflags', flags] }, true));
});

test('the target duration decides how many segments there are', async () => {
    const input = await makeClip(scratch, 'long.mp4', { seconds: 12 });
    for (const [seconds, count] of [['1', 12], ['2', 6], ['6', 2], ['60', 1]]) {
        const title = `cut-at-${seconds}`;
        assert.equal((await store.cut(input, title, ['--segment', seconds])).code, 0);
        const { tracks } = await store.inspect(title);
        assert.equal(tracks.find(({ kind }) => kind === 'video').segments.count, count, `--segment ${seconds}`);
    }
});
