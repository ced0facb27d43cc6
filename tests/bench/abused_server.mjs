// segued on a core of its own, with its metrics, while others do their worst to it.

import http from 'node:http';

import { segued } from '../harness/programs.mjs';
import { MeasuredServer, portOf } from './measured_server.mjs';
import { cpuSecondsOf } from './process_usage.mjs';

const SERVER_CORE = '0';

/** Before other programs on its core, when it may: they are not what is measured. */
const PRIORITY = process.getuid() === 0 ? '-20' : '0';

const SAMPLE_MS = 20;

export class AbusedServer {
    static async start(material, args = []) {
        const abused = new AbusedServer();
        abused.server = await MeasuredServer.start('taskset',
            ['-c', SERVER_CORE, 'nice', '-n', PRIORITY, segued, '--store', material.store, '--threads', '1', '--access-log', 'off',
                '--cert', material.certificate, '--key', material.key, '--admin', '127.0.0.1:0',
                '--listen', '127.0.0.1:0', '--listen-tls', '127.0.0.1:0', ...args],
            (log) => log.includes('segued: ready\n'));
        abused.ports = { plain: portOf(abused.server, 'http'), tls: portOf(abused.server, 'https') };
        abused.adminPort = Number(abused.server.log.match(/admin on http:\/\/127\.0\.0\.1:(\d+)/)[1]);
        return abused;
    }

    cpuS() {
        return cpuSecondsOf([this.server.child.pid]);
    }

    anonymousKib() {
        return this.server.memory().RssAnon;
    }

    /** What `work` resolves to, and by how many KiB the server's own memory grew at most meanwhile. */
    async growth(work) {
        const before = this.anonymousKib();
        let most = before;
        const sample = () => (most = Math.max(most, this.anonymousKib()));
        const timer = setInterval(sample, SAMPLE_MS);
        const result = await work().finally(() => clearInterval(timer));
        sample();
        return { result, grownKib: most - before };
    }

    async metrics() {
        return new Promise((resolve, reject) => {
            http.get({ port: this.adminPort, path: '/metrics', agent: false }, (response) => {
                let text = '';
                response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
            }).on('error', reject);
        });
    }

    /** A metric of many by the limits' names. */
    async byLimit(name) {
        const lines = [...(await this.metrics()).matchAll(new RegExp(`^${name}\\{limit="([^"]+)"\\} (\\d+)$`, 'gm'))];
        return Object.fromEntries(lines.map(([, limit, count]) => [limit, Number(count)]));
    }

    stop() {
        return this.server.stop();
    }
}
