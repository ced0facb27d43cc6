// Hidden means hidden. With a running server, and with any token short of the right one, no path
// gives a byte of media or says whether something exists, and no response and no log line holds the
// name of an object.

import assert from 'node:assert/strict';
import { readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf, exchange, exchangeHttp1, parseHttp1 } from '../harness/client.mjs';
import { patternBytes, scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { ATTRIBUTE, headerFor, nowS, signEs256, tokenFor, unsigned } from '../harness/tokens.mjs';

const LENGTH = 64_000;
const store = new Store(scratchDir());
const seen = []; // every response, as text
let server;
let clients;
let key;
let tokens; // what a client may hold: name -> token
let refusals;
let names;

/** A token for every URI there is: what is still refused with it, routing refuses. */
const skeletonKey = () =>
    signEs256(key, unsigned(headerFor(key), { cdniuc: 'regex:.*', exp: nowS() + 3600 }));

before(async () => {
    key = await store.newKey();
    for (const [i, title] of ['alpha', 'beta', 'damaged', 'broken'].entries())
        await store.publish(title, {
            'video.mp4': { bytes: patternBytes(LENGTH, i), cuts: [1000, 20_000, 40_000] },
            'v0.mp4': { bytes: patternBytes(LENGTH / 2, i + 20), cuts: [8000] },
        });
    names = store.objectNames();
    tokens = {
        none: undefined,
        'of alpha': tokenFor(key, 'alpha'),
        'of a missing title': tokenFor(key, 'missing'),
        expired: tokenFor(key, 'alpha', { exp: nowS() - 10 }),
        nonsense: 'a.b.c',
        'for everything': skeletonKey(),
    };
    server = await Server.start(store);
    clients = clientsOf(server);
    refusals = await Promise.all(clients.map((client) => ask(client, '/v1/alpha/video.mp4')));
    for (const refusal of refusals) assert.equal(refusal.status, 403);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

function remember(response) {
    seen.push(`${response.status} ${JSON.stringify(response.headers)} ${response.body.toString('latin1')}`);
    return response;
}

async function ask(client, target, headers = {}) {
    return remember(await client.request(target, { headers }));
}

const withToken = (target, token) =>
    token === undefined ? target : `${target}${target.includes('?') ? '&' : '?'}${ATTRIBUTE}=${token}`;

/** Status, fields and body are those of any refusal: nothing can be told apart. */
function assertSame(response, refusal, what) {
    assert.equal(response.status, 403, what);
    assert.deepEqual(response.names, refusal.names, what);
    assert.deepEqual({ ...response.headers, date: '' }, { ...refusal.headers, date: '' }, what);
    assert.ok(response.body.equals(refusal.body), what);
}

async function assertHidden(target, which = Object.keys(tokens)) {
    for (const [i, client] of clients.entries())
        for (const name of which) {
            const what = `${client.name} ${target}, token ${name}`;
            assertSame(await ask(client, withToken(target, tokens[name])), refusals[i], what);
            if (tokens[name] !== undefined)
                assertSame(await ask(client, target, { authorization: `Bearer ${tokens[name]}` }), refusals[i], what);
        }
}

describe('whether something exists cannot be told', () => {
    const strangers = ['none', 'of a missing title', 'expired', 'nonsense'];
    test('an existing title and a missing one, without its token', async () => {
        for (const target of ['/v1/alpha/video.mp4', '/v1/alpha/v0.mp4', '/v1/alpha/missing.mp4', '/v1/absent/video.mp4'])
            await assertHidden(target, strangers);
    });
    test('with the token of one title, all others', async () => {
        for (const target of ['/v1/beta/video.mp4', '/v1/absent/video.mp4', '/v1/beta/missing.mp4'])
            await assertHidden(target, ['of alpha']);
    });
    test('with the token of a title, its missing files', async () => {
        for (const target of ['/v1/alpha/missing.mp4', '/v1/alpha/video.mp', '/v1/alpha/video.mp44', '/v1/alpha/VIDEO.MP4', '/v1/alpha/video'])
            await assertHidden(target);
    });
    test('with a token for everything, what is missing', async () => {
        for (const target of ['/v1/absent/video.mp4', '/v1/ALPHA/video.mp4', '/v1/alpha./video.mp4'])
            await assertHidden(target);
    });
    test('by conditions, ranges and methods', async () => {
        for (const [i, client] of clients.entries())
            for (const headers of [{ range: 'bytes=0-0' }, { range: 'bytes=9999999-' }, { 'if-none-match': '*' }, { 'if-match': '"x"' },
                { expect: '100-continue' }, { 'accept-encoding': 'gzip' }, { origin: 'https://a.example' }])
                for (const target of ['/v1/alpha/video.mp4', '/v1/absent/video.mp4'])
                    assertSame(await ask(client, target, headers), refusals[i], JSON.stringify(headers));
    });
});

/** Other ways to write a path that begins in a title's folder, or nowhere. */
function climb(rest) {
    const up = ['..', '%2e%2e', '.%2e', '%252e%252e', '%c0%ae%c0%ae', '%e0%80%ae%e0%80%ae', '..%00', '....', '..;'];
    const slash = ['/', '%2f', '%252f', '%5c', '%c0%af', '%e0%80%af', '//'];
    const found = [];
    for (const dots of up)
        for (const separator of slash)
            found.push(`/v1/alpha/${`${dots}${separator}`.repeat(2)}${rest.replaceAll('/', separator)}`);
    return found;
}

describe('nothing of the store has a path', () => {
    const roots = ['/', '/v1/', '/v1/alpha/', '/v1/store/', '/v1/alpha/video.mp4/', '/objects/', '/v1/../', '//', '/./', '/v1/alpha/..%2f'];

    test('objects, under any root', async () => {
        for (const name of names.slice(0, 3)) {
            const spellings = [name, name.toUpperCase(), `${name}.mp4`, `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`,
                `objects/${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`, `${name}/video.mp4`];
            for (const root of roots)
                for (const spelling of spellings) await assertHidden(root + spelling, ['of alpha', 'for everything']);
        }
    });

    test('files and folders of the store, under any root', async () => {
        const layout = store.layout().filter((entry) => !entry.startsWith('objects/'));
        for (const entry of [...layout, 'objects', 'staging/', 'claims', 'index', '.', '..'])
            for (const root of roots) {
                const target = root + entry;
                if (!/^\/v1\/alpha\/video\.mp4\/\.\.?$/.test(target)) await assertHidden(target, ['of alpha', 'for everything']);
            }
    });

    test('by climbing out, however dots and slashes are spelled', async () => {
        for (const rest of ['keys.json', 'naming.key', `objects/${names[0].slice(0, 2)}/${names[0].slice(2, 4)}/${names[0]}`, 'etc/passwd'])
            for (const target of climb(rest)) await assertHidden(target, ['of alpha', 'for everything']);
    });

    test('routes that are nearly right', async () => {
        const targets = ['/', '/v1', '/v1/', '/v1/alpha', '/v1/alpha/', '/v1//video.mp4', '/v1/alpha//video.mp4', '//v1/alpha/video.mp4',
            '/v2/alpha/video.mp4', '/V1/alpha/video.mp4', '/v1/alpha/video.mp4/', '/v1/alpha/video.mp4/x', '/v1/alpha/video.mp4%00',
            '/v1/alpha/video.mp4%00.jpg', '/v1/alpha%00/video.mp4', '/v1/alpha/video.mp4%20', '/v1/alpha%2fvideo.mp4', '/v1%2falpha/video.mp4',
            '/v1/alpha/video%252emp4', '/v1/alpha/video.mp4%0d%0aX:y', '/v1/alpha/video.mp4%2f', '/v1/alpha/video.mp4;x', '/v1/alpha/*',
            '/v1/al%ffpha/video.mp4', '/v1/alpha/%', '/v1/alpha/%4', '/v1/alpha/%zz', `/v1/${'a'.repeat(129)}/video.mp4`,
            `/v1/alpha/${'a'.repeat(3000)}`, '/v1/.alpha/video.mp4', '/v1/-alpha/video.mp4', '/v1/alpha/.video.mp4', '*'];
        for (const target of targets) await assertHidden(target);
    });

    test('other titles by detours from one whose token is held', async () => {
        for (const target of ['/v1/alpha/../beta/video.mp4', '/v1/alpha/%2e%2e/beta/video.mp4', '/v1/alpha%2f..%2fbeta/video.mp4',
            '/v1/alpha/..%2fbeta/video.mp4', '/v1/alpha/..%5cbeta/video.mp4', '/v1/beta/video.mp4?x=/v1/alpha/video.mp4',
            '/v1/beta/video.mp4?/v1/alpha/video.mp4', '/v1/beta/video.mp4#/v1/alpha/video.mp4', '/v1/alpha/./../beta/video.mp4',
            '/v1/alpha/video.mp4/../../beta/video.mp4', '/x/../v1/beta/video.mp4'])
            await assertHidden(target, ['none', 'of alpha']);
    });

    test('one normal form is judged and served: other spellings of it are the same file', async () => {
        const content = patternBytes(LENGTH, 0);
        for (const client of clients)
            for (const target of ['/v1/%61lpha/video.mp4', '/v1/beta/../alpha/video.mp4', '/v1/alpha/./video.mp4']) {
                const response = await client.request(withToken(target, tokens['of alpha']));
                assert.equal(response.status, 200, target);
                assert.ok(response.body.equals(content));
            }
    });
});

describe('requests that no library sends', () => {
    const media = patternBytes(LENGTH, 0).subarray(0, 64);
    const file = '/v1/beta/video.mp4';

    /** By hand over TLS and in the clear: an error or a refusal, and nothing of the film. */
    async function assertNothing(target, fields = [], options = {}) {
        for (const [secure, port] of [[false, server.ports.plain], [true, server.ports.tls]])
            for (const token of [undefined, tokens['of alpha']]) {
                const response = await exchangeHttp1(port, withToken(target, token), fields, { secure, ...options });
                if (response === undefined) continue;
                remember(response);
                assert.ok([400, 403, 405, 408, 413, 417].includes(response.status), `${response.status} for ${target} ${fields}`);
                assert.ok(!response.body.includes(media) && !response.body.includes(patternBytes(64, 1)));
            }
    }

    test('control and 8-bit bytes, backslashes, blanks', async () => {
        for (const target of ['/v1/beta/video.mp4\0', '/v1/beta\0/video.mp4', '/v1/beta\\video.mp4', '\\v1\\beta\\video.mp4', '/v1/alpha/..\\beta\\video.mp4',
            '/v1/beta/video.mp4\x01', '/v1/be\xc0\xafta/video.mp4', '/v1/alpha/\xc0\xae\xc0\xae/beta/video.mp4', '/v1/beta/video.mp4\t',
            ' /v1/beta/video.mp4', '', '?', '%2fv1%2fbeta%2fvideo.mp4', 'v1/beta/video.mp4'])
            await assertNothing(target);
    });

    test('absolute form, authority form and other schemes', async () => {
        for (const target of ['http://127.0.0.1/v1/beta/video.mp4', 'https://127.0.0.1/v1/beta/video.mp4', 'http://127.0.0.1/../../etc/passwd',
            `file://${store.path}/keys.json`, `file:///etc/passwd`, 'http:///v1/beta/video.mp4', 'http://a@b/v1/beta/video.mp4', '127.0.0.1:80'])
            await assertNothing(target);
        await assertNothing('127.0.0.1:443', [], { method: 'CONNECT' });
    });

    test('a Host that is part of a URI which the token allows', async () => {
        const send = async (host, target) => {
            const fields = [`Host: ${host}`, `Authorization: Bearer ${tokens['of alpha']}`, 'Connection: close', '', ''];
            for (const [secure, port] of [[false, server.ports.plain], [true, server.ports.tls]]) {
                const response = parseHttp1(await exchange(port, `GET ${target} HTTP/1.1\r\n${fields.join('\r\n')}`, { secure }));
                if (response === undefined) continue;
                remember(response);
                assert.ok([400, 403].includes(response.status), `${response.status} for Host: ${host}`);
            }
        };
        for (const host of ['a/v1/alpha/x?', 'a/v1/alpha/video.mp4?', 'a/v1/alpha/video.mp4#', 'a?/v1/alpha/video.mp4', 'a\\v1\\alpha\\x', 'a b', 'a%2fv1%2falpha%2fx',
            '', 'a@b', '[::1', 'a:b', 'a:99999', 'a/v1/alpha'])
            await send(host, file);
        await send('a', 'http://a/v1/alpha/x?@b/v1/beta/video.mp4');
    });

    test('an :authority that is part of a URI which the token allows', async () => {
        const client = clients[2];
        for (const authority of ['a/v1/alpha/x?', 'a/v1/alpha/video.mp4?', 'a?x', 'a#x']) {
            const response = await ask(client, file, { ':authority': authority, authorization: `Bearer ${tokens['of alpha']}` })
                .catch(() => undefined);
            if (response !== undefined) assert.ok([400, 403].includes(response.status), `${response.status} for ${authority}`);
        }
    });

    test('fields that others take paths from', async () => {
        for (const name of ['x-original-url', 'x-rewrite-url', 'x-accel-redirect', 'x-sendfile', 'x-reproxy-url', 'x-forwarded-uri', 'link', 'location', 'destination'])
            for (const [i, client] of clients.entries())
                assertSame(await ask(client, '/v1/absent/video.mp4', { [name]: '/v1/alpha/video.mp4' }), refusals[i], name);
    });
});

/** A secret whole, its beginning, and the other ways to write the bytes of a hexadecimal one. */
function spellingsOf(secret) {
    const spellings = [secret, secret.slice(0, 16)];
    if (/^[0-9a-f]+$/.test(secret)) {
        const bytes = Buffer.from(secret, 'hex');
        spellings.push(secret.toUpperCase(), bytes.toString('base64url'), bytes.toString('latin1'));
    }
    return spellings;
}

test('no response and no log line names an object, whatever goes wrong with it', async () => {
    const objectFile = (name) => path.join(store.path, 'objects', name.slice(0, 2), name.slice(2, 4), name);
    const content = [patternBytes(LENGTH, 2), patternBytes(LENGTH / 2, 22)];
    const ofDamaged = names.filter((name) => content.some((bytes) => bytes.includes(readFileSync(objectFile(name)))));
    assert.ok(ofDamaged.length >= 4);
    unlinkSync(objectFile(ofDamaged[0]));
    truncateSync(objectFile(ofDamaged[1]), 10);
    for (const shard of store.layout().filter((entry) => /^titles\/..\/broken$/.test(entry)))
        writeFileSync(path.join(store.path, shard), 'no index');
    await sleep(1100);
    for (const client of clients)
        for (const title of ['alpha', 'beta', 'damaged', 'broken'])
            for (const file of ['video.mp4', 'v0.mp4', 'absent.mp4'])
                for (const headers of [{}, { range: 'bytes=999-1001' }, { range: 'bytes=30000-' }, { range: 'bytes=999999-' }, { 'if-none-match': '*' }])
                    await ask(client, withToken(`/v1/${title}/${file}`, tokenFor(key, title)), headers).catch(() => {});

    assert.ok(seen.some((text) => text.startsWith('503')), 'nothing went wrong');
    assert.ok(seen.length > 1000, `${seen.length} responses`);
    // What a client itself has put into its path is in the log as that, and nowhere else.
    const log = (await server.wholeLog()).replaceAll(/ path=("(\\.|[^"])*"|\S+)/g, '');
    const secrets = [...names, readFileSync(path.join(store.path, 'naming.key')).toString('hex'), key.d];
    for (const secret of secrets)
        for (const spelling of spellingsOf(secret)) {
            assert.ok(!log.includes(spelling), `the log holds ${spelling}`);
            assert.ok(!seen.some((text) => text.includes(spelling)), `a response holds ${spelling}`);
        }
    for (const folder of ['objects/', 'titles/', 'staging/', 'naming.key', store.path])
        assert.ok(!seen.some((text) => text.includes(folder)), `a response holds ${folder}`);
});
