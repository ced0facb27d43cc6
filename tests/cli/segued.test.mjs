// `segued` called wrongly, or started where it cannot serve: a message that says what to do, nothing
// on standard output, exit code 2 or 1.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { before, describe, test } from 'node:test';

import { must, run, segue, segued } from '../harness/programs.mjs';
import { Server } from '../harness/server.mjs';
import { newStore } from './clip.mjs';
import { optionsIn } from './commands.mjs';

const store = newStore();
const inScratch = (name) => path.join(store.scratch, name);

before(() => store.newKey());

/** Runs what must end by itself; whatever serves instead is ended, and its code is a signal. */
const call = (...args) =>
    run(segued, args, { cwd: store.scratch, env: { SEGUE_STORE: store.path }, timeout: 20_000, killSignal: 'SIGKILL' });

async function assertMisused(args, message) {
    const { code, stdout, stderr } = await call(...args);
    assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: '', stderr: `segued: ${message}\nTry 'segued --help'.\n` });
}

/** With listeners on free ports, so that only what is meant can fail. */
async function assertFails(args, message) {
    const free = args.some((arg) => arg.startsWith('--listen')) ? [] : ['--listen=127.0.0.1:0'];
    const admin = args.some((arg) => arg.startsWith('--admin')) ? [] : ['--admin=off'];
    const { code, stdout, stderr } = await call(...free, ...admin, ...args);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' }, stderr);
    const last = stderr.trimEnd().split('\n').at(-1);
    if (message instanceof RegExp) assert.match(last, message);
    else assert.equal(last, `segued: ${message}`);
}

const valued = {
    store: 's', keys: 'f', issuer: 'me', audience: 'us', listen: '127.0.0.1:0', 'listen-tls': '127.0.0.1:0', cert: 'c',
    key: 'k', admin: 'off', 'access-log': 'off', threads: '1', 'shutdown-timeout': '1', limit: 'idle-timeout=1',
    'browser-max-age': '1', 'cdn-max-age': '1', 'index-memory': '1', 'cors-origin': 'https://a.example',
    'token-name': 'n',
};
const flags = ['public', 'help', 'version'];

describe('options', () => {
    test('help names each of them', async () => {
        const { code, stdout, stderr } = await call('--help');
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
        assert.match(stdout, /^Usage: segued /);
        const rows = optionsIn(stdout.split('\n').filter((line) => /^ {2}--/.test(line)).join('\n'));
        assert.deepEqual(rows.sort(), [...Object.keys(valued), ...flags].sort());
        for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    });

    test('version', async () => {
        const { code, stdout, stderr } = await call('--version');
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
        assert.equal(stdout.replace('segued', 'segue'), await must(segue, ['--version']));
    });

    test('one that there is not, an argument', async () => {
        await assertMisused(['--nonsense'], 'there is no option --nonsense');
        await assertMisused(['-x'], 'there is no option -x');
        await assertMisused(['serve'], "it takes no argument, but got 'serve'");
    });

    test('a value that is missing or empty, or not wanted', async () => {
        for (const option of Object.keys(valued)) {
            await assertMisused([`--${option}`], `--${option} needs a value`);
            await assertMisused([`--${option}=`], `--${option} needs a value`);
            await assertMisused([`--${option}`, ''], `--${option} needs a value`);
        }
        for (const flag of flags) await assertMisused([`--${flag}=1`], `--${flag} takes no value`);
    });

    test('a value that is not what is expected', async () => {
        for (const option of ['listen', 'listen-tls'])
            for (const value of ['8080', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '[::1:80', 'h:http'])
                await assertMisused([`--${option}=${value}`],
                    `--${option} takes ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, not '${value}'`);
        await assertMisused(['--admin=on'], "--admin takes 'off' or ADDRESS:PORT such as 127.0.0.1:9090, not 'on'");
        for (const value of ['yes', 'ON', '1'])
            await assertMisused([`--access-log=${value}`], `--access-log takes 'on' or 'off', not '${value}'`);
        for (const value of ['a=b', 'a b', 'a;b', 'a%62', 'ä', 'x'.repeat(65)])
            await assertMisused([`--token-name=${value}`], `--token-name takes up to 64 letters, digits, '-', '.', '_' and '~', not '${value}'`);
        for (const value of ['0', '257', '-1', '2x', 'all', '99999999999999999999'])
            await assertMisused([`--threads=${value}`], `--threads takes a number from 1 to 256, not '${value}'`);
        for (const value of ['-1', '5s', '86401'])
            await assertMisused([`--shutdown-timeout=${value}`], `--shutdown-timeout takes a number from 0 to 86400, not '${value}'`);
        await assertMisused(['--cert=c'], 'give --cert and --key together');
        await assertMisused(['--key=k'], 'give --cert and --key together');
    });
});

describe('what it serves', () => {
    test('no store', async () => {
        await assertFails(['--store', 'none'], "store none: there is none: 'segue cut' makes one, and --store or SEGUE_STORE names another");
    });

    test('no keys: they have to be made, or doing without to be said', async () => {
        const file = inScratch('none.json');
        const message = `no keys in ${file} to check tokens with: make one with 'segue key new --keys ${file}', or serve to everyone with --public`;
        await assertFails(['--keys', file], message);
        writeFileSync(file, '{"keys":[]}', { mode: 0o600 });
        await assertFails(['--keys', file], message);
    });

    test('a key file that is none', async () => {
        writeFileSync(inScratch('bad.json'), '{"keys":[{}]}', { mode: 0o600 });
        await assertFails(['--keys', 'bad.json'], 'key file bad.json: key 0 (no kid): "kty" is missing');
    });
});

describe('where it listens', () => {
    test('a port that is in use', async () => {
        const server = await Server.start(store);
        const { plain, admin } = server.ports;
        const inUse = (port) =>
            `cannot listen on 127.0.0.1 port ${port}: another program listens there already: end it, or choose another port`;
        try {
            await assertFails([`--listen=127.0.0.1:${plain}`], inUse(plain));
            await assertFails([`--listen-tls=127.0.0.1:${plain}`], inUse(plain));
            await assertFails([`--admin=127.0.0.1:${admin}`], inUse(admin));
        } finally {
            await server.stop();
        }
        const other = net.createServer().listen(0, '127.0.0.1');
        await new Promise((resolve) => other.once('listening', resolve));
        const { port } = other.address();
        await assertFails([`--listen=127.0.0.1:${port}`], inUse(port));
        other.close();
    });

    test('an address that is not of this machine, a name that is nobody’s', async () => {
        await assertFails(['--listen=192.0.2.1:8080'], 'cannot listen on 192.0.2.1 port 8080: Cannot assign requested address');
        await assertFails(['--listen=nobody.invalid:8080'], /^segued: cannot listen on 'nobody\.invalid': ./);
    });
});

describe('certificate and key', () => {
    const tls = (cert, key) => ['--listen-tls=127.0.0.1:0', '--cert', cert, '--key', key];
    const make = (name, ...type) => must('openssl', ['req', '-x509', '-newkey', ...type, '-nodes', '-subj', '/CN=localhost',
        '-days', '1', '-keyout', inScratch(`${name}.key`), '-out', inScratch(`${name}.pem`)]);

    before(async () => {
        const ec = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
        await Promise.all([make('one', ...ec), make('two', ...ec), make('rsa', 'rsa:2048')]);
        await must('openssl', ['ec', '-in', inScratch('one.key'), '-aes128', '-passout', 'pass:word', '-out', inScratch('locked.key')]);
    });

    test('that serve', async () => {
        const server = await Server.start(store, ['--cert', inScratch('rsa.pem'), '--key', inScratch('rsa.key')]);
        assert.ok(!server.log.includes('WARNING'));
        await server.stop();
    });

    test('that are not there', async () => {
        await assertFails(tls('none', 'one.key'), '--cert none: No such file or directory');
        await assertFails(tls('one.pem', 'none'), '--key none: No such file or directory');
    });

    test('that are something else', async () => {
        await assertFails(tls('one.key', 'one.key'), '--cert one.key: it is no certificate chain in PEM (no start line)');
        await assertFails(tls('one.pem', 'one.pem'), /^segued: --key one\.pem: it is no private key in PEM without a passphrase \(.+\)$/);
        await assertFails(tls('one.pem', 'locked.key'), /^segued: --key locked\.key: it is no private key in PEM without a passphrase \(.+\)$/);
    });

    test('that do not belong together', async () => {
        for (const key of ['two.key', 'rsa.key'])
            await assertFails(tls('one.pem', key), `--key ${key}: it is not the key of the certificate in one.pem`);
    });
});
