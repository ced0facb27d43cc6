// The admin listener's page: it plays a title, and says in words why it does not.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { scratchDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { ATTRIBUTE, nowS, tokenFor } from '../harness/tokens.mjs';
import { requestsIn } from './access_log.mjs';
import { launch, needBrowser, openPage } from './chromium.mjs';
import { counter, makeCounterClip, middleOf, readCounter } from './counter.mjs';
import { PageHost } from './page_host.mjs';
import { Player } from './player.mjs';

await needBrowser();

const FRAMES = 250;
const LONG_TITLE = 'a'.repeat(128);

const scratch = scratchDir();
const store = new Store(scratch);
let server, key, host, browser;

/** The number in a picture of the screen: the page's own video is not readable by scripts. */
async function readScreenshot(png) {
    const page = await openPage(browser);
    await page.goto(`${host.origin}/`);
    const source = `data:image/png;base64,${png.toString('base64')}`;
    const number = await page.evaluate(`(async () => {
        const image = new Image();
        image.src = ${JSON.stringify(source)};
        await image.decode();
        return (${readCounter})(image, ${JSON.stringify(counter)});
    })()`);
    await page.context().close();
    return number;
}

function pageOf(title, token) {
    const query = token === undefined ? '' : `&${ATTRIBUTE}=${token}`;
    return `http://127.0.0.1:${server.ports.admin}/play?title=${title}${query}`;
}

/** What the page says when it does not play. */
async function problemOf(url) {
    const page = await openPage(browser);
    await page.goto(url);
    const problem = page.locator('#problem');
    await problem.waitFor({ state: 'visible' });
    const text = await problem.textContent();
    await page.context().close();
    return text;
}

before(async () => {
    const clip = path.join(scratch, 'counter.mp4');
    await makeCounterClip(clip, FRAMES);
    key = await store.newKey();
    assert.equal((await store.cut(clip, 'counter')).code, 0);
    // Bytes that a server can send and no browser can play.
    await store.publish('noise', { 'video.mp4': { bytes: Buffer.alloc(4096, 7) } });
    server = await Server.start(store);
    host = await PageHost.start({ '/': PageHost.blankPage() });
    browser = await launch();
});

after(async () => {
    await browser?.close();
    host?.close();
    await server?.stop();
});

describe('/play with a token', () => {
    let page, player;
    const complaints = [];

    before(async () => {
        page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
        page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
        player = await Player.open(page, pageOf('counter', tokenFor(key, 'counter')));
    });

    it('names the title and the file', async () => {
        assert.equal(await page.locator('h1').textContent(), 'counter');
        assert.match(await page.locator('header').textContent(), /video\.mp4/);
    });

    it('shows the frame that was sought', async () => {
        await player.seek(middleOf(131));
        assert.equal(await readScreenshot(await page.locator('video').screenshot()), 131);
    });

    it('says where it is and what is buffered', async () => {
        assert.equal(await page.locator('#time').textContent(), '00:05.2 / 00:10.0');
        assert.match(await page.locator('#buffered').textContent(), /^00:0\d\.\d – 00:\d\d\.\d/);
        assert.equal(await page.locator('#picture').textContent(), '640 × 360');
    });

    it('plays to the end', async () => {
        const ended = player.until('ended');
        await player.play();
        await ended;
        assert.equal(await readScreenshot(await page.locator('video').screenshot()), FRAMES - 1);
    });

    it('shows the stable URI without its token', async () => {
        const text = await page.locator('#uri').textContent();
        assert.equal(text, `http://127.0.0.1:${server.ports.plain}/v1/counter/video.mp4?…`);
    });

    it('says no problem and breaks no rule of its own policy', async () => {
        assert.equal(await page.locator('#problem').isVisible(), false);
        assert.deepEqual(page.scriptErrors, []);
        assert.deepEqual(complaints, []);
    });

    it('has asked the server for that URI alone', () => {
        const requests = requestsIn(server.log);
        assert.deepEqual([...new Set(requests.map((request) => request.path))], ['/v1/counter/video.mp4']);
        assert.deepEqual([...new Set(requests.map((request) => request.status))], ['206']);
    });
});

describe('/play says in words that', () => {
    it('a title needs a token', async () => {
        assert.match(await problemOf(pageOf('counter')), /403.*needs a token/);
    });

    it('a token has expired', async () => {
        const token = tokenFor(key, 'counter', { exp: nowS() - 1 });
        assert.match(await problemOf(pageOf('counter', token)), /403.*expired/);
    });

    it('a token is for another title', async () => {
        assert.match(await problemOf(pageOf('counter', tokenFor(key, 'other'))), /403.*another title/);
    });

    it('the browser cannot play what the server sends', async () => {
        assert.match(await problemOf(pageOf('noise', tokenFor(key, 'noise'))), /cannot play/);
    });
});

describe('/play on a narrow screen', () => {
    for (const title of ['counter', LONG_TITLE]) {
        it(`needs no sideways scrolling for a title of ${title.length} letters`, async () => {
            const page = await openPage(browser, { viewport: { width: 360, height: 640 } });
            await page.goto(pageOf(title, tokenFor(key, title)));
            const width = await page.evaluate('document.documentElement.scrollWidth');
            await page.context().close();
            assert.ok(width <= 360, `${width} pixels wide`);
        });
    }
});
