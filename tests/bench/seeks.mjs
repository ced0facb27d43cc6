// Hasty seeks through a title that is not in memory: how much each brings in from the disk.

import { readdirSync, statSync } from 'node:fs';
import http2 from 'node:http2';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { must } from '../harness/programs.mjs';
import { AbusedServer } from './abused_server.mjs';
import { table } from './markdown.mjs';

const PER_S = 200;
const FILES_AT_ONCE = 500;
const MIB = 1024 * 1024;
const SETTLE_MS = 1000; // what is still being read when the last client has left

function objectsOf(material) {
    const dir = path.join(material.store, 'objects');
    return readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** posix_fadvise(POSIX_FADV_DONTNEED) on the whole of each. */
async function evict(files) {
    await must('sync', []);
    for (const file of files) await must('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}

async function residentBytes(files) {
    let bytes = 0;
    for (let i = 0; i < files.length; i += FILES_AT_ONCE) {
        const text = await must('fincore', ['--bytes', '--noheadings', '--output', 'RES', ...files.slice(i, i + FILES_AT_ONCE)]);
        bytes += text.split('\n').reduce((sum, line) => sum + Number(line), 0);
    }
    return bytes;
}

function seek(session, target, first) {
    return new Promise((resolve, reject) => {
        const stream = session.request({ ':path': target, range: `bytes=${first}-` });
        stream.on('response', ({ ':status': status }) => status === 206 || reject(new Error(`status ${status}`)));
        stream.once('data', () => stream.close(http2.constants.NGHTTP2_CANCEL));
        stream.on('error', reject).on('close', resolve);
    });
}

/** A second of seeks, each to a place of its own that no other one comes near. */
async function seekForASecond(port, target, fileBytes) {
    const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const failed = new Promise((_, reject) => session.on('error', reject));
    const seeks = [];
    const began = Date.now();
    for (let i = 0; i < PER_S; i++) {
        const place = (i * 77) % PER_S; // every place once, never one beside the last
        seeks.push(seek(session, target, Math.floor((place * fileBytes) / PER_S)));
        await sleep(Math.max(0, began + ((i + 1) * 1000) / PER_S - Date.now()));
    }
    await Promise.race([Promise.all(seeks), failed]);
    const tookS = (Date.now() - began) / 1000;
    session.destroy();
    return tookS;
}

export async function measureSeeks(material, { seekRounds }) {
    const target = await material.signedTarget('bench');
    const fileBytes = statSync(material.plainFile('bench')).size;
    const objects = objectsOf(material);
    const rows = [['seeks', 'took s:', 'in memory before MiB:', 'brought in MiB:', 'MiB a seek:', 'closed connections:']];
    for (let round = 0; round < seekRounds; round++) {
        await evict(objects);
        const server = await AbusedServer.start(material); // the last one's mappings would keep pages
        const before = await residentBytes(objects);
        const tookS = await seekForASecond(server.ports.tls, target, fileBytes);
        await sleep(SETTLE_MS);
        const broughtIn = (await residentBytes(objects)) - before;
        const closed = Object.values(await server.byLimit('segue_connections_closed_total')).reduce((sum, n) => sum + n);
        rows.push([PER_S, tookS.toFixed(1), (before / MIB).toFixed(1), (broughtIn / MIB).toFixed(1),
            (broughtIn / MIB / PER_S).toFixed(2), closed].map(String));
        console.error(rows.at(-1).join(' | '));
        await server.stop();
    }
    return table(rows);
}
