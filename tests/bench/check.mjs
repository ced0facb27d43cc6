// Before anything is timed: every server gives the right bytes over every protocol, negotiates the
// same TLS, and segued refuses whoever has no token.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import tls from 'node:tls';

import { must, run } from '../harness/programs.mjs';
import { randomStart } from './material.mjs';

const CURL = { h1: ['--http1.1'], h1s: ['--http1.1', '-k'], h2: ['--http2', '-k'] };
const VERSION = { h1: '1.1', h1s: '1.1', h2: '2' };

async function curl(protocol, url, args) {
    const { code, stdout, stderr } = await run('curl',
        ['-sS', ...CURL[protocol], '-w', '%{stderr}%{http_code} %{http_version}', ...args, url], { binary: true });
    const [status, version] = stderr.trim().split(' ');
    assert.equal(code, 0, `curl ${url}: ${stderr}`);
    assert.equal(version, VERSION[protocol], `the version of HTTP of ${url}`);
    return { status: Number(status), body: stdout };
}

async function checkRange(contender, protocol, { material, title, fileBytes }, rangeBytes) {
    const first = randomStart(fileBytes, rangeBytes);
    const url = contender.origin(protocol) + contender.targets[title];
    const { status, body } = await curl(protocol, url, ['-r', `${first}-${first + rangeBytes - 1}`]);
    const what = `${contender.label}, ${protocol}, ${rangeBytes} bytes from ${first}`;
    assert.equal(status, 206, `${what}: status`);
    assert.ok(body.equals(material.slice(title, first, rangeBytes)), `${what}: other bytes than the file's`);
}

async function checkCipher(contender, material) {
    const socket = tls.connect({ port: contender.ports.tls, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    assert.equal(`${socket.getProtocol()} ${socket.getCipher().standardName}`, `TLSv1.3 ${material.cipher}`, contender.label);
    socket.destroy();
}

/** Reads it all once, so that what a server does for a file that it has not seen yet is done. */
async function checkWhole(contender, { title, fileBytes }) {
    const text = await must('curl', ['-sS', '-f', '-o', '/dev/null', '-w', '%{size_download}', contender.origin('h1') + contender.targets[title]]);
    assert.equal(Number(text), fileBytes, `${contender.label}: size of the whole file`);
}

/** bench: {material, title, fileBytes, protocols, sizes} */
export async function checkContender(contender, bench) {
    await checkWhole(contender, bench);
    await checkCipher(contender, bench.material);
    for (const protocol of bench.protocols)
        for (const rangeBytes of bench.sizes) await checkRange(contender, protocol, bench, rangeBytes);
    if (contender.kind !== 'segued') return;
    const [target] = contender.targets[bench.title].split('?');
    const { status } = await curl('h1', contender.origin('h1') + target, ['-r', '0-99']);
    assert.equal(status, 403, 'segued without a token');
}
