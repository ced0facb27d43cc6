// Every place where RFC 9246 lets a token be, over HTTP/1.1 and HTTP/2: path, query and cookie, and
// the Authorization field beside them; and what only looks like one.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { clientsOf, exchangeHttp1 } from '../harness/client.mjs';
import { must, patternBytes, scratchDir, segue } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { ATTRIBUTE as P, nowS, tokenFor } from '../harness/tokens.mjs';

const PATH = '/v1/film/video.mp4';
const bytes = patternBytes(10_000);
const store = new Store(scratchDir());
let server;
let clients;
let key;
let good; // a token for the film
let expired;
let refusals; // what each client gets without a token

const withCookie = (...pairs) => ({ headers: { cookie: pairs.join('; ') } });

before(async () => {
    key = await store.newKey('ES256');
    for (const title of ['film', 'other', P]) await store.publish(title, { 'video.mp4': { bytes, cuts: [5000] } });
    good = tokenFor(key, 'film');
    expired = tokenFor(key, 'film', { exp: nowS() - 1 });
    server = await Server.start(store);
    clients = clientsOf(server);
    refusals = await Promise.all(clients.map((client) => client.request(PATH)));
});

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

async function assertServed(target, options) {
    for (const client of clients) {
        const response = await client.request(target, options);
        assert.equal(response.status, 200, `${client.name} ${target} ${JSON.stringify(options)}`);
        assert.ok(response.body.equals(bytes));
        assert.equal(response.headers['cache-control'], 'private, max-age=300, no-transform');
        assert.equal(response.headers['cdn-cache-control'], 'no-store');
        assert.ok(!('set-cookie' in response.headers));
    }
}

/** The one 403, to the byte. */
async function assertRefused(target, options) {
    for (const [i, client] of clients.entries()) {
        const response = await client.request(target, options);
        const what = `${client.name} ${target} ${JSON.stringify(options)}`;
        assert.equal(response.status, 403, what);
        assert.deepEqual({ ...response.headers, date: '' }, { ...refusals[i].headers, date: '' }, what);
        assert.ok(response.body.equals(refusals[i].body), what);
    }
}

describe('in the path', () => {
    const places = [
        (token) => `${PATH};${P}=${token}`,
        (token) => `/v1/film;${P}=${token}/video.mp4`,
        (token) => `/v1/${P}=${token}/film/video.mp4`,
        (token) => `/v1/film/${P}=${token}/video.mp4`,
        (token) => `/${P}=${token}${PATH}`,
        (token) => `/v1/${P}=${token};film/video.mp4`,
        (token) => `${PATH};${P}=${token}?a=b`,
        (token) => `${PATH}/${P}=${token}`,
    ];
    test('a good token gets the film', async () => {
        for (const place of places) await assertServed(place(good));
    });
    test('a bad one does not', async () => {
        for (const place of places)
            for (const token of [expired, `${good}x`, good.slice(0, -1), tokenFor(key, 'other'), ''])
                await assertRefused(place(token));
    });
    test('the URI that is judged is the one without it', async () => {
        const authority = '127\\.0\\.0\\.1:[0-9]+';
        const exact = tokenFor(key, 'film', { cdniuc: `regex:https?://${authority}/v1/film/video\\.mp4` });
        await assertServed(`${PATH};${P}=${exact}`);
        await assertServed(`/v1/film/${P}=${exact}/video.mp4`);
        await assertServed(`${PATH}?${P}=${exact}`);
        await assertRefused(`${PATH};${P}=${exact}?`);
        await assertRefused(`${PATH}?a=b&${P}=${exact}`);
        await assertRefused(`${PATH}?${P}=${exact}&`);
        await assertRefused(`${PATH};${P}=${exact};`);
    });
    test('dot segments are removed after it', async () => {
        await assertServed(`/v1/other/${P}=${good}/../film/video.mp4`);
        await assertServed(`/v1/film/.;${P}=${good}/video.mp4`);
        await assertRefused(`/v1/film/${P}=${good}/../other/video.mp4`);
        await assertRefused(`/v1/film;${P}=${good}/../other/video.mp4`);
        await assertRefused(`/v1/other/..;${P}=${good}/other/video.mp4`);
    });
    test('a title may be called like it', async () => {
        const token = tokenFor(key, P);
        await assertServed(`/v1/${P}/video.mp4;${P}=${token}`);
        await assertServed(`/v1/${P}/video.mp4?${P}=${token}`);
        await assertRefused(`/v1/${P}/video.mp4`);
    });
    test('other parameters have no route', async () => {
        for (const target of [`${PATH};x=1`, '/v1/film;x/video.mp4', `${PATH};`])
            await assertRefused(`${target}?${P}=${good}`);
        await assertRefused(`${PATH};${P}=${good};x=1`);
    });
});

test('what only looks like the attribute is none', async () => {
    for (const target of [`${PATH};x${P}=${good}`, `${PATH};${P.toLowerCase()}=${good}`, `${PATH}%3B${P}=${good}`,
        `${PATH};${P}%3D${good}`, `${PATH},${P}=${good}`, `${PATH};URISigning%50ackage=${good}`,
        `/v1/film/%55RISigningPackage=${good}/video.mp4`, `${PATH}?x=${P}=${good}`, `${PATH}?x;${P}=${good}`])
        await assertRefused(target);
});

test('with two tokens nobody guesses which is meant', async () => {
    for (const target of [`${PATH};${P}=${good};${P}=${good}`, `${PATH};${P}=${good}?${P}=${good}`,
        `/v1/${P}=${good}/film/video.mp4;${P}=${good}`, `${PATH};${P}=${good}?URISigning%50ackage=${good}`,
        `/v1/x;${P}=x/../film/video.mp4?${P}=${good}`, `${PATH};${P}?${P}=${good}`,
        `${PATH};URI${P}=${good};${P}=${good}`])
        await assertRefused(target, { headers: { authorization: `Bearer ${good}`, cookie: `${P}=${good}` } });
});

test('a sub-delimiter ends a token, and what is behind it belongs to the URI', async () => {
    for (const more of ['!', ';a=b', ',', '*', '&']) await assertServed(`${PATH}?${P}=${good}${more}`);
    for (const more of ['=', '==', '=a', '~', ':', '/', '%3D', '%26', '@', '?']) await assertRefused(`${PATH}?${P}=${good}${more}`);
});

describe('in a cookie', () => {
    test('among others, and in quotes', async () => {
        await assertServed(PATH, withCookie(`${P}=${good}`));
        await assertServed(PATH, withCookie('a=b', `${P}=${good}`, 'c="d"'));
        await assertServed(PATH, withCookie(`${P}="${good}"`));
        await assertServed(`${PATH}?a=b`, withCookie(`${P}=${good}`));
    });
    test('in a field of its own, as HTTP/2 sends them', async () => {
        const fields = Array.from({ length: 40 }, (_, i) => `other-${i}=1`).concat(`${P}=${good}`, 'last=1');
        await assertServed(PATH, { headers: { cookie: fields } });
        const lines = fields.map((field) => `Cookie: ${field}`);
        assert.equal((await exchangeHttp1(server.ports.plain, PATH, lines)).status, 200);
    });
    test('a bad one does not get the film, nor does one called otherwise', async () => {
        for (const pair of [`${P}=${expired}`, `${P}=x`, `${P}=`, P, `x${P}=${good}`, `${P.toLowerCase()}=${good}`,
            `URISigning%50ackage=${good}`, `${P}="${good}`, `${P}=${good},${good}`, `${P}=${good} x`, `x=${P}=${good}`,
            `${P}=${tokenFor(key, 'other')}`])
            await assertRefused(PATH, withCookie(pair));
    });
    test('a bad token elsewhere does not spoil it, nor it another', async () => {
        const bearer = { authorization: `Bearer ${good}` };
        await assertServed(`${PATH}?${P}=${expired}`, withCookie(`${P}=${good}`));
        await assertServed(`${PATH};${P}=${expired}`, withCookie(`${P}=${good}`));
        await assertServed(PATH, withCookie(`${P}=${expired}`, `${P}=${good}`));
        await assertServed(`${PATH}?${P}=${good}`, withCookie(`${P}=${expired}`));
        await assertServed(PATH, { headers: { ...bearer, cookie: `${P}=${expired}` } });
        await assertServed(`${PATH}?${P}=${expired}`, { headers: bearer });
        await assertServed(PATH, { headers: { authorization: `Bearer ${expired}`, cookie: `${P}=${good}` } });
    });
    test('four are looked at', async () => {
        const bad = Array.from({ length: 4 }, (_, i) => `${P}=${expired}${i}`);
        await assertServed(PATH, withCookie(...bad.slice(1), `${P}=${good}`));
        await assertRefused(PATH, withCookie(...bad, `${P}=${good}`));
        await assertRefused(PATH, withCookie(...Array(40).fill(`${P}=${expired}`)));
    });
    test('beyond 16 KiB none is, and other tokens count', async () => {
        const long = `a=${'b'.repeat(16_384)}`;
        await assertRefused(PATH, withCookie(`${P}=${good}`, long));
        await assertServed(`${PATH}?${P}=${good}`, withCookie(long));
    });
    test('it is asked for anew each time', async () => {
        for (const client of clients)
            for (const [cookie, status] of [[good, 200], [good, 200], [expired, 403], [`${good}x`, 403], [good, 200], ['', 403]]) {
                const response = await client.request(PATH, withCookie(`${P}=${cookie}`));
                assert.equal(response.status, status, client.name);
            }
    });
});

test('the log has the first refusal and no token', async () => {
    await clients[0].request(`/v1/film;${P}=${good}/first.mp4`);
    await clients[0].request(`${PATH};${P}=${expired}`, withCookie(`${P}=x`));
    const log = await server.wholeLog();
    assert.ok(log.includes(' path=/v1/film '), log.slice(-600));
    assert.match(log.trimEnd().split('\n').at(-2), /uri_signing=404 reason=expired/);
    assert.ok(!/[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/.test(log));
});

test('scripts read what a cookie allowed only where --cors-origin names their site', async () => {
    const site = 'https://player.example';
    const open = await clients[0].request(PATH, { headers: { origin: site, cookie: `${P}=${good}` } });
    assert.equal(open.headers['access-control-allow-origin'], '*');
    assert.ok(!('access-control-allow-credentials' in open.headers));
    const strict = await Server.start(store, ['--cors-origin', site]);
    const [named] = clientsOf(strict);
    for (const [origin, allowed] of [[site, 'true'], ['https://evil.example', undefined]]) {
        const response = await named.request(PATH, { headers: { origin, cookie: `${P}=${good}` } });
        assert.equal(response.status, 200);
        assert.equal(response.headers['access-control-allow-credentials'], allowed);
    }
    named.close();
    await strict.stop();
});

test('the token may be called otherwise', async () => {
    const renamed = await Server.start(store, ['--token-name', 'usp']);
    const base = `http://127.0.0.1:${renamed.ports.plain}`;
    const args = ['film/video.mp4', '--token-name', 'usp', '--base', base, '--store', store.path];
    const url = new URL((await must(segue, ['url', ...args])).trim());
    assert.match(url.search, /^\?usp=[\w.-]+$/);
    for (const client of clientsOf(renamed)) {
        const status = async (target, options) => (await client.request(target, options)).status;
        assert.equal(await status(url.pathname + url.search), 200);
        assert.equal(await status(`${PATH};usp=${good}`), 200);
        assert.equal(await status(`/v1/usp=${good}/film/video.mp4`), 200);
        assert.equal(await status(PATH, { headers: { authorization: `Bearer ${good}` } }), 200);
        assert.equal(await status(PATH, withCookie(`usp=${good}`)), 200);
        assert.equal(await status(`${PATH}?${P}=${good}`), 403);
        assert.equal(await status(PATH, withCookie(`${P}=${good}`)), 403);
        assert.equal(await status(`${PATH}?usp=${good}&%75sp=${good}`), 403);
        client.close();
    }
    assert.ok(!/[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/.test(await renamed.wholeLog()));
    await renamed.stop();
});
