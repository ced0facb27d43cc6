// Nothing lost: every file of the media collection is cut, served, read back over HTTP and compared
// with its source, track by track and packet by packet. The judge is stock ffprobe.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { clientsOf } from '../harness/client.mjs';
import { assertClassic, assertFragmented } from '../harness/layout.mjs';
import { assertPlays } from '../harness/playback.mjs';
import { scratchDir } from '../harness/programs.mjs';
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
    assert.equal(report.changed, true);
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
    const urlOf = (name) => `http://127.0.0.1:${server.ports.plain}${signedPath(key, title, name)}`;
    const { source, tracks } = await assertPlays({ urlOf, earliest, framesLeftOut: expected?.framesLeftOut }, input, scratch);
    assertNotes(cut.stderr, source, tracks, expected);
    await store.assertVerified(title);

    const again = await store.cut(input, title, ['--json']);
    const { changed, new_objects: newObjects } = JSON.parse(again.stdout);
    assert.deepEqual({ changed, newObjects }, { changed: false, newObjects: 0 });
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
