// What all servers are given: the same random bytes, once as a plain file and once cut into objects
// of about 1 MiB, a token, a certificate, and one TLS version and cipher for everybody.

import { randomFillSync } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

import { buildDir, makeTitle, must, segue } from '../harness/programs.mjs';

const MIB = 1024 * 1024;
const CIPHER = 'TLS_AES_128_GCM_SHA256';

export const ttfb = path.join(buildDir, 'tests/ttfb');
export const evict = path.join(buildDir, 'tests/evict');

/** Both sides read it by OPENSSL_CONF, so that no server needs an option of its own. */
const OPENSSL_CONF = `openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = defaults
[defaults]
MinProtocol = TLSv1.3
MaxProtocol = TLSv1.3
Ciphersuites = ${CIPHER}
`;

/** A directory that goes in the end; other users may look into it, as servers give up being root. */
export function scratchIn(parent) {
    const dir = mkdtempSync(path.join(parent, 'segue-bench-'));
    chmodSync(dir, 0o755);
    process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
    return dir;
}

export function writeRandom(file, mib) {
    const block = Buffer.alloc(MIB);
    const fd = openSync(file, 'w', 0o644);
    for (let i = 0; i < mib; i++) writeSync(fd, randomFillSync(block));
    closeSync(fd);
}

/** Where objects begin: about every MiB, never at a round place, the same in every run. */
export function cutsOf(bytes) {
    const cuts = [];
    let state = 1;
    for (let at = 0; ; cuts.push(at)) {
        state = (state * 48271) % 2147483647;
        at += Math.floor(MIB * (0.75 + (0.5 * state) / 2147483647));
        if (at >= bytes) return cuts;
    }
}

export class Material {
    static async make(scratch) {
        const material = new Material();
        material.scratch = scratch;
        material.cipher = CIPHER;
        material.www = path.join(scratch, 'www');
        material.store = path.join(scratch, 'store');
        material.certificate = path.join(scratch, 'cert.pem');
        material.key = path.join(scratch, 'key.pem');
        material.environment = { OPENSSL_CONF: path.join(scratch, 'openssl.cnf') };
        mkdirSync(material.www, { mode: 0o755 });
        await must(segue, ['key', 'new', '--store', material.store]);
        await must('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
            '-subj', '/CN=localhost', '-days', '2', '-keyout', material.key, '-out', material.certificate]);
        writeFileSync(material.environment.OPENSSL_CONF, OPENSSL_CONF);
        return material;
    }

    /** A title of random bytes, and the same as a plain file. */
    async add(title, mib) {
        const file = this.plainFile(title);
        writeRandom(file, mib);
        const cuts = cutsOf(mib * MIB);
        await must(makeTitle, [this.store, title, String(Math.floor(Date.now() / 1000)), file, 'video.mp4', 'video/mp4', cuts.join(',') || '-']);
    }

    /** Drops all of it from memory, which needs that no server has it mapped. */
    evict() {
        return must(evict, [this.store, this.www]);
    }

    plainFile(title) {
        return path.join(this.www, `${title}.mp4`);
    }

    /** The target of a title's file with an ES256 token for the title in the query. */
    async signedTarget(title) {
        const base = 'http://127.0.0.1';
        const url = await must(segue, ['url', `${title}/video.mp4`, '--store', this.store, '--ttl', '24h', '--base', base]);
        return url.trim().slice(base.length);
    }

    /** The very bytes of a range. */
    slice(title, first, length) {
        const bytes = Buffer.alloc(length);
        const fd = openSync(this.plainFile(title), 'r');
        readSync(fd, bytes, 0, length, first);
        closeSync(fd);
        return bytes;
    }
}

export const randomStart = (fileBytes, rangeBytes) => Math.floor(Math.random() * (fileBytes - rangeBytes + 1));
