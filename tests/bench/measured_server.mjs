// A server that is measured: started, watched through /proc, and ended by its own pid.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const READY_MS = 30_000;
const TICKS_PER_S = 100; // USER_HZ, the unit of /proc/PID/stat on every Linux

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class MeasuredServer {
    /** Resolves when `isReady(log)` says so, and `readyMs` is how long that took; without it at
     * once. */
    static async start(program, args, isReady) {
        const server = new MeasuredServer();
        const began = performance.now();
        let log = '';
        server.child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
        server.exited = once(server.child, 'close');
        running.add(server.child);
        if (isReady === undefined) {
            server.child.stderr.resume();
            return server;
        }
        await new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`${program} is not ready:\n${log}`)), READY_MS);
            server.child.on('error', reject);
            server.child.on('exit', () => reject(new Error(`${program} ended:\n${log}`)));
            server.child.stderr.on('data', (text) => {
                if (server.readyMs !== undefined) return; // the access log
                log += text;
                if (!isReady(log)) return;
                server.readyMs = performance.now() - began;
                clearTimeout(timer);
                resolve();
            });
        });
        server.log = log;
        return server;
    }

    /** CPU seconds used so far. */
    cpuSeconds() {
        const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
    }

    /** KiB by the names of /proc/PID/status: VmRSS, VmHWM, RssAnon, RssFile, ... */
    memory() {
        const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
        return Object.fromEntries(
            [...status.matchAll(/^(\w+):\s+(\d+) kB$/gm)].map(([, name, kib]) => [name, Number(kib)]));
    }

    async stop() {
        this.child.removeAllListeners('exit');
        this.child.kill('SIGTERM');
        await this.exited;
        running.delete(this.child);
    }
}

export const startSegued = (program, store, args = []) =>
    MeasuredServer.start(
        program,
        ['--store', store, '--listen', '127.0.0.1:0', '--admin', 'off', ...args],
        (log) => log.includes('segued: ready\n'));

/** The port of a listener that its log names, 'http' or 'https'. */
export const portOf = (server, scheme) =>
    Number(server.log.match(new RegExp(`listening on ${scheme}://127\\.0\\.0\\.1:(\\d+)`))[1]);
