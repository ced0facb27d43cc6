// Debian's Chromium under playwright-core, with a profile of its own that goes when it is closed.

import { existsSync } from 'node:fs';

import { run, skipFile } from '../harness/programs.mjs';

const EXECUTABLE = process.env.SEGUE_CHROMIUM ?? '/usr/bin/chromium';

/** The longest that anything in a page may take: playing, seeking, loading. */
export const WAIT_MS = 20_000;

const ARGUMENTS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
    '--mute-audio',
    '--ignore-certificate-errors', // the server under test made its certificate itself
];

/** Ends the file as skipped where the tests cannot run. */
export async function needBrowser() {
    if (!existsSync(EXECUTABLE)) skipFile(`${EXECUTABLE} is missing: apt-get install chromium`);
    await import('playwright-core').catch(() =>
        skipFile('playwright-core is missing: npm install --prefix tests'),
    );
    const { code } = await run('ffmpeg', ['-version']).catch(() => ({ code: 127 }));
    if (code !== 0) skipFile('ffmpeg is missing: apt-get install ffmpeg');
}

/** A browser whose context has a profile fresh from an empty directory. */
export async function launch(options = {}) {
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launch({
        executablePath: EXECUTABLE,
        args: ARGUMENTS,
        timeout: WAIT_MS,
        ...options,
    });
    return browser;
}

/** A page in a fresh context, whose every wait is bounded and whose script errors are kept. */
export async function openPage(browser, options = {}) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.scriptErrors = [];
    page.on('pageerror', (error) => page.scriptErrors.push(error.message));
    return page;
}
