// The servers side by side, each with one worker on one core and no access log: how each is
// configured, started and stopped, and what it has used.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, openSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { must, run, segued } from '../harness/programs.mjs';
import { cpuSecondsOf, familyOf, memoryOf, resetPeak } from './process_usage.mjs';
import { deliveredOn } from './sockets.mjs';

const READY_MS = 10_000;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGTERM')));

async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    return port;
}

const isOpen = (port) =>
    new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.on('connect', () => socket.end(() => resolve(true)));
        socket.on('error', () => resolve(false));
    });

/** After nginx's manual: sendfile with tcp_nopush, open_file_cache, kept connections, larger chunks for HTTP/2. */
const nginxConfiguration = ({ material, ports, dir, aio }) => `
worker_processes 1;
daemon off;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log;
worker_rlimit_nofile 65536;
events { worker_connections 16384; multi_accept on; }
http {
    access_log off;
    types { video/mp4 mp4; }
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    ${aio ? 'aio threads;' : ''}
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    open_file_cache max=1000 inactive=600s;
    open_file_cache_valid 600s;
    http2_max_concurrent_streams 256;
    http2_chunk_size 16k;
    ssl_certificate ${material.certificate};
    ssl_certificate_key ${material.key};
    ssl_protocols TLSv1.3;
    ssl_session_cache shared:tls:10m;
    client_body_temp_path ${dir};
    proxy_temp_path ${dir};
    fastcgi_temp_path ${dir};
    uwsgi_temp_path ${dir};
    scgi_temp_path ${dir};
    server {
        listen 127.0.0.1:${ports.plain} backlog=4096;
        listen 127.0.0.1:${ports.tls} backlog=4096 ssl http2;
        root ${material.www};
    }
}
`;

const h2oConfiguration = ({ material, ports }) => `
num-threads: 1
max-connections: 16384
http2-max-concurrent-requests-per-connection: 256
http2-idle-timeout: 600
listen: {host: 127.0.0.1, port: ${ports.plain}}
listen:
  host: 127.0.0.1
  port: ${ports.tls}
  ssl:
    certificate-file: ${material.certificate}
    key-file: ${material.key}
    minimum-version: TLSv1.3
    ocsp-update-interval: 0
hosts:
  default:
    paths:
      /:
        file.dir: ${material.www}
`;

function commandOf(kind, { material, ports, dir }) {
    const configuration = path.join(dir, 'configuration');
    if (kind.startsWith('nginx')) {
        writeFileSync(configuration, nginxConfiguration({ material, ports, dir, aio: kind === 'nginx-aio' }));
        return ['nginx', '-e', path.join(dir, 'error.log'), '-c', configuration];
    }
    if (kind === 'h2o') {
        writeFileSync(configuration, h2oConfiguration({ material, ports }));
        return ['h2o', '-c', configuration];
    }
    return [segued, '--store', material.store, '--threads', '1', '--admin', 'off', '--access-log', 'off',
        '--cert', material.certificate, '--key', material.key,
        '--listen', `127.0.0.1:${ports.plain}`, '--listen-tls', `127.0.0.1:${ports.tls}`];
}

/** What the table and the pages call them. */
export const LABELS = { segued: 'segued', nginx: 'nginx', 'nginx-aio': 'nginx, aio threads', h2o: 'h2o' };

export async function versionOf(kind) {
    const program = { segued: [segued, '--version'], h2o: ['h2o', '-v'] }[kind] ?? ['nginx', '-v'];
    const { stdout, stderr } = await run(program[0], program.slice(1));
    return (stdout + stderr).split('\n')[0].replace(/^nginx version: /, '').replace(/^(h2o|segued) version/, '$1');
}

export class Contender {
    /** Resolves when it listens. `kind` is a key of LABELS; it runs on `core` alone, and serves `titles`. */
    static async start(kind, material, core, titles) {
        const contender = new Contender();
        const dir = path.join(material.scratch, kind);
        mkdirSync(dir, { recursive: true, mode: 0o777 });
        contender.kind = kind;
        contender.label = LABELS[kind];
        contender.log = path.join(dir, 'output.log');
        contender.ports = { plain: await freePort(), tls: await freePort() };
        contender.targets = {}; // by title
        for (const title of titles)
            contender.targets[title] = kind === 'segued' ? await material.signedTarget(title) : `/${title}.mp4`;
        const command = commandOf(kind, { material, ports: contender.ports, dir });
        const log = openSync(contender.log, 'w');
        contender.child = spawn('taskset', ['-c', String(core), ...command],
            { stdio: ['ignore', 'ignore', log], env: { ...process.env, ...material.environment } });
        contender.exited = once(contender.child, 'exit');
        running.add(contender.child);
        await contender.#ready();
        return contender;
    }

    async #ready() {
        const end = Date.now() + READY_MS;
        while (!((await isOpen(this.ports.plain)) && (await isOpen(this.ports.tls)) && this.#hasWorker())) {
            if (this.child.exitCode !== null || Date.now() > end)
                throw new Error(`${this.label} does not listen:\n${readFileSync(this.log, 'utf8')}`);
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    /** nginx listens before it has its worker. */
    #hasWorker() {
        return !this.kind.startsWith('nginx') || this.pids.length > 1;
    }

    get pids() {
        return familyOf(this.child.pid);
    }

    port(protocol) {
        return protocol === 'h1' ? this.ports.plain : this.ports.tls;
    }

    origin(protocol) {
        return `${protocol === 'h1' ? 'http' : 'https'}://127.0.0.1:${this.port(protocol)}`;
    }

    /** CPU seconds and delivered bytes at this moment. */
    async look(protocol) {
        const delivered = await deliveredOn(this.port(protocol));
        return { delivered, cpuS: cpuSecondsOf(this.pids), atS: performance.now() / 1000 };
    }

    memory() {
        return memoryOf(this.pids);
    }

    resetPeak() {
        resetPeak(this.pids);
    }

    async stop() {
        this.child.kill('SIGTERM');
        await this.exited;
        running.delete(this.child);
    }
}

export async function machine() {
    const cpu = readFileSync('/proc/cpuinfo', 'utf8').match(/^model name\s*: (.*)$/m)?.[1] ?? 'unknown CPU';
    const cores = (await must('nproc', ['--all'])).trim();
    const kernel = (await must('uname', ['-r'])).trim();
    const congestion = readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'latin1').trim();
    const openssl = (await must('openssl', ['version'])).split(' ').slice(0, 2).join(' ');
    const memory = Math.round(Number(readFileSync('/proc/meminfo', 'latin1').match(/MemTotal:\s+(\d+)/)[1]) / 1024 ** 2);
    const [, mtu] = (await must('ip', ['-o', 'link', 'show', 'lo'])).match(/ mtu (\d+) /);
    return `${cpu}, ${cores} cores, ${memory} GiB; Linux ${kernel}, TCP ${congestion}, loopback with an MTU of ${mtu}; ${openssl}`;
}
