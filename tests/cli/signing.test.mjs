// Keys, tokens and URLs: what is printed, and that a running server takes it.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { must, patternBytes, run, segue } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { nowS } from '../harness/tokens.mjs';
import { newStore } from './clip.mjs';

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));

/** Runs `segue key VERB` on a store. */
const key = (store, verb, ...args) => run(segue, ['key', verb, '--store', store.path, ...args]);

async function assertFails(running, stderr) {
    const { code, stdout, ...result } = await running;
    assert.deepEqual({ code, stdout, stderr: result.stderr }, { code: 1, stdout: '', stderr });
}

test('key new prints the id alone, and key ls lists it', async () => {
    const store = newStore();
    const file = path.join(store.path, 'keys.json');
    const first = await key(store, 'new');
    assert.equal(first.code, 0);
    assert.match(first.stdout, /^[\w-]{12}\n$/);
    assert.equal(first.stderr, `segue key new: added a key for ES256 to ${file}\n`);
    const second = await key(store, 'new', '--alg=HS256', '--kid', 'shared');
    assert.equal(second.stdout, 'shared\n');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const list = await key(store, 'ls');
    const kid = first.stdout.trim();
    assert.deepEqual(list.stdout.split('\n').map((row) => row.split(/ +/)),
        [['KID', 'ALG', 'SIGNS'], [kid, 'ES256', 'yes'], ['shared', 'HS256', 'yes'], ['']]);
    assert.deepEqual(JSON.parse((await key(store, 'ls', '--json')).stdout), [
        { kid, alg: 'ES256', can_sign: true }, { kid: 'shared', alg: 'HS256', can_sign: true },
    ]);
    const secrets = JSON.parse(readFileSync(file)).keys.flatMap((jwk) => [jwk.d, jwk.k]).filter(Boolean);
    assert.equal(secrets.length, 2);
    for (const secret of secrets) assert.ok(!list.stdout.includes(secret));
});

test('a key that encrypts is listed, and signs nothing', async () => {
    const store = newStore();
    const { kid } = await store.newKey('A128GCM');
    assert.match(kid, /^[\w-]{12}$/);
    assert.deepEqual((await key(store, 'ls')).stdout.split('\n').map((row) => row.split(/ +/)),
        [['KID', 'ALG', 'SIGNS'], [kid, 'A128GCM', 'no'], ['']]);
    assert.deepEqual(JSON.parse((await key(store, 'ls', '--json')).stdout), [{ kid, alg: 'A128GCM', can_sign: false }]);
    const file = path.join(store.path, 'keys.json');
    await assertFails(store.segue('token', ['--title=a']), `segue token: no key in ${file} can sign: 'segue key new' with the same --keys or --store adds one\n`);
});

test('a key that cannot be made or found says what to do', async () => {
    const store = newStore();
    const file = path.join(store.path, 'keys.json');
    for (const args of [['token', '--title=a'], ['url', 'a/b']])
        await assertFails(store.segue(args[0], args.slice(1)), `segue ${args[0]}: no key file ${file}: 'segue key new' with the same --keys or --store makes one\n`);
    await assertFails(key(store, 'ls'), `segue key ls: no key file ${file}: 'segue key new' with the same --keys or --store makes one\n`);
    await key(store, 'new', '--kid=one');
    await assertFails(key(store, 'new', '--kid=one'), `segue key new: there is a key one already: choose another --kid\n`);
    await assertFails(store.segue('token', ['--title=a', '--kid=two']), `segue token: no key two in ${file}: 'segue key ls' lists those there are\n`);
    const [{ d, ...publicKey }] = JSON.parse(readFileSync(file)).keys;
    assert.ok(d);
    writeFileSync(file, JSON.stringify({ keys: [publicKey] }));
    await assertFails(store.segue('token', ['--title=a']), `segue token: no key in ${file} can sign: 'segue key new' with the same --keys or --store adds one\n`);
    writeFileSync(file, 'letters');
    const { code, stderr } = await key(store, 'ls');
    assert.equal(code, 1);
    assert.ok(stderr.startsWith(`segue key ls: key file ${file}: `), stderr);
});

test('key new leaves the keys alone when others could read them', async () => {
    const store = newStore();
    const file = path.join(store.scratch, 'keys');
    await must(segue, ['key', 'new', '--keys', file]);
    await must('chmod', ['644', file]);
    await assertFails(run(segue, ['key', 'ls', '--keys', file]),
        `segue key ls: key file ${file}: holds secrets and has mode 0644, so that others can reach them: chmod 600 ${file}\n`);
    rmSync(file);
    await assertFails(run(segue, ['key', 'new', '--keys', path.join(file, 'keys')]),
        `segue key new: directory ${file} of the key file: No such file or directory\n`);
});

test('token prints the token alone, or with what it says as JSON', async () => {
    const store = newStore();
    const { kid } = await store.newKey();
    const before = nowS();
    const token = (await store.mustSegue('token', ['--title', 'film.1'])).trimEnd();
    assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.equal(headerOf(token).kid, kid);
    const { exp, cdniuc, ...rest } = claimsOf(token);
    assert.deepEqual(rest, {});
    assert.ok(exp >= before + 6 * 3600 && exp <= nowS() + 6 * 3600);
    assert.ok(new RegExp(`^${cdniuc.slice('regex:'.length)}$`).test('https://any.host/v1/film.1/v0.mp4'));

    const args = ['--json', '--uri-regex', 'https://h/a', '--ttl=90s', '--not-before=2040-01-31T18:00:00Z', '--issuer=me'];
    const value = JSON.parse(await store.mustSegue('token', args));
    const start = Date.UTC(2040, 0, 31, 18) / 1000;
    const claims = { cdniuc: 'regex:https://h/a', exp: start + 90, nbf: start, iss: 'me' };
    assert.deepEqual(value, { token: value.token, kid, alg: 'ES256', ...claims });
    assert.deepEqual(claimsOf(value.token), claims);
    const soon = JSON.parse(await store.mustSegue('token', ['--json', '--title=a', '--not-before=15m', '--ttl=1h']));
    assert.ok(Math.abs(soon.nbf - (nowS() + 900)) <= 60);
    assert.equal(soon.exp, soon.nbf + 3600);
    const hashed = claimsOf(await store.mustSegue('token', ['--uri-hash', 'HTTPS://Media.example.COM:443/v1/./media/a1/video.mp4']));
    assert.equal(hashed.cdniuc, 'hash:sha-256;7QGdObAAXgZTaoIbZgaSM7WQ6828BxkpxrY4Fr8PrrY');
});

test('url prints a URL that is ready to paste', async () => {
    const store = newStore();
    const { kid } = await store.newKey();
    const url = (await store.mustSegue('url', ['film/video.mp4'])).trimEnd();
    assert.match(url, /^http:\/\/127\.0\.0\.1:8080\/v1\/film\/video\.mp4\?URISigningPackage=[\w.-]+$/);
    const value = JSON.parse(await store.mustSegue('url', ['--json', '--base=HTTPS://Media.Example/', 'film/v0.mp4']));
    assert.deepEqual(Object.keys(value).sort(), ['alg', 'cdniuc', 'exp', 'kid', 'url']);
    assert.equal(value.kid, kid);
    assert.match(value.url, /^https:\/\/media\.example\/v1\/film\/v0\.mp4\?URISigningPackage=/);
});

test('a running server takes what was signed, and nothing else', async () => {
    const store = newStore();
    const keys = path.join(store.scratch, 'apart.json');
    await must(segue, ['key', 'new', '--keys', keys]);
    const bytes = patternBytes(3000);
    await store.publish('film', { 'video.mp4': { bytes, cuts: [1000] } });
    const server = await Server.start(store, ['--keys', keys]);
    try {
        const base = `http://127.0.0.1:${server.ports.plain}`;
        const url = (await must(segue, ['url', 'film/video.mp4', '--keys', keys, '--base', base])).trimEnd();
        const response = await fetch(url, { headers: { range: 'bytes=999-1000' } });
        assert.equal(response.status, 206);
        assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes.subarray(999, 1001));
        const status = async (title) => {
            const token = (await must(segue, ['token', '--title', title, '--keys', keys])).trimEnd();
            const answer = await fetch(`${base}/v1/film/video.mp4`, { headers: { authorization: `Bearer ${token}` } });
            await answer.arrayBuffer();
            return answer.status;
        };
        assert.equal(await status('film'), 200);
        assert.equal(await status('other'), 403);
    } finally {
        await server.stop();
    }
});

test('a token for one client is for it alone', async () => {
    const store = newStore();
    await store.newKey('ES256');
    const args = ['--title=film', '--json', '--client-ip'];
    await assertFails(store.segue('token', [...args, '127.0.0.1']), `segue token: no key in ${path.join(store.path, 'keys.json')} can encrypt: 'segue key new --alg A128GCM' with the same --keys or --store adds one\n`);
    await store.publish('film', { 'video.mp4': { bytes: patternBytes(10), cuts: [] } });
    for (const alg of ['A128GCM', 'A256GCM']) {
        const { kid } = await store.newKey(alg);
        const server = await Server.start(store, []);
        try {
            for (const [client, status] of [['127.0.0.0/8', 200], ['127.0.0.1', 200], ['192.0.2.1', 403], ['::/0', 403]]) {
                const { token, cdniip } = JSON.parse(await store.mustSegue('token', [...args, client]));
                assert.equal(claimsOf(token).cdniip, cdniip);
                assert.deepEqual(headerOf(cdniip), { alg: 'dir', enc: alg, kid });
                const url = `http://127.0.0.1:${server.ports.plain}/v1/film/video.mp4?URISigningPackage=${token}`;
                assert.equal((await fetch(url)).status, status, client);
            }
        } finally {
            await server.stop();
        }
    }
});

test('keys of every algorithm sign what a running server takes', async () => {
    const store = newStore();
    const algorithms = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA', 'HS256'];
    for (const alg of algorithms) await must(segue, ['key', 'new', '--store', store.path, '--alg', alg, '--kid', alg]);
    await store.publish('film', { 'video.mp4': { bytes: patternBytes(10), cuts: [] } });
    const server = await Server.start(store, []);
    try {
        for (const alg of algorithms) {
            const token = (await must(segue, ['token', '--title', 'film', '--kid', alg, '--store', store.path])).trimEnd();
            assert.deepEqual(headerOf(token), { alg, kid: alg });
            const url = `http://127.0.0.1:${server.ports.plain}/v1/film/video.mp4?URISigningPackage=${token}`;
            const status = async (text) => (await fetch(text)).status;
            assert.equal(await status(url), 200, alg);
            assert.equal(await status(url.replace(/.(....)$/, (end, rest) => (end[0] === 'A' ? 'B' : 'A') + rest)), 403, alg);
        }
    } finally {
        await server.stop();
    }
});
