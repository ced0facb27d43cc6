// Results that do not arrive are a failure, and a stream that was closed is never mistaken for a file
// that is opened later.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { run, segue, segued } from '../harness/programs.mjs';
import { cutStore, newStore, realClip } from './clip.mjs';
import { commands, nameOf } from './commands.mjs';

const clip = realClip();
const FULL = /segued?: standard output: No space left on device\n$/;

/** Runs a program from a shell that redirects or closes its streams. */
const runWith = (streams, program, args) => run('/bin/sh', ['-c', `exec "$0" "$@" ${streams}`, program, ...args]);

const calls = [['ls'], ['ls', '--json'], ['inspect', 'bear'], ['verify'], ['verify', '--json'], ['gc', '--dry-run'],
    ['token', '--title=bear'], ['url', 'bear/video.mp4', '--json'], ['key', 'ls']];

/** `command` on this store, as arguments of run. */
const on = (store, [command, ...args]) =>
    (command === 'key' ? [command, ...args, '--store', store.path] : [command, '--store', store.path, ...args]);

test('a full disk under standard output', async () => {
    const store = await cutStore();
    await store.newKey();
    for (const call of calls) {
        const { code, stderr } = await runWith('>/dev/full', segue, on(store, call));
        assert.equal(code, 1, call.join(' '));
        assert.match(stderr, FULL);
    }
    for (const command of commands) {
        const { code, stderr } = await runWith('>/dev/full', segue, [...command.words, '--help']);
        assert.equal(code, 1, nameOf(command));
        assert.match(stderr, FULL);
    }
});

test('standard output that is closed', async () => {
    const store = await cutStore();
    await store.newKey();
    for (const call of [...calls, ['rm', 'bear']]) {
        const { code, stderr } = await runWith('>&-', segue, on(store, call));
        assert.equal(code, 1, call.join(' '));
        assert.match(stderr, /segue: standard output: Bad file descriptor\n$/);
    }
});

test('a cut with all streams closed publishes what it would publish', async () => {
    const store = newStore();
    const { code } = await runWith('<&- >&- 2>&-', segue, on(store, ['cut', '--title=bear', clip]));
    assert.equal(code, 1);
    await store.assertVerified('bear');
    const again = await store.cut(clip, 'bear');
    assert.equal(again.stdout, 'bear: unchanged; the store has this publication already\n');
});

test('segued with a full or closed standard output', async () => {
    for (const option of ['--help', '--version']) {
        const { code, stderr } = await runWith('>/dev/full', segued, [option]);
        assert.equal(code, 1);
        assert.match(stderr, FULL);
        assert.equal((await runWith('>&-', segued, [option])).code, 1);
    }
});

/** A port that was free just now. */
async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}

/** Waits for the first answer of whatever kind. */
async function answered(url, limitMs = 20_000) {
    for (const end = Date.now() + limitMs; ; await sleep(20)) {
        try {
            return await (await fetch(url)).arrayBuffer();
        } catch (error) {
            if (Date.now() > end) throw error;
        }
    }
}

test('segued with all streams closed gives their numbers to no socket', async () => {
    const store = await cutStore();
    const port = await freePort();
    const child = spawn('/bin/sh', ['-c', 'exec "$0" "$@" <&- >&- 2>&-', segued, '--store', store.path, '--public',
        `--listen=127.0.0.1:${port}`, '--admin=off']);
    try {
        await answered(`http://127.0.0.1:${port}/v1/bear/video.mp4`);
        for (const fd of [0, 1, 2]) assert.equal(readlinkSync(`/proc/${child.pid}/fd/${fd}`), '/dev/null');
    } finally {
        child.kill('SIGTERM');
    }
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
});

test('a reader that has enough is no failure of what was done', async () => {
    const store = await cutStore();
    const { stdout } = await run('/bin/sh', ['-c', '"$0" inspect --store "$1" bear | head -n 1', segue, store.path]);
    assert.equal(stdout, 'Title      bear\n');
});
