// A <video> in a page, as tests drive it: each call resolves when the element says so.

import { WAIT_MS } from './chromium.mjs';
import { counter, readCounter } from './counter.mjs';

export class Player {
    constructor(page) {
        this.page = page;
    }

    /** Puts what the calls below need beside the page's own scripts. */
    static async open(page, url) {
        const helpers = `window.readCounter = ${readCounter}; window.counter = ${JSON.stringify(counter)};`;
        await page.addInitScript(helpers + `window.until = ${until}; window.seek = ${seek};`);
        await page.goto(url);
        const player = new Player(page);
        await player.until('loadedmetadata', 'video.readyState >= 1');
        return player;
    }

    /** Waits for an event of the element, unless `already` (an expression) holds. */
    until(event, already = 'false') {
        return this.page.evaluate(`until(document.querySelector('video'), '${event}',
            (video) => ${already}, ${WAIT_MS})`);
    }

    evaluate(expression) {
        return this.page.evaluate(`(() => {
            const video = document.querySelector('video');
            return ${expression};
        })()`);
    }

    async state() {
        return this.evaluate(`({
            time: video.currentTime, duration: video.duration, paused: video.paused,
            ended: video.ended, width: video.videoWidth, height: video.videoHeight,
            error: video.error && video.error.message, source: video.currentSrc,
        })`);
    }

    play() {
        return this.page.evaluate(`document.querySelector('video').play()`);
    }

    pause() {
        return this.evaluate('video.pause()');
    }

    /** Seeks, and resolves when the frame of that time is on the screen. */
    seek(seconds) {
        return this.page.evaluate(`seek(document.querySelector('video'), ${seconds}, ${WAIT_MS})`);
    }

    /** The number of the frame on the screen. */
    frameNumber() {
        return this.evaluate('readCounter(video, counter)');
    }

    /**
     * Plays for `seconds` and returns, for every frame presented meanwhile, its presentation time
     * and the number that it shows.
     */
    watch(seconds) {
        return this.page.evaluate(`(${watch})(document.querySelector('video'), ${seconds}, ${WAIT_MS})`);
    }
}

/* The rest runs in the page. */

function until(video, event, already, limitMs) {
    return new Promise((resolve, reject) => {
        if (already(video)) return resolve();
        const timer = setTimeout(
            () => reject(new Error(`no ${event} in ${limitMs} ms: at ${video.currentTime}, readyState ` +
                `${video.readyState}, error ${video.error && video.error.message}`)), limitMs);
        video.addEventListener(event, () => (clearTimeout(timer), resolve()), { once: true });
        video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true });
    });
}

/* 'seeked' says that the new frame is there, the frame callback that it has been handed to the
 * compositor, which is what drawImage() reads. */
async function seek(video, seconds, limitMs) {
    const presented = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve()));
    const seeked = window.until(video, 'seeked', () => false, limitMs);
    video.currentTime = seconds;
    await seeked;
    await Promise.race([presented, new Promise((resolve) => setTimeout(resolve, 2000))]);
}

function watch(video, seconds, limitMs) {
    return new Promise((resolve, reject) => {
        const frames = [];
        const end = video.currentTime + seconds;
        const timer = setTimeout(() => reject(new Error(`stuck at ${video.currentTime}`)), limitMs);
        const note = (_now, { mediaTime }) => {
            frames.push({ mediaTime, number: window.readCounter(video, window.counter) });
            if (mediaTime < end) return video.requestVideoFrameCallback(note);
            clearTimeout(timer);
            video.pause();
            resolve(frames);
        };
        video.requestVideoFrameCallback(note);
        video.play().catch(reject);
    });
}
