// Tokens against the running server. Whatever is wrong with one, the answer is the same 403; what
// was wrong is in the log alone. The second half is what libjwt 1.10.2 accepts by itself. Where a
// token may be is in token_places.test.mjs.

import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf, exchangeHttp1 } from '../harness/client.mjs';
import { must, patternBytes, run, scratchDir, segue } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import {
    ATTRIBUTE, base64url, claimsFor, encryptFor, headerFor, nowS, publicPem, signEs256, signHs256, tokenFor, unsigned,
} from '../harness/tokens.mjs';

const PATH = '/v1/film/video.mp4';
const bytes = patternBytes(10_000);
const store = new Store(scratchDir());
let server;
let clients;
let key; // ES256
let secretKey; // HS256
let refusals; // what each client gets without a token

const signed = (header, payload) => signEs256(key, unsigned(header, payload));
const header = (more) => headerFor(key, more);
const claims = (more) => claimsFor('film', more);
/** The claims as text, with `more` spelled by hand in front of them. */
const claimsText = (more) => `{${more},${JSON.stringify(claims()).slice(1)}`;

before(async () => {
    key = await store.newKey('ES256');
    secretKey = await store.newKey('HS256');
    await store.publish('film', { 'video.mp4': { bytes, cuts: [5000] } });
    await store.publish('other', { 'video.mp4': { bytes, cuts: [5000] } });
    server = await Server.start(store);
    clients = clientsOf(server);
    refusals = await Promise.all(clients.map((client) => client.request(PATH)));
    for (const refusal of refusals) assert.equal(refusal.status, 403);
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

function assertSame(response, refusal, what) {
    assert.equal(response.status, 403, what);
    assert.deepEqual(response.names, refusal.names, what);
    assert.deepEqual({ ...response.headers, date: '' }, { ...refusal.headers, date: '' }, what);
    assert.ok(response.body.equals(refusal.body), what);
}

/** Sends the token every way a client can, and wants the same refusal each time. */
async function assertRefused(token, path = PATH) {
    const inQuery = encodeURIComponent(token).replaceAll('%3D', '=').replaceAll('%21', '!');
    const isField = /^[\t\x20-\x7e]*$/.test(token);
    for (const [i, client] of clients.entries()) {
        const byQuery = await client.request(`${path}?${ATTRIBUTE}=${inQuery}`);
        assertSame(byQuery, refusals[i], `${client.name}, query: ${token}`);
        if (!isField) continue;
        const byField = await client.request(path, { headers: { authorization: `Bearer ${token}` } });
        assertSame(byField, refusals[i], `${client.name}, field: ${token}`);
    }
}

async function assertAccepted(token, path = PATH) {
    for (const client of clients)
        for (const [target, headers] of [
            [`${path}?${ATTRIBUTE}=${token}`, {}],
            [`${path}?a=b&${ATTRIBUTE}=${token}&c=d`, {}],
            [path, { authorization: `Bearer ${token}` }],
            [path, { authorization: `bearer ${token}` }],
        ]) {
            const response = await client.request(target, { headers });
            assert.equal(response.status, 200, `${client.name} ${target} ${JSON.stringify(headers)}`);
            assert.ok(response.body.equals(bytes));
        }
}

describe('good tokens get the film', () => {
    test('ES256 by hand', () => assertAccepted(tokenFor(key, 'film')));
    test('HS256 by hand', () => {
        const text = unsigned({ alg: 'HS256', kid: secretKey.kid }, claims());
        return assertAccepted(signHs256(Buffer.from(secretKey.k, 'base64url'), text));
    });
    test('segue token, with either key', async () => {
        for (const { kid } of [key, secretKey])
            await assertAccepted((await must(segue, ['token', '--title', 'film', '--kid', kid, '--store', store.path])).trim());
    });
    test('segue token for a regular expression', async () => {
        const re = 'https?://127\\.0\\.0\\.1(:[0-9]+)?/v1/film/video\\.mp4(\\?.*)?';
        await assertAccepted((await must(segue, ['token', '--uri-regex', re, '--store', store.path])).trim());
    });
    test('segue token for one URI, and for no other', async () => {
        const uri = `http://127.0.0.1:${server.ports.plain}${PATH}`;
        const token = (await must(segue, ['token', '--uri-hash', uri, '--store', store.path])).trim();
        const status = async (path) =>
            (await clients[0].request(path, { headers: { authorization: `Bearer ${token}` } })).status;
        assert.equal(await status(PATH), 200);
        assert.equal(await status('/v1/other/../film/video%2Emp4'), 200);
        assert.equal(await status(`${PATH}?a=b`), 403);
        assert.equal(await status('/v1/other/video.mp4'), 403);
        const inQuery = await clients[0].request(`${PATH}?${ATTRIBUTE}=${token}`);
        assert.equal(inQuery.status, 200);
    });
    test('segue url', async () => {
        const base = `http://127.0.0.1:${server.ports.plain}`;
        const url = new URL((await must(segue, ['url', 'film/video.mp4', '--base', base, '--store', store.path])).trim());
        assert.equal(url.origin, base);
        const response = await clients[0].request(url.pathname + url.search);
        assert.equal(response.status, 200);
    });
    test('times that hold, claims that inform', async () => {
        await assertAccepted(tokenFor(key, 'film', { nbf: nowS() - 1, iat: nowS(), iss: 'anyone', cdniv: 1 }));
    });
});

describe('tokens for something else, or of another time', () => {
    test('none, empty, no token at all', async () => {
        await assertRefused('');
        await assertRefused('x');
        await assertRefused('...');
    });
    test('expired, and expiring this second', async () => {
        await assertRefused(tokenFor(key, 'film', { exp: nowS() - 1 }));
        await assertRefused(tokenFor(key, 'film', { exp: nowS() }));
    });
    test('good until it expires, on an open connection too', async () => {
        const token = tokenFor(key, 'film', { exp: nowS() + 2 });
        for (const client of clients)
            assert.equal((await client.request(`${PATH}?${ATTRIBUTE}=${token}`)).status, 200);
        await sleep(2100);
        await assertRefused(token);
    });
    test('not yet', () => assertRefused(tokenFor(key, 'film', { nbf: nowS() + 60 })));
    test('of another title', () => assertRefused(tokenFor(key, 'other')));
    test('of a title that does not exist', () => assertRefused(tokenFor(key, 'missing')));
    test('of a title with a name that begins or ends alike', async () => {
        for (const title of ['fil', 'films', 'ilm', 'film2', 'Film', 'f.lm/x'])
            await assertRefused(tokenFor(key, title));
    });
    test('by a key that is not ours', () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const jwk = { ...privateKey.export({ format: 'jwk' }), kid: key.kid };
        return assertRefused(tokenFor(jwk, 'film'));
    });
    test('under an unknown key id, or none', async () => {
        await assertRefused(signed({ alg: 'ES256', kid: 'unknown' }, claims()));
        await assertRefused(signed({ alg: 'ES256' }, claims()));
        await assertRefused(signed({ alg: 'ES256', kid: '../keys.json' }, claims()));
    });
    test('with a restriction that is not understood', async () => {
        for (const more of [{ aud: 'someone' }, { jti: '1' }, { cdniip: 'x' }, { sub: 'x' }, { cdnicrit: 'x', x: 1 }, { cdniv: 2 }])
            await assertRefused(tokenFor(key, 'film', more));
    });
    test('with two tokens nobody guesses which is meant', async () => {
        const good = tokenFor(key, 'film');
        for (const client of clients) {
            const response = await client.request(`${PATH}?${ATTRIBUTE}=${good}&${ATTRIBUTE}=${good}`);
            assert.equal(response.status, 403);
        }
    });
});

describe('alg none', () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE', ''])
        test(JSON.stringify(alg), async () => {
            for (const kid of [undefined, key.kid, secretKey.kid]) {
                await assertRefused(`${unsigned({ alg, kid }, claims())}.`);
                await assertRefused(unsigned({ alg, kid }, claims()));
                await assertRefused(signed({ alg, kid }, claims()));
            }
        });
});

describe('HS256 keyed with what everyone knows', () => {
    const secrets = [
        ['the public key as PEM', () => publicPem(key)],
        ['the PEM without its last line end', () => publicPem(key).trimEnd()],
        ['the JWK as it stands in the file', () => JSON.stringify(key, null, 2)],
        ['the public JWK', () => JSON.stringify({ kty: key.kty, crv: key.crv, x: key.x, y: key.y })],
        ['x', () => Buffer.from(key.x, 'base64url')],
        ['nothing', () => ''],
        ['the key id', () => key.kid],
        ['the secret in base64url', () => secretKey.k],
    ];
    for (const [what, secret] of secrets)
        test(what, async () => {
            for (const kid of [key.kid, secretKey.kid, undefined])
                await assertRefused(signHs256(secret(), unsigned({ alg: 'HS256', kid }, claims())));
        });
    test('a good signature of the secret under the other key id', async () => {
        const secret = Buffer.from(secretKey.k, 'base64url');
        await assertRefused(signHs256(secret, unsigned({ alg: 'HS256', kid: key.kid }, claims())));
        await assertRefused(signHs256(secret, unsigned({ alg: 'ES256', kid: secretKey.kid }, claims())));
        await assertRefused(signed({ alg: 'ES256', kid: secretKey.kid }, claims()));
    });
});

describe('what libjwt accepts by itself: headers', () => {
    const rows = [
        ['alg in lower case', () => header({ alg: 'es256' })],
        ['another alg', () => header({ alg: 'ES384' })],
        ['crit with an unknown extension', () => header({ crit: ['foo'], foo: 1 })],
        ['crit that is empty', () => header({ crit: [] })],
        ['b64 false', () => header({ b64: false })],
        ['b64 false, said to be critical', () => header({ b64: false, crit: ['b64'] })],
        ['alg twice', () => `{"alg":"ES256","alg":"ES256","kid":"${key.kid}"}`],
        ['alg twice, first none', () => `{"alg":"none","alg":"ES256","kid":"${key.kid}"}`],
        ['alg twice, last none', () => `{"alg":"ES256","alg":"none","kid":"${key.kid}"}`],
        ['a key of its own', () => header({ jwk: { kty: key.kty, crv: key.crv, x: key.x, y: key.y } })],
        ['jku', () => header({ jku: 'https://evil.example/keys.json' })],
        ['x5u', () => header({ x5u: 'https://evil.example/cert.pem' })],
        ['junk behind the object', () => `${JSON.stringify(header())}x`],
        ['NUL behind the object', () => `${JSON.stringify(header())}\0`],
        ['an array', () => '["ES256"]'],
    ];
    for (const [what, make] of rows) test(what, () => assertRefused(signed(make(), claims())));
    test('alg in lower case with the secret', () =>
        assertRefused(signHs256(Buffer.from(secretKey.k, 'base64url'), unsigned({ alg: 'hs256', kid: secretKey.kid }, claims()))));
});

describe('what libjwt accepts by itself: payloads', () => {
    const withoutExp = () => {
        const { exp, ...rest } = claims();
        return rest;
    };
    const rows = [
        ['no exp', withoutExp],
        ['exp null', () => claims({ exp: null })],
        ['exp a string', () => claims({ exp: `${nowS() + 3600}` })],
        ['exp an array', () => claims({ exp: [nowS() + 3600] })],
        ['exp an object', () => claims({ exp: {} })],
        ['exp true', () => claims({ exp: true })],
        ['exp a fraction', () => claims({ exp: nowS() + 3600.5 })],
        ['exp beyond every number', () => JSON.stringify(claims({ exp: 'X' })).replace('"X"', '1e309')],
        ['exp beyond 2^63', () => JSON.stringify(claims({ exp: 'X' })).replace('"X"', '9223372036854775808')],
        ['exp negative', () => claims({ exp: -1 })],
        ['exp twice', () => claimsText(`"exp":${nowS() + 9999}`)],
        ['nbf a string', () => claims({ nbf: '0' })],
        ['no container', () => ({ exp: nowS() + 3600 })],
        ['container null', () => claims({ cdniuc: null })],
        ['an open regex', () => claims({ cdniuc: 'regex:(' })],
        ['a regex that breaks out of its anchors', () => claims({ cdniuc: 'regex:x)|(.*' })],
        ['an array', () => '[1]'],
        ['a number', () => '1'],
        ['nothing', () => ''],
        ['NUL behind it', () => `${JSON.stringify(claims())}\0`],
        ['NUL and more behind it', () => `${JSON.stringify(claims())}\0,"exp":0}`],
        ['junk behind it', () => `${JSON.stringify(claims())}junk`],
        ['a second object behind it', () => JSON.stringify(claims()).repeat(2)],
        ['a byte order mark', () => `\ufeff${JSON.stringify(claims())}`],
        ['bytes that are no UTF-8', () => Buffer.concat([Buffer.from(claimsText('"iss":"x')).subarray(0, 8), Buffer.from([0xff])])],
        ['too deep', () => claimsText(`"x":${'['.repeat(5000)}${']'.repeat(5000)}`)],
    ];
    for (const [what, make] of rows) test(what, () => assertRefused(signed(header(), make())));
});

describe('what libjwt accepts by itself: spellings of the signature', () => {
    const rows = [
        ['= behind it', (token) => `${token}=`],
        ['== behind it', (token) => `${token}==`],
        ['a space behind it', (token) => `${token} x`],
        ['a space inside it', (token) => `${token.slice(0, -5)} ${token.slice(-5)}`],
        ['a newline inside it', (token) => `${token.slice(0, -5)}\n${token.slice(-5)}`],
        ['a newline behind it', (token) => `${token}\n`],
        ['! inside it', (token) => `${token.slice(0, -5)}!${token.slice(-5)}`],
        ['~ inside it', (token) => `${token.slice(0, -5)}~${token.slice(-5)}`],
        ['~ behind it', (token) => `${token}~`],
        ['a fourth component, empty', (token) => `${token}.`],
        ['a fourth component', (token) => `${token}.AAAA`],
        ['a dot in front', (token) => `.${token}`],
        ['+ and / for - and _', (token) => token.replaceAll('-', '+').replaceAll('_', '/').concat('+')],
        ['= behind the header', (token) => token.replace('.', '=.')],
        ['NUL behind it', (token) => `${token}\0`],
        ['NUL and junk behind it', (token) => `${token}\0junk`],
        ['cut by one letter', (token) => token.slice(0, -1)],
        ['no signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
        ['half a signature', (token) => token.slice(0, -43)],
        ['DER rather than the two numbers', (token) => `${token.slice(0, token.lastIndexOf('.'))}.${base64url(Buffer.from('3006020101020101', 'hex'))}`],
        ['all zeros', (token) => `${token.slice(0, token.lastIndexOf('.'))}.${base64url(Buffer.alloc(64))}`],
    ];
    for (const [what, spell] of rows) test(what, () => assertRefused(spell(tokenFor(key, 'film'))));

    test('last letters that stand for the same bytes', async () => {
        const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const token = tokenFor(key, 'film');
        const last = letters.indexOf(token.at(-1));
        for (let i = last + 1; i < last + 16; i++) await assertRefused(token.slice(0, -1) + letters[i]);
    });
    test('one bit of the signature changed', async () => {
        const token = tokenFor(key, 'film');
        const [head, body, signature] = token.split('.');
        for (const at of [0, 31, 32, 63]) {
            const changed = Buffer.from(signature, 'base64url');
            changed[at] ^= 1;
            await assertRefused(`${head}.${body}.${changed.toString('base64url')}`);
        }
    });
});

test('an attribute spelled otherwise is no token', async () => {
    const token = tokenFor(key, 'film');
    for (const name of ['urisigningpackage', 'URISigningPackag%65', 'URISigningPackage%3D', 'token', 'URISigningPackage[]'])
        for (const [i, client] of clients.entries())
            assertSame(await client.request(`${PATH}?${name}=${token}`), refusals[i], name);
    for (const field of [`Authorization: Basic ${token}`, `Authorization: ${token}`, `Authorization: Bearer`,
        `Authorization: Bearer ${token}, Bearer ${token}`, `Cookie: ${ATTRIBUTE}=x`])
        assertSame(await exchangeHttp1(server.ports.plain, PATH, [field]).then(withoutConnection), withoutConnection(refusals[0]), field);
});

/** A client that said it will close is told so: the one field that differs. */
function withoutConnection(response) {
    const { connection, ...headers } = response.headers;
    return { ...response, headers, names: response.names.filter((name) => name !== 'connection') };
}

test('issuers, where they are named, are the only ones', async () => {
    const strict = await Server.start(store, ['--issuer', 'cms', '--issuer', 'editor']);
    const [client] = clientsOf(strict);
    const status = async (more) =>
        (await client.request(`${PATH}?${ATTRIBUTE}=${tokenFor(key, 'film', more)}`)).status;
    assert.equal(await status({ iss: 'cms' }), 200);
    assert.equal(await status({ iss: 'editor' }), 200);
    assert.equal(await status({ iss: 'CMS' }), 403);
    assert.equal(await status({ iss: ['cms'] }), 403);
    assert.equal(await status({}), 403);
    client.close();
    await strict.stop();
});

test('a token for somebody is for the audience alone', async () => {
    const named = await Server.start(store, ['--audience', 'dCDN LLC']);
    const [client] = clientsOf(named);
    const status = async (more) =>
        (await client.request(`${PATH}?${ATTRIBUTE}=${tokenFor(key, 'film', more)}`)).status;
    assert.equal(await status({ aud: 'dCDN LLC' }), 200);
    assert.equal(await status({ aud: ['other', 'dCDN LLC'] }), 200);
    assert.equal(await status({}), 200);
    assert.equal(await status({ aud: 'other' }), 403);
    assert.equal(await status({ aud: [] }), 403);
    client.close();
    await named.stop();
});

test('what is encrypted is opened: a subject, and where the client is', async () => {
    const contentKeys = [['A128GCM', 16], ['A256GCM', 32]].map(([alg, len]) =>
        ({ kty: 'oct', use: 'enc', alg, kid: alg, k: randomBytes(len).toString('base64url') }));
    const file = path.join(store.scratch, 'content-keys.json');
    writeFileSync(file, JSON.stringify({ keys: [key, ...contentKeys] }), { mode: 0o600 });
    const able = await Server.start(store, ['--keys', file]);
    for (const client of clientsOf(able)) {
        const status = async (more) =>
            (await client.request(`${PATH}?${ATTRIBUTE}=${tokenFor(key, 'film', more)}`)).status;
        for (const contentKey of contentKeys) {
            const encrypted = (text) => encryptFor(contentKey, text);
            assert.equal(await status({ sub: encrypted('a user') }), 200);
            assert.equal(await status({ cdniip: encrypted('127.0.0.1') }), 200);
            assert.equal(await status({ cdniip: encrypted('127.0.0.0/8'), sub: encrypted('a user') }), 200);
            assert.equal(await status({ cdniip: encrypted('127.0.0.2') }), 403);
            assert.equal(await status({ cdniip: encrypted('::/0') }), 403);
            assert.equal(await status({ cdniip: encrypted('a user') }), 403);
        }
        assert.equal(await status({ cdniip: '127.0.0.1' }), 403);
        const notOurs = { ...contentKeys[1], k: randomBytes(32).toString('base64url') };
        assert.equal(await status({ sub: encryptFor(notOurs, 'a user') }), 403);
        client.close();
    }
    await able.stop();
    assert.doesNotMatch(able.log, /a user/);
    for (const code of [402, 410]) assert.match(able.log, new RegExp(`uri_signing=${code} `));
});

test('a token for one client is for no other over the same server', async () => {
    const contentKey = { kty: 'oct', alg: 'A128GCM', kid: 'one', k: randomBytes(16).toString('base64url') };
    const file = path.join(store.scratch, 'one-client.json');
    writeFileSync(file, JSON.stringify({ keys: [key, contentKey] }), { mode: 0o600 });
    const able = await Server.start(store, ['--keys', file]);
    const target = `${PATH}?${ATTRIBUTE}=${tokenFor(key, 'film', { cdniip: encryptFor(contentKey, '127.0.0.1') })}`;
    const statusFrom = (localAddress) => new Promise((resolve, reject) => {
        http.get({ host: '127.0.0.1', port: able.ports.plain, path: target, localAddress, agent: false }, (response) => {
            response.resume();
            resolve(response.statusCode);
        }).on('error', reject);
    });
    for (let i = 0; i < 2; i++) {
        assert.equal(await statusFrom('127.0.0.1'), 200);
        assert.equal(await statusFrom('127.0.0.2'), 403);
    }
    await able.stop();
});

test('serving to everyone has to be said, and then needs no token', async () => {
    const open = await Server.start(store, ['--public']);
    for (const client of clientsOf(open)) {
        const response = await client.request(PATH, { headers: { range: 'bytes=0-9' } });
        assert.equal(response.status, 206);
        assert.match(response.headers['cache-control'], /public/);
        client.close();
    }
    await open.stop();
});

test('who has a log elsewhere gets none here', async () => {
    const silent = await Server.start(store, ['--access-log', 'off']);
    for (const client of clientsOf(silent)) {
        const response = await client.request(`${PATH}?${ATTRIBUTE}=${tokenFor(key, 'film')}`);
        assert.equal(response.status, 200);
        client.close();
    }
    await silent.stop();
    assert.ok(silent.log.includes('segued: ready'));
    assert.ok(!silent.log.includes('status='), silent.log);
});

test('keys stay with their owner', async () => {
    const listed = await run(segue, ['key', 'ls', '--json', '--store', store.path]);
    assert.equal(listed.code, 0);
    assert.ok(!listed.stdout.includes(key.d) && !listed.stdout.includes(secretKey.k));
});

test('the log says why, by the three-digit code, and holds no token', async () => {
    const log = await server.wholeLog();
    for (const code of ['200', '400', '404', '405', '411'])
        assert.ok(log.includes(`uri_signing=${code}`), code);
    assert.ok(!/[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/.test(log));
});
