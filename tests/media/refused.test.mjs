// What cannot be cut: exit code 1, a message that names the file, the track and what to do, and a
// store as it was before.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { readBoxes } from '../harness/boxes.mjs';
import { makeClip } from '../harness/clips.mjs';
import { make } from '../harness/ffmpeg.mjs';
import { run, scratchDir, segue } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';

const scratch = scratchDir();
const store = new Store(scratch);
const FRESH = /fetch or record it again/;
let clips; // name -> path

before(async () => {
    const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25'];
    const made = [
        makeClip(scratch, 'last.mp4'),
        makeClip(scratch, 'first.mp4', { more: ['-movflags', '+faststart'] }),
        makeClip(scratch, 'fragmented.mp4', { more: ['-movflags', 'frag_keyframe+empty_moov'] }),
        makeClip(scratch, 'film.mkv'),
        makeClip(scratch, 'film.webm', { video: vp9, audio: ['-c:a', 'libopus'] }),
        makeClip(scratch, 'film.ts'),
        makeClip(scratch, 'lengths.ts', { more: ['-omit_video_pes_length', '0'] }),
        makeClip(scratch, 'pcm.mov', { audio: ['-c:a', 'pcm_s16le'] }),
        makeClip(scratch, 'vp8.webm', { video: ['-c:v', 'libvpx', '-deadline', 'realtime'], audio: ['-c:a', 'libopus'] }),
        makeClip(scratch, 'vorbis.mkv', { audio: ['-c:a', 'libvorbis'] }),
        makeClip(scratch, 'encrypted.mp4', {
            more: ['-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', '00112233445566778899aabbccddeeff',
                '-encryption_kid', 'ffeeddccbbaa99887766554433221100'],
        }),
        makeClip(scratch, 'good.mp4', { seconds: 1 }),
    ];
    clips = Object.fromEntries((await Promise.all(made)).map((file) => [path.basename(file), file]));
    const cut = await store.cut(clips['good.mp4'], 'good');
    assert.equal(cut.code, 0, cut.stderr);
});

after(() => store.assertVerified('good'));

/** Cuts over the title `good`, and wants it refused with the words and the store untouched. */
async function assertRefused(input, ...patterns) {
    const layout = store.layout().sort();
    const { code, stdout, stderr } = await store.cut(input, 'good');
    assert.equal(code, 1, `exit code ${code}: ${stdout}${stderr}`);
    assert.equal(stdout, '');
    assert.ok(stderr.startsWith('segue cut: ') && stderr.includes(input), stderr);
    for (const pattern of patterns) assert.match(stderr, pattern);
    assert.deepEqual(store.layout().sort(), layout, 'the store has changed');
}

function write(name, bytes) {
    const file = path.join(scratch, name);
    writeFileSync(file, bytes);
    return file;
}

describe('cut off', () => {
    /** The first `part` of a clip: a share below 1, or a number of bytes, from the end if negative. */
    function cutOff(name, part) {
        const bytes = readFileSync(clips[name]);
        const length = part > 0 && part < 1 ? Math.floor(bytes.length * part) : part;
        return write(`cut-${part}-${name}`, bytes.subarray(0, length));
    }
    for (const [name, parts] of [
        ['first.mp4', [0.3, 0.5, 0.9, 0.99, -1]],
        ['last.mp4', [0.3, 0.9, -1, -200]],
        ['fragmented.mp4', [0.3, 0.5, 0.9]],
        ['film.mkv', [0.3, 0.5, 0.9, 0.99]],
        ['film.webm', [0.3, 0.5, 0.9, 0.99]],
    ])
        for (const part of parts) test(`${name} at ${part}`, () => assertRefused(cutOff(name, part), FRESH));

    for (const name of ['first.mp4', 'last.mp4', 'fragmented.mp4', 'film.mkv', 'film.webm', 'film.ts'])
        for (const bytes of [1, 10, 100]) test(`${name} after ${bytes} bytes`, () => assertRefused(cutOff(name, bytes)));

    test('first.mp4 inside its moov', () => {
        const [, moov] = readBoxes(readFileSync(clips['first.mp4']));
        return assertRefused(cutOff('first.mp4', Math.floor((moov.begin + moov.end) / 2)), /damaged|truncated|cut off/);
    });
    test('first.mp4 between its moov and its media', () => {
        const [, moov] = readBoxes(readFileSync(clips['first.mp4']));
        return assertRefused(cutOff('first.mp4', moov.end), /truncated/, FRESH);
    });
    test('film.ts in the middle of a packet', async () => {
        for (const packet of [100, 101, 250])
            await assertRefused(cutOff('film.ts', 188 * packet + 77), /damaged or cut off|truncated/, FRESH);
    });
    // Between two packets, so that only the length of the frame tells. Video frames mostly come
    // without one: then nobody can tell.
    for (const [name, kind, pid] of [['lengths.ts', 'video', 256], ['film.ts', 'audio', 257]])
        test(`${name} in the middle of a ${kind} frame`, () => {
            const bytes = readFileSync(clips[name]);
            const file = write(`cut-${kind}.ts`, bytes.subarray(0, endInsideFrame(bytes, pid)));
            return assertRefused(file, /damaged or cut off|truncated/, FRESH);
        });
});

/** Where a transport stream can be cut, between two packets, in the middle of the longest frame of a stream. */
function endInsideFrame(bytes, pid) {
    const packets = [];
    for (let at = 0; at + 188 <= bytes.length; at += 188)
        if ((bytes.readUInt16BE(at + 1) & 0x1fff) === pid) packets.push({ at, isStart: (bytes[at + 1] & 0x40) !== 0 });
    const starts = [...packets.keys()].filter((i) => packets[i].isStart);
    const lengths = starts.slice(1).map((start, i) => start - starts[i]);
    const longest = lengths.indexOf(Math.max(...lengths.slice(1)), 1);
    return packets[starts[longest] + Math.floor(lengths[longest] / 2)].at;
}

describe('damaged', () => {
    test('a hole of zeros over the headers', async () => {
        for (const name of ['first.mp4', 'film.mkv', 'film.webm']) {
            const bytes = Buffer.from(readFileSync(clips[name]));
            bytes.fill(0, 40, 400);
            await assertRefused(write(`zeroed-${name}`, bytes));
        }
    });
    test('a film behind junk', () =>
        assertRefused(write('junk.mp4', Buffer.concat([Buffer.alloc(5000, 'junk'), readFileSync(clips['first.mp4'])]))));
});

describe('no film at all', () => {
    const noMedia = /no media that Segue reads|empty/;
    test('an empty file', () => assertRefused(write('empty.mp4', Buffer.alloc(0)), /empty|no media/));
    test('text', () => assertRefused(write('text.mp4', Buffer.from('This is not a film.\n'.repeat(500))), noMedia));
    test('a page', () => assertRefused(write('page.mp4', Buffer.from('<!doctype html><title>404</title>')), noMedia));
    test('zeros', () => assertRefused(write('zeros.mp4', Buffer.alloc(1 << 20)), noMedia));
    test('a playlist that names a film', () => {
        const list = `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${clips['film.ts']}\n#EXT-X-ENDLIST\n`;
        return assertRefused(write('list.m3u8', Buffer.from(list)), noMedia);
    });
    test('a list of files to join', () =>
        assertRefused(write('list.ffconcat', Buffer.from(`ffconcat version 1.0\nfile ${clips['film.ts']}\n`)), noMedia));
    test('a subtitle file', () => assertRefused(write('film.srt', Buffer.from('1\n00:00:00,000 --> 00:00:01,000\nHello\n')), noMedia));
    test('a picture', async () => {
        for (const name of ['still.png', 'still.jpg']) {
            const picture = await make(path.join(scratch, name), ['-f', 'lavfi', '-i', 'testsrc=size=64x64', '-frames:v', '1']);
            await assertRefused(picture, noMedia);
        }
    });
    test('a directory', () => {
        mkdirSync(path.join(scratch, 'folder.mp4'), { recursive: true });
        return assertRefused(path.join(scratch, 'folder.mp4'), /directory|not a regular file/);
    });
    test('a missing file', () => assertRefused(path.join(scratch, 'missing.mp4'), /No such file/));
    test('a link to nowhere', () => {
        symlinkSync('/nonexistent', path.join(scratch, 'link.mp4'));
        return assertRefused(path.join(scratch, 'link.mp4'), /No such file/);
    });
    test('a device', () => assertRefused('/dev/null', /not a regular file/));
    test('a pipe, which nobody may wait for', () => {
        execFileSync('mkfifo', [path.join(scratch, 'pipe.mp4')]);
        return assertRefused(path.join(scratch, 'pipe.mp4'), /not a regular file/);
    });
    test('a file that may not be read', async (t) => {
        const file = write('secret.mp4', readFileSync(clips['first.mp4']));
        chmodSync(scratch, 0o755);
        chmodSync(file, 0);
        const nobody = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
        const result = await store.segue('cut', ['--title', 'good', file], nobody).catch(() => undefined);
        if (result === undefined) return t.skip('another user cannot run this build');
        assert.equal(result.code, 1);
        assert.ok(result.stderr.includes(file) && result.stderr.includes('Permission denied'), result.stderr);
    });
    test('what looks like a URL or a protocol of libavformat is a file that is not there', async () => {
        for (const input of ['http://127.0.0.1:1/film.mp4', `concat:${clips['film.ts']}`, `file:${clips['film.ts']}`, 'lavfi:testsrc', 'pipe:0'])
            await assertRefused(input, /No such file/);
    });
});

describe('what MP4 does not carry, or Segue does not', () => {
    test('PCM audio', () => assertRefused(clips['pcm.mov'], /track 2 \(audio, pcm_s16le\)/, /-c:a aac/));
    test('VP8', () => assertRefused(clips['vp8.webm'], /track 1 \(video, vp8\)/, /-c:v libx264/));
    test('Vorbis', () => assertRefused(clips['vorbis.mkv'], /track 2 \(audio, vorbis\)/, /-c:a aac/));
    test('an encrypted film', () => assertRefused(clips['encrypted.mp4'], /track 1( \(video\))? is encrypted/, /decrypt/));
});

test('the remedy that a message names works', async () => {
    const mended = path.join(scratch, 'mended.mp4');
    await make(mended, ['-i', clips['pcm.mov'], '-c:v', 'copy', '-c:a', 'aac']);
    const other = new Store(scratch, 'other');
    assert.equal((await other.cut(mended, 'mended')).code, 0);
});

test('a store is not even made for what is refused', async () => {
    const none = new Store(scratch, 'none');
    assert.equal((await none.cut(clips['vp8.webm'], 'film')).code, 1);
    assert.ok(!existsSync(none.path));
});

test('a call that is wrong says so with 2', async () => {
    const good = clips['good.mp4'];
    const layout = store.layout().sort();
    for (const args of [[], ['--no-such-option', good], ['--title', '.hidden', good], ['--title', 'a/b', good], ['--title', '', good],
        ['--title', 'x'.repeat(129), good], ['--segment', '0', good], ['--segment', 'x', good], ['--segment', '601', good], [good, good]]) {
        const { code, stdout, stderr } = await run(segue, ['cut', '--store', store.path, ...args]);
        assert.equal(code, 2, `${args}: ${stderr}`);
        assert.equal(stdout, '');
        assert.notEqual(stderr, '');
    }
    assert.deepEqual(store.layout().sort(), layout);
});
