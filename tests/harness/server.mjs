// A running `segued` on free ports of the loopback, with its log.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';

import { segued } from './programs.mjs';

const READY_MS = 20_000;

export class Server {
    /** Resolves when it listens. `args` are added to the command line, `env` to the environment. */
    static async start(store, args = [], env = {}) {
        const server = new Server(store, args, env);
        await server.#ready();
        return server;
    }

    constructor(store, args, env) {
        this.log = '';
        this.markers = 0;
        this.child = spawn(
            segued,
            ['--store', store.path, '--listen', '127.0.0.1:0', '--listen-tls', '127.0.0.1:0',
                '--admin', '127.0.0.1:0', ...args],
            { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } },
        );
        this.child.stderr.setEncoding('utf8');
        this.child.stderr.on('data', (text) => (this.log += text));
        this.exited = once(this.child, 'close');
        process.on('exit', () => this.child.kill('SIGKILL'));
    }

    async #ready() {
        await this.waitForLog('segued: ready', READY_MS);
        const port = (pattern) => Number(this.log.match(pattern)[1]);
        this.ports = {
            plain: port(/listening on http:\/\/127\.0\.0\.1:(\d+)/),
            tls: port(/listening on https:\/\/127\.0\.0\.1:(\d+)/),
            admin: port(/admin on http:\/\/127\.0\.0\.1:(\d+)/),
        };
    }

    /** Waits until the log holds `needle`, a string or a pattern. */
    async waitForLog(needle, limitMs = 10_000) {
        const end = Date.now() + limitMs;
        const isThere = () =>
            typeof needle === 'string' ? this.log.includes(needle) : needle.test(this.log);
        while (!isThere()) {
            if (this.child.exitCode !== null || Date.now() > end)
                throw new Error(`segued never said ${needle}; its log:\n${this.log}`);
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
    }

    /** The log, when it holds a line for whatever was answered before: it is written in order. */
    async wholeLog() {
        const path = `/marker-${this.markers++}`;
        await new Promise((resolve, reject) => {
            const request = { port: this.ports.plain, path, agent: false };
            http.get(request, (response) => response.resume().on('end', resolve)).on('error', reject);
        });
        await this.waitForLog(` path=${path} `);
        return this.log;
    }

    signal(name) {
        this.child.kill(name);
    }

    /** Its exit code, after everything it wrote has been read. */
    async exitCode() {
        const [code, signal] = await this.exited;
        return code ?? signal;
    }

    /** Ends it as an operator would. A sanitizer that found anything makes the code another. */
    async stop() {
        this.signal('SIGTERM');
        const code = await this.exitCode();
        const report = this.log.search(/(WARNING|ERROR): \w+Sanitizer|runtime error:/);
        const said = report < 0 ? this.log.slice(-4000) : this.log.slice(report, report + 8000);
        assert.equal(code, 0, `segued ended with ${code}; its log:\n${said}`);
    }
}
