// The largest figures that clients of good will reach on one connection, beside the limits.

import { writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { must } from '../harness/programs.mjs';
import { AbusedServer } from './abused_server.mjs';
import { table } from './markdown.mjs';
import { MeasuredServer } from './measured_server.mjs';

const LIMITS = ['wasted-streams', 'control-frames', 'header-bytes', 'header-fields', 'header-frames'];
const REQUESTS = 20_000;
const SEEKS = 1000;
const SEEK_EVERY_MS = 5;

const h2load = (url, streams) =>
    must('h2load', ['-n', String(REQUESTS), '-c', '1', '-m', String(streams), '-H', 'range: bytes=1000-65535', url]);

const curl = (origin, target) => must('curl', ['-sSk', '--http2', '-o', '/dev/null', `${origin}${target}`]);

function withSession(origin, work) {
    const session = http2.connect(origin, { rejectUnauthorized: false, settings: { initialWindowSize: 65_535 } });
    const failed = new Promise((_, reject) => session.on('error', reject));
    return Promise.race([work(session), failed]).finally(() => session.destroy());
}

const nodeDownload = (origin, target) => withSession(origin, (session) => new Promise((resolve, reject) => {
    session.request({ ':path': target }).on('error', reject).on('end', resolve).resume();
}));

const nodeSeeks = (origin, target) => withSession(origin, async (session) => {
    for (let i = 0; i < SEEKS; i++) {
        const stream = session.request({ ':path': target, range: `bytes=${i * 1000}-` });
        stream.on('error', () => {}).once('data', () => stream.close(http2.constants.NGHTTP2_CANCEL));
        await sleep(SEEK_EVERY_MS);
    }
});

async function throughNginx(origin, target, material) {
    const listener = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address();
    listener.close();
    const dir = material.scratch;
    const file = path.join(dir, 'proxy.conf');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir};`).join('\n');
    writeFileSync(file, `worker_processes 1; daemon off; pid ${dir}/proxy.pid; events {}
http { access_log off; ${temporary}
upstream origin { server ${new URL(origin).host}; keepalive 8; }
server { listen 127.0.0.1:${port}; location / {
proxy_pass https://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Range $http_range; } } }`);
    const nginx = await MeasuredServer.start('nginx', ['-e', path.join(dir, 'proxy.log'), '-c', file]);
    try {
        await must('curl', ['-sS', '--retry', '20', '--retry-connrefused', '--retry-delay', '1', '-o', '/dev/null', '-r', '0-9', `http://127.0.0.1:${port}${target}`]);
        await must('h2load', ['--h1', '-n', '2000', '-c', '4', '-H', 'range: bytes=1000-65535', `http://127.0.0.1:${port}${target}`]);
    } finally {
        await nginx.stop();
    }
}

/** A page that reads, and seeks by giving up what it reads; undefined without a browser. */
async function chromium(origin, target) {
    const { launch, openPage } = await import('../browser/chromium.mjs');
    const browser = await launch();
    try {
        const page = await openPage(browser);
        await page.goto(`${origin}/v1/nothing/here`);
        await page.evaluate(async ([address, seeks]) => {
            await (await fetch(address, { headers: { range: 'bytes=0-67108863' } })).arrayBuffer();
            for (let i = 0; i < seeks; i++) {
                const controller = new AbortController();
                const response = await fetch(address, { headers: { range: `bytes=${i * 100_000}-` }, signal: controller.signal });
                await response.body.getReader().read();
                controller.abort();
            }
        }, [target, 300]);
    } finally {
        await browser.close();
    }
}

const CLIENTS = {
    'h2load, 20,000 requests, 100 at once': (origin, target) => h2load(origin + target, 100),
    'curl, the whole file': curl,
    'node, the whole file through windows of 64 KiB': nodeDownload,
    'node, 200 seeks a second': nodeSeeks,
    'nginx in front, HTTP/1.1': throughNginx,
    'Chromium, 64 MiB and 300 seeks': chromium,
};

export async function measureLargest(material) {
    const target = await material.signedTarget('bench');
    const rows = [['client', ...LIMITS.map((limit) => `\`${limit}\`:`)]];
    for (const [name, client] of Object.entries(CLIENTS)) {
        const server = await AbusedServer.start(material);
        try {
            await client(`https://127.0.0.1:${server.ports.tls}`, target, material);
            const largest = await server.byLimit('segue_connection_largest');
            rows.push([name, ...LIMITS.map((limit) => String(largest[limit] ?? '-'))]);
        } catch (error) {
            console.error(`${name}: left out: ${error.message.split('\n')[0]}`);
        }
        console.error(rows.at(-1).join(' | '));
        await server.stop();
    }
    return table(rows);
}
