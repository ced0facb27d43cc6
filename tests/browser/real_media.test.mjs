// Films that others made: what the browser shows at a time is what ffmpeg finds there in the INPUT.
//
// The two decode and convert colours each in their own way, so pictures are compared coarsely, and
// each time also with the pictures a step before and after: the right one has to be the nearest.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { scratchDir, skipFile, sourceDir } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';
import { launch, needBrowser, openPage } from './chromium.mjs';
import { PageHost } from './page_host.mjs';
import { distance, pictureInFile, pictureInPage, probeVideo } from './picture.mjs';
import { Player } from './player.mjs';
import { Random } from '../harness/random.mjs';

// `step` is how far apart pictures have to be to differ; `from` and `to` are where they do.
const FILMS = [
    { name: 'pitivi/one_fps_numeroted_blue.mkv', step: 1, from: 1, to: 73 },
    { name: 'wpt/movie_300.mp4', step: 1, from: 1, to: 298 },
    { name: 'wpt/green-at-15.mp4', step: 1, from: 14.1, to: 15 },
    { name: 'shaka-packager/bear-640x360.ts', step: 0.2, from: 0.3, to: 2.4 },
    { name: 'shaka-packager/bear-320x240-vp9-opus.webm', step: 0.2, from: 0.3, to: 2.4 },
    { name: 'shaka-packager/bear-av1.mp4', step: 0.2, from: 0.3, to: 2.3 },
];
const SEEKS = 4;
const MAX_DISTANCE = 10;

const mediaDir = process.env.SEGUE_MEDIA ?? path.join(sourceDir, '../shared/media');

await needBrowser();
if (!existsSync(mediaDir)) skipFile(`no films in ${mediaDir}; SEGUE_MEDIA names another folder`);

const store = new Store(scratchDir());
const random = new Random();
let server, key, host, browser;

before(async () => {
    key = await store.newKey();
    server = await Server.start(store);
    host = await PageHost.start();
    browser = await launch();
});

after(async () => {
    await browser?.close();
    host?.close();
    await server?.stop();
});

/** Cuts a film and opens a page that plays it. */
async function openFilm(file, title) {
    const cut = await store.cut(file, title);
    assert.equal(cut.code, 0, cut.stderr);
    const source = `https://127.0.0.1:${server.ports.tls}${signedPath(key, title, 'video.mp4')}`;
    host.pages[`/${title}`] = PageHost.videoPage(source);
    return Player.open(await openPage(browser), `${host.origin}/${title}`);
}

FILMS.forEach(({ name, step, from, to }, number) => {
    const file = path.join(mediaDir, name);
    describe(name, { skip: existsSync(file) ? false : `${file} is missing` }, () => {
        let player, video;

        before(async () => {
            video = await probeVideo(file);
            player = await openFilm(file, `film${number}`);
        });

        after(() => player?.page.context().close());

        for (let i = 0; i < SEEKS; i++) {
            const random01 = random.below(1000) / 1000;
            it(`seek ${i + 1}: shows the frame of that time`, async () => {
                const frame = Math.floor((from + random01 * (to - from)) * video.framesPerSecond);
                // ffmpeg takes the first frame that starts at or after a time, a player the last
                // one that starts before it: both are aimed inside of the same frame's reach.
                const asked = (offset) => (frame + offset) / video.framesPerSecond;
                await player.seek(asked(0.5));
                const shown = await pictureInPage(player.page);
                const apart = [];
                for (const shift of [-step, 0, step]) {
                    const picture = await pictureInFile(file, asked(-0.25) + shift, video);
                    apart.push(distance(shown, picture));
                }
                const [earlier, same, later] = apart;
                const found = `at ${asked(0.5)} s: distances ${apart.map((value) => value.toFixed(2))}`;
                assert.ok(same < MAX_DISTANCE, found);
                assert.ok(same < earlier && same < later, found);
            });
        }
    });
});
