// Many HTTP/2 connections that have asked once and then say nothing.

import { writeFileSync, existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { connect, FRAME, frame, get, PREFACE, repeated, settings } from '../harness/hpack.mjs';
import { MeasuredServer } from './measured_server.mjs';

const AT_ONCE = 50;
const DATA = 0;
const END_STREAM = 1;
const ACK = 1;
const FIRST_KIB = repeated('range', 'bytes=0-1023', 1);

/** One request, and the connection once it is answered. */
async function ask(port, file) {
    const socket = await connect(port);
    let input = Buffer.alloc(0);
    return new Promise((resolve, reject) => {
        const refuse = () => reject(new Error('the server closed a connection'));
        socket.on('close', refuse);
        socket.on('error', reject);
        socket.on('data', (chunk) => {
            input = Buffer.concat([input, chunk]);
            while (input.length >= 9 && input.length >= 9 + input.readUIntBE(0, 3)) {
                const [type, flags] = [input[3], input[4]];
                input = input.subarray(9 + input.readUIntBE(0, 3));
                if (type === FRAME.SETTINGS && (flags & ACK) === 0)
                    socket.write(frame(FRAME.SETTINGS, ACK, 0));
                if (type !== DATA || (flags & END_STREAM) === 0) continue;
                socket.off('close', refuse);
                resolve(socket);
            }
        });
        socket.write(Buffer.concat([PREFACE, settings(), get(1, file, FIRST_KIB)]));
    });
}

/** `count` connections to a server; each has read a KiB of `file`. */
export async function openIdle(port, count, file) {
    const sockets = [];
    let begun = 0;
    const open = async () => {
        while (begun++ < count) sockets.push(await ask(port, file));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, open));
    return sockets;
}

/** Bytes of kernel memory that all sockets and their files take: slabs and buffers. */
export function kernelBytes() {
    const slab = /^Slab:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))[1];
    const pages = /^TCP:.* mem (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))[1];
    return Number(slab) * 1024 + Number(pages) * 4096;
}

async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}

async function waitForPort(port) {
    const end = Date.now() + 10_000;
    for (;;) {
        const isOpen = await new Promise((resolve) => {
            const socket = net.connect(port, '127.0.0.1', () => resolve(true));
            socket.on('error', () => resolve(false));
            socket.on('connect', () => socket.destroy());
        });
        if (isOpen) return;
        if (Date.now() > end) throw new Error(`nobody listens on port ${port}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

const nginxConf = (dir, port) => `daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log stderr;
events { worker_connections 12000; }
http {
    access_log off;
    keepalive_timeout 600s;
    server {
        listen 127.0.0.1:${port} ssl http2;
        ssl_certificate ${dir}/cert.pem;
        ssl_certificate_key ${dir}/key.pem;
        root ${dir};
    }
}
`;

const h2oConf = (dir, port) => `num-threads: 2
max-connections: 20000
http2-idle-timeout: 600
pid-file: ${dir}/h2o.pid
${process.getuid() === 0 ? 'user: root' : ''}
listen:
  host: 127.0.0.1
  port: ${port}
  ssl: { certificate-file: ${dir}/cert.pem, key-file: ${dir}/key.pem }
hosts:
  default:
    paths: { /: { file.dir: ${dir} } }
`;

const peers = {
    nginx: { programs: ['/usr/sbin/nginx', '/usr/bin/nginx'], conf: nginxConf, args: (file) => ['-c', file] },
    h2o: { programs: ['/usr/bin/h2o'], conf: h2oConf, args: (file) => ['-m', 'worker', '-c', file] },
};

/** {server, port} of nginx or h2o serving `dir`, which holds cert.pem and key.pem; undefined where
 * it is not installed. */
export async function startPeer(name, dir) {
    const { programs, conf, args } = peers[name];
    const program = programs.find(existsSync);
    if (program === undefined) return undefined;
    const port = await freePort();
    const file = path.join(dir, `${name}.conf`);
    writeFileSync(file, conf(dir, port));
    const server = await MeasuredServer.start(program, args(file), undefined);
    await waitForPort(port);
    return { server, port };
}
