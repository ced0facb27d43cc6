// Clients that are slow on purpose: slowhttptest in its four modes, and a thousand readers of 1 KB/s.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientsOf } from '../harness/client.mjs';
import { run } from '../harness/programs.mjs';
import { AbusedServer } from './abused_server.mjs';
import { table } from './markdown.mjs';

const CONNECTIONS = 1000;
const PROBE_EVERY_MS = 100;
const READ_PER_S = 1024;

/** One process makes a thousand of them, maybe on a busy core; they are not what is measured. */
const PATIENT = ['--limit', 'handshake-timeout=60'];

const MODES = {
    'slow heads': ['-H', '-i', '1', '-x', '24'],
    'slow bodies': ['-B', '-i', '1', '-x', '24', '-s', '100000'],
    'many ranges': ['-R', '-a', '10', '-b', '3000'],
    'slow reading': ['-X', '-w', '512', '-y', '1024', '-n', '1', '-z', '32'],
};

/** One request on a connection of its own: milliseconds, or Infinity for anything but a 206. */
function ask(port, target) {
    const began = performance.now();
    return new Promise((resolve) => {
        const options = { port, path: target, agent: false, headers: { range: 'bytes=0-999' }, timeout: 5000 };
        const request = http.get(options, (response) => {
            response.resume().on('end', () => resolve(response.statusCode === 206 ? performance.now() - began : Infinity));
        });
        request.on('timeout', () => request.destroy()).on('error', () => resolve(Infinity));
    });
}

async function askWhile(work, port, target) {
    const answers = [];
    const timer = setInterval(() => answers.push(ask(port, target)), PROBE_EVERY_MS);
    await work.finally(() => clearInterval(timer));
    return Promise.all(answers);
}

export async function measureSlowhttptest(material, { slowSeconds }) {
    const target = await material.signedTarget('bench');
    const rows = [['slowhttptest', 'available', 'asked meanwhile:', 'answered:', 'slowest ms:', 'memory KiB:']];
    for (const [name, mode] of Object.entries(MODES)) {
        const server = await AbusedServer.start(material);
        const url = `http://127.0.0.1:${server.ports.plain}${target}`;
        const args = ['-c', String(CONNECTIONS), '-r', '500', '-l', String(slowSeconds), '-p', '1', ...mode, '-u', url];
        const program = run('slowhttptest', args);
        const { result: answers, grownKib } = await server.growth(() => askWhile(program, server.ports.plain, target));
        const { stdout, stderr } = await program;
        // eslint-disable-next-line no-control-regex -- it colours what it says
        const said = (stdout + stderr).replace(/\x1b\[[\d;]*m/g, '');
        const verdicts = [...said.matchAll(/service available:\s+(\w+)/g)].map(([, verdict]) => verdict);
        const isAvailable = verdicts.length > 0 && verdicts.every((verdict) => verdict === 'YES');
        const good = answers.filter(Number.isFinite);
        rows.push([name, isAvailable ? 'throughout' : `no: ${verdicts.join(' ')}`, answers.length, good.length,
            Math.max(...answers).toFixed(1), grownKib].map(String));
        console.error(rows.at(-1).join(' | '));
        await server.stop();
    }
    return table(rows);
}

/** Takes a KiB a second until told to leave; resolves to what ended it before, or undefined. */
async function sip(client, target, end) {
    const cause = await new Promise((resolve) => {
        const onStream = (stream) => {
            let taken = 0;
            const began = Date.now();
            const timer = setInterval(() => {
                if (Date.now() >= end) finish(taken > 0 ? undefined : 'nothing came');
                else if (taken <= ((Date.now() - began) / 1000) * READ_PER_S) stream.resume();
            }, 1000);
            const finish = (how) => {
                clearInterval(timer);
                resolve(how);
                stream.destroy();
            };
            stream.on('data', (chunk) => {
                taken += chunk.length;
                stream.pause();
            });
            stream.on('error', (error) => finish(error.message)).on('close', () => finish('closed'));
        };
        const request = client.open(target, { agent: false }, onStream);
        request.on('error', (error) => resolve(error.message));
        if (client.isHttp2) onStream(request);
        request.end();
    });
    client.current?.destroy();
    return cause;
}

export async function measureReaders(material, { readSeconds }) {
    const target = await material.signedTarget('bench');
    const rows = [['1,000 readers of 1 KB/s', 'seconds:', 'cut off or not served:', 'memory KiB:', 'KiB each:']];
    for (const number of [0, 1, 2]) {
        const server = await AbusedServer.start(material, PATIENT);
        const clients = Array.from({ length: CONNECTIONS }, () => clientsOf(server)[number]);
        const end = Date.now() + readSeconds * 1000;
        const { result: cut, grownKib } = await server.growth(() => Promise.all(clients.map(async (client, i) => {
            await sleep(i); // a thousand handshakes at once are another test
            return sip(client, target, end);
        })));
        const causes = cut.filter((cause) => cause !== undefined);
        if (causes.length > 0) console.error([...new Set(causes)].join('; '), await server.byLimit('segue_connections_closed_total'));
        rows.push([clients[0].name, readSeconds, causes.length, grownKib, (grownKib / CONNECTIONS).toFixed(1)].map(String));
        console.error(rows.at(-1).join(' | '));
        await server.stop();
    }
    return table(rows);
}
