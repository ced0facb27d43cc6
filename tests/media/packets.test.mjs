// Nothing lost: every file of the media collection is cut, served, read back over HTTP and compared
// with its source, track by track and packet by packet. The judge is stock ffprobe.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { defaultDuration, readBoxes, readFragment, readSegmentIndex } from '../harness/boxes.mjs';
import { clientsOf } from '../harness/client.mjs';
import { decodeErrors, probe } from '../harness/ffmpeg.mjs';
import {
    assertSamePackets, chosenTracks, describeTrack, expectedEnd, expectedPackets, hasOwnZero,
} from '../harness/oracle.mjs';
import { isSanitized, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';
import { mediaDir, mediaFiles, verdicts } from './verdicts.mjs';

const files = mediaFiles();
const scratch = scratchDir();
const store = new Store(scratch);
let server;
let clients;
let key;

before(async () => {
    key = await store.newKey();
    server = await Server.start(store);
    clients = clientsOf(server);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

const titleOf = (file) => file.replaceAll(/[^A-Za-z0-9]/g, '-');

// ---- What the files of a title are made of

/** Gets a file in random ranges over all protocols, and whole: the same bytes and one ETag. */
async function fetchInRanges(title, name, length) {
    const target = signedPath(key, title, name);
    const cuts = Array.from({ length: 1 + Math.floor(Math.random() * 24) }, () => Math.floor(Math.random() * length));
    const starts = [...new Set([0, ...cuts])].sort((a, b) => a - b);
    const whole = await clients[0].request(target);
    const { etag } = whole.headers;
    assert.equal(whole.status, 200);
    assert.equal(whole.body.length, length);
    const parts = await Promise.all(starts.map(async (first, i) => {
        const last = (starts[i + 1] ?? length) - 1;
        const headers = { range: `bytes=${first}-${last}`, 'if-range': etag };
        const response = await clients[i % clients.length].request(target, { headers });
        assert.equal(response.status, 206);
        assert.equal(response.headers['content-range'], `bytes ${first}-${last}/${length}`);
        assert.equal(response.headers.etag, etag);
        return response.body;
    }));
    assert.ok(Buffer.concat(parts).equals(whole.body), 'the parts are not the whole');
    return whole.body;
}

/** ftyp and moov come first, then one mdat to the end: playable before it is there. */
function assertClassic(bytes) {
    const boxes = readBoxes(bytes);
    assert.deepEqual(boxes.map(({ type }) => type), ['ftyp', 'moov', 'mdat']);
    assert.equal(boxes[2].end, bytes.length);
    assert.ok(!boxes[1].children.some(({ type }) => type === 'mvex'), 'a classic file has no fragments');
}

/**
 * ftyp, moov, one sidx that covers all that follows, and fragments. What the sidx, the tfdt and the
 * trun boxes say of the time is the same. Returns the earliest presentation time, in seconds.
 */
function assertFragmented(bytes, track, isVideo) {
    const boxes = readBoxes(bytes);
    assert.deepEqual(boxes.slice(0, 3).map(({ type }) => type), ['ftyp', 'moov', 'sidx']);
    assert.deepEqual([...new Set(boxes.slice(3).map(({ type }) => type))].sort(), ['mdat', 'moof']);
    const each = defaultDuration(bytes, boxes);
    const fragments = boxes.filter(({ type }) => type === 'moof').map((moof) => readFragment(bytes, moof, each));

    const index = readSegmentIndex(bytes, boxes[2]);
    assert.equal(index.firstOffset, 0);
    assert.equal(index.timescale, track.timescale);
    assert.equal(index.references.length, track.segments.count, 'a reference per segment');
    let at = boxes[2].end;
    let time = fragments[0].decodeTime;
    for (const reference of index.references) {
        const its = fragments.filter(({ begin }) => begin >= at && begin < at + reference.size);
        assert.equal(its[0]?.begin, at, `no fragment begins at ${at}`);
        assert.ok(!reference.isIndex);
        if (isVideo) assert.ok(reference.startsWithSap && [1, 2].includes(reference.sapType), 'a key frame');
        assert.equal(reference.duration, assertContinuous(its, time), 'the duration of a segment');
        at += reference.size;
        time += reference.duration;
    }
    assert.equal(at, bytes.length, 'the references end where the file does');
    return index.earliest / index.timescale;
}

/** Fragments follow each other without gap or overlap from `time` on; returns how long they last. */
function assertContinuous(fragments, time) {
    const begin = time;
    for (const { decodeTime, samples } of fragments) {
        assert.equal(decodeTime, time, 'the decode time of a fragment');
        time += samples.reduce((sum, { duration }) => sum + duration, 0);
    }
    return time - begin;
}

// ---- What plays

const urlOf = (title, name) => `http://127.0.0.1:${server.ports.plain}${signedPath(key, title, name)}`;

/** Compares every track of one file with its source; returns the shift of all times. */
function assertTracks(name, actual, source, tracks, wanted, leftOut) {
    const shifts = [];
    for (const [kind, stream] of Object.entries(tracks)) {
        const found = actual.streams.filter(({ codec_type: type }) => type === kind);
        assert.equal(found.length, 1, `${name} has one ${kind} track`);
        assert.deepEqual(describeTrack(found[0]), describeTrack(stream), `${name}, ${kind}`);
        const left = kind === 'video' ? leftOut : 0;
        shifts.push(assertSamePackets(found[0], stream, wanted[kind], left));
    }
    assert.equal(actual.streams.length, Object.keys(tracks).length, `${name}: tracks nobody asked for`);
    assert.equal(actual.warnings, '', `${name}: ffprobe complains`);
    const [{ shift }] = shifts;
    for (const other of shifts)
        assert.ok(Math.abs(other.shift - shift) <= other.tolerance + shifts[0].tolerance, `${name}: audio and video move apart: ${shifts.map((s) => s.shift)}`);
    if (hasOwnZero(source)) assert.ok(Math.abs(shift) <= shifts[0].tolerance, `${name}: all is shown ${shift} s later`);
    return shift;
}

/** `end` is in seconds of the title's clock; a millisecond and a half is the movie's time scale and a rounding. */
function assertEnds(what, end, streams, shift, options) {
    const { least, most } = expectedEnd(streams, options);
    const slack = 0.0015;
    assert.ok(end >= least + shift - slack && end <= most + shift + slack,
        `${what} ends at ${end} s, its source at ${least + shift}${most > least ? ` to ${most + shift}` : ''} s`);
}

/** Every part of it is shown by a decoder, or its source gives it the same trouble. */
async function assertDecodes(title, name, input, track) {
    if (isSanitized) return; // ffmpeg is the same as in the other build, and so are the bytes
    const seconds = ['-t', '20'];
    const errors = await decodeErrors(urlOf(title, name), seconds);
    if (errors === '') return;
    const own = await decodeErrors(input, ['-map', `0:${track.index}`, ...seconds]);
    assert.notEqual(own, '', `${name} does not decode: ${errors.slice(0, 400)}`);
}

/** `earliest` has what the sidx of a fragmented file says of its beginning, by name. */
async function assertPlays(title, input, expected, earliest) {
    const source = await probe(input);
    const { video, audio } = chosenTracks(source);
    const tracks = Object.fromEntries(Object.entries({ video, audio }).filter(([, stream]) => stream));
    const leftOut = expected?.framesLeftOut ?? 0;
    const wanted = {};
    for (const [kind, stream] of Object.entries(tracks))
        wanted[kind] = await expectedPackets(input, source, stream, path.join(scratch, `${title}-${kind}.mp4`));

    const views = { [video ? 'video.mp4' : 'audio.mp4']: tracks };
    if (video) views['v0.mp4'] = { video };
    if (audio) views['a0.mp4'] = { audio };
    const shifts = [];
    for (const [name, its] of Object.entries(views)) {
        const actual = await probe(urlOf(title, name));
        const shift = assertTracks(name, actual, source, its, wanted, leftOut);
        const isClassic = Object.keys(its).length === Object.keys(tracks).length && !/^[va]0/.test(name);
        const start = Number(actual.format.start_time);
        const duration = Number(actual.format.duration);
        // ffprobe counts from zero, or from the first packet where that comes before zero.
        assertEnds(name, start < 0 ? start + duration : duration, Object.values(its), shift, { withHidden: !isClassic });
        if (name in earliest)
            assert.ok(Math.abs(earliest[name] - Math.max(0, start)) < 1e-6, `${name} begins at ${start} s, its sidx at ${earliest[name]} s`);
        if (isClassic && !hasOwnZero(source))
            assert.ok(Math.abs(start) <= 0.0015, `${name} begins at ${start} s, not at zero`);
        await assertDecodes(title, name, input, Object.values(its)[0]);
        shifts.push(shift);
    }
    const tolerance = 2 * Math.max(...Object.values(tracks).map(({ clock }) => clock.tick)) + 0.001;
    assert.ok(Math.max(...shifts) - Math.min(...shifts) <= tolerance, `the views move apart: ${shifts}`);
    return { source, tracks };
}

// ---- One file after the other

/** What is left out is said, track by track. */
function assertNotes(stderr, source, tracks, expected) {
    const kept = Object.values(tracks).map(({ index }) => index);
    const notes = stderr.split('\n').filter((line) => line.includes('is left out'));
    const leftOut = source.streams.filter(({ index }) => !kept.includes(index));
    assert.equal(notes.length, leftOut.length, stderr);
    for (const { index } of leftOut)
        assert.ok(notes.some((line) => line.startsWith(`segue cut: note: track ${index + 1} (`)), stderr);
    if (expected?.framesLeftOut)
        assert.match(stderr, new RegExp(`${expected.framesLeftOut} frames in front of the first key frame are left out`));
}

async function assertAccepted(file, cut, expected) {
    const title = titleOf(file);
    const input = path.join(mediaDir, file);
    const report = JSON.parse(cut.stdout);
    assert.equal(report.title, title);
    assert.equal(report.published, true);
    const inspected = await store.inspect(title);
    const isVideo = inspected.tracks.some(({ kind }) => kind === 'video');
    assert.deepEqual(inspected.files.map(({ name }) => name),
        [...inspected.tracks.map(({ kind }) => (kind === 'video' ? 'v0.mp4' : 'a0.mp4')), isVideo ? 'video.mp4' : 'audio.mp4'].sort());

    const earliest = {};
    for (const { name, length } of inspected.files) {
        const bytes = await fetchInRanges(title, name, length);
        if (!/^[va]0\.mp4$/.test(name)) assertClassic(bytes);
        else earliest[name] = assertFragmented(bytes, inspected.tracks.find(({ kind }) => kind[0] === name[0]), name[0] === 'v');
    }
    const { source, tracks } = await assertPlays(title, input, expected, earliest);
    assertNotes(cut.stderr, source, tracks, expected);
    await store.assertVerified(title);

    const again = await store.cut(input, title, ['--json']);
    const { published, new_objects: newObjects } = JSON.parse(again.stdout);
    assert.deepEqual({ published, newObjects }, { published: false, newObjects: 0 });
    assert.deepEqual((await store.inspect(title)).files, inspected.files, 'the same tags and lengths');
    assert.match((await store.cut(input, title)).stdout, /unchanged/);
}

/** A refusal names the file, says what is wrong and what to do, and leaves nothing behind. */
async function assertRefused(file, cut, expected) {
    assert.equal(cut.code, 1);
    assert.equal(cut.stdout, '');
    assert.ok(cut.stderr.startsWith('segue cut: '), cut.stderr);
    assert.ok(cut.stderr.includes(path.join(mediaDir, file)), cut.stderr);
    for (const word of expected?.words ?? []) assert.ok(cut.stderr.includes(word), `"${word}" is not in: ${cut.stderr}`);
    assert.ok(!(await store.titles()).includes(titleOf(file)));
}

describe('every file of the collection', { concurrency: 2 }, () => {
    for (const file of files)
        test(file, async () => {
            const expected = verdicts[file];
            const cut = await store.cut(path.join(mediaDir, file), titleOf(file), ['--json']);
            if (expected !== undefined)
                assert.equal(cut.code === 0, expected.isAccepted, `exit code ${cut.code}: ${cut.stderr}`);
            if (cut.code === 0) await assertAccepted(file, cut, expected);
            else await assertRefused(file, cut, expected);
        });
});

test('all of the collection that is known is there', () => {
    assert.deepEqual(Object.keys(verdicts).filter((file) => !files.includes(file)), []);
});

test('refused files have left nothing, and every title verifies', async () => {
    assert.deepEqual(store.stagingRest(), []);
    await store.assertVerified();
    const before = store.objectNames().length;
    const { objects_removed: removed } = JSON.parse(await store.mustSegue('gc', ['--grace', '0s', '--json']));
    assert.equal(removed, 0, 'objects that no title uses');
    assert.equal(store.objectNames().length, before);
});
