// What the commands print when it goes well, on a real film: results on standard output, nothing else
// there, and with --json the fields of docs/json-output.md.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { run, segue } from '../harness/programs.mjs';
import { Store } from '../harness/store.mjs';
import { cutStore, newStore, realClip } from './clip.mjs';

const clip = realClip();
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Standard output of what must succeed without a word on standard error. */
async function quietly(store, command, args = [], options = {}) {
    const { code, stdout, stderr } = await store.segue(command, args, options);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, `${command} ${args}`);
    return stdout;
}

const json = async (...args) => JSON.parse(await quietly(...args));

/** The same fields, and each a number where a number is wanted. */
function assertFields(value, fields) {
    assert.deepEqual(Object.keys(value).sort(), Object.keys(fields).sort());
    for (const [name, kind] of Object.entries(fields)) {
        if (kind === Number) assert.ok(Number.isSafeInteger(value[name]) && value[name] >= 0, name);
        else if (kind instanceof RegExp) assert.match(value[name], kind, name);
        else assert.deepEqual(value[name], kind, name);
    }
}

describe('cut', () => {
    test('tells what the title holds, and the second time that it is unchanged', async () => {
        const store = newStore();
        const args = ['--title', 'bear', clip];
        assert.match(await quietly(store, 'cut', args),
            /^bear: 0:00:02\.\d{3} in \d+ segments, \d+\.\d kB in (\d+) objects, \1 of them new\n$/);
        const before = store.layout();
        assert.equal(await quietly(store, 'cut', args), 'bear: unchanged; the store has this publication already\n');
        assert.deepEqual(store.layout(), before);
    });

    test('says the same as JSON', async () => {
        const store = newStore();
        const args = ['--json', '--title', 'bear', clip];
        const first = await json(store, 'cut', args);
        assertFields(first, {
            title: 'bear', changed: true, duration_ms: Number, segments: Number, objects: Number,
            new_objects: first.objects, stored_bytes: Number,
        });
        assert.deepEqual(await json(store, 'cut', args), { ...first, changed: false, new_objects: 0 });
    });

    test('makes the title of the name of the input', async () => {
        const store = newStore();
        const input = path.join(store.scratch, 'Bear & Cub.v2.mp4');
        copyFileSync(clip, input);
        assert.match(await quietly(store, 'cut', [input]), /^Bear---Cub\.v2: /);
    });

    test('takes a name that begins with a dash after --', async () => {
        const store = newStore();
        copyFileSync(clip, path.join(store.scratch, '--json'));
        const { code, stdout } = await run(segue, ['cut', '--store', store.path, '--title=x', '--', '--json'], { cwd: store.scratch });
        assert.equal(code, 0);
        assert.match(stdout, /^x: /);
    });

    test('makes no store for what cannot be cut', async () => {
        const store = newStore();
        const text = path.join(store.scratch, 'text.mp4');
        writeFileSync(text, 'no film\n');
        for (const [input, message] of [[text, 'no media that Segue reads'], [`${text}.not`, 'No such file']]) {
            const { code, stdout, stderr } = await store.cut(input, 'bear');
            assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
            assert.ok(stderr.startsWith(`segue cut: ${input}: `) && stderr.includes(message), stderr);
            assert.ok(!existsSync(store.path));
        }
    });
});

describe('looking', () => {
    test('ls', async () => {
        const store = await cutStore();
        assert.match(await quietly(store, 'ls'),
            /^TITLE  FILES {6}STORED {7}DURATION  PUBLISHED\nbear {7}3 +\d+\.\d kB {4}0:00:02\.\d{3}  \d{4}-\S+Z\n$/);
        const [title, ...others] = await json(store, 'ls', ['--json']);
        assert.deepEqual(others, []);
        assertFields(title, {
            title: 'bear', files: 3, objects: Number, stored_bytes: Number, duration_ms: Number, published: UTC,
        });
    });

    test('ls of a store without titles', async () => {
        const store = newStore();
        await store.newKey(); // which makes the store
        const { code, stdout, stderr } = await store.segue('ls', ['--json']);
        assert.deepEqual({ code, list: JSON.parse(stdout) }, { code: 0, list: [] });
        assert.equal(stderr, "segue ls: no titles yet; 'segue cut' makes one\n");
    });

    test('inspect', async () => {
        const store = await cutStore();
        const value = await json(store, 'inspect', ['bear', '--json']);
        assertFields(value, {
            title: 'bear', published: UTC, duration_ms: Number, tracks: value.tracks, files: value.files, objects: value.objects,
        });
        const [video, audio] = value.tracks;
        const common = { language: 'und', timescale: Number, duration_ticks: Number, duration_ms: Number };
        assertFields(video, { kind: 'video', codec: 'h264', width: 640, height: 360, segments: video.segments, ...common });
        assertFields(audio, { kind: 'audio', codec: 'aac', sample_rate: 44100, channels: 2, segments: audio.segments, ...common });
        assertFields(video.segments, { count: 1, least_ms: Number, median_ms: Number, most_ms: Number });
        assert.deepEqual(value.files.map((file) => file.name), ['a0.mp4', 'v0.mp4', 'video.mp4']);
        for (const file of value.files)
            assertFields(file, { name: /./, content_type: /^(audio|video)\/mp4$/, length: Number, etag: /^[0-9a-f]{32}$/, extents: Number });
        assertFields(value.objects, { count: Number, bytes: Number, least_bytes: Number, median_bytes: Number, most_bytes: Number });

        const text = await quietly(store, 'inspect', ['bear']);
        for (const word of ['Title      bear', 'Tracks', 'h264', '640x360', '44100 Hz, 2 channels', 'Files', 'video.mp4'])
            assert.ok(text.includes(word), `${word} in ${text}`);
        for (const name of store.objectNames()) assert.ok(!text.includes(name) && !JSON.stringify(value).includes(name));
    });

    test('verify', async () => {
        const store = await cutStore();
        assert.match(await quietly(store, 'verify'), /^1 title, \d+ objects, \d+\.\d kB read: no damage\n$/);
        assertFields(await json(store, 'verify', ['bear', '--json']), { titles: 1, objects: Number, bytes: Number, damage: [] });
    });

    test('a title that there is not', async () => {
        const store = await cutStore();
        for (const command of ['inspect', 'verify', 'rm']) {
            const { code, stderr } = await store.segue(command, ['wolf']);
            assert.deepEqual({ code, stderr }, { code: 1, stderr: `segue ${command}: store ${store.path}: there is no title wolf\n` });
        }
    });
});

test('rm and gc remove a title and then its objects', async () => {
    const store = await cutStore();
    const { objects, stored_bytes: bytes } = (await json(store, 'ls', ['--json']))[0];
    assert.equal(await quietly(store, 'rm', ['bear']), 'removed bear\n');
    assert.match(await quietly(store, 'gc'), new RegExp(`^removed 0 objects, 0 bytes; kept ${objects} objects\n$`));
    assert.match(await quietly(store, 'gc', ['--grace=0', '--dry-run']),
        new RegExp(`^would remove ${objects} objects, \\d+\\.\\d kB; kept 0 objects\n$`));
    assert.equal(store.objectNames().length, objects);
    assert.deepEqual(await json(store, 'gc', ['--grace', '0s', '--json']), {
        dry_run: false, objects_kept: 0, objects_removed: objects, bytes_removed: bytes, dead_cuts_removed: 0,
    });
    assert.deepEqual(store.objectNames(), []);
});

describe('which store', () => {
    test('the one of --store, else of SEGUE_STORE, else ./segue-store', async () => {
        const { scratch } = newStore();
        const named = (name) => path.join(scratch, name);
        const cut = (store, args, environment) => run(segue, ['cut', '--title', store, ...args, clip],
            { cwd: scratch, env: { SEGUE_STORE: environment } });
        await cut('one', ['--store', 'a'], named('other'));
        await cut('two', [`--store=${named('b')}`], named('other'));
        await cut('three', [], named('c'));
        await cut('four', [], '');
        for (const [title, store] of [['one', 'a'], ['two', 'b'], ['three', 'c'], ['four', 'segue-store']])
            assert.deepEqual(await new Store(scratch, store).titles(), [title]);
        assert.ok(!existsSync(named('other')));
    });

    test('where there is none, it says how to get one', async () => {
        const store = newStore();
        const remedy = "'segue cut' makes one, and --store or SEGUE_STORE names another";
        for (const [command, ...args] of [['ls'], ['inspect', 'a'], ['verify'], ['rm', 'a'], ['gc']]) {
            const { code, stdout, stderr } = await store.segue(command, args);
            assert.deepEqual({ code, stdout, stderr }, {
                code: 1, stdout: '', stderr: `segue ${command}: store ${store.path}: there is none: ${remedy}\n`,
            });
        }
    });

    test('where there is something else, it says so', async () => {
        const store = newStore();
        mkdirSync(store.path);
        writeFileSync(path.join(store.path, 'letter'), 'Dear');
        assert.match((await store.segue('ls')).stderr, /^segue ls: store \S+: the directory is no store: /);
        const { code, stderr } = await store.cut(clip, 'bear');
        assert.equal(code, 1);
        assert.match(stderr, /^segue cut: store \S+: the directory holds something else: name another one/);
        const file = new Store(store.path, 'letter');
        assert.match((await file.segue('ls')).stderr, /^segue ls: store \S+: it is no directory/);
    });
});
