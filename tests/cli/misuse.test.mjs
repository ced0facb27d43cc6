// Called wrongly: exit code 2, nothing on standard output, and on standard error what to do instead.
// And --help, which says everything that is not misuse.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { run, scratchDir, segue } from '../harness/programs.mjs';
import { commands, nameOf, optionsIn } from './commands.mjs';

const options = { cwd: scratchDir(), env: { SEGUE_STORE: '' } };
const call = (...args) => run(segue, args, options);

/** Calls it, and wants this message and nothing else. */
async function assertMisused(args, name, message) {
    const { code, stdout, stderr } = await call(...args);
    assert.deepEqual(
        { code, stdout, stderr },
        { code: 2, stdout: '', stderr: `segue ${name}: ${message}\nTry 'segue ${name} --help'.\n` },
    );
}

const valued = (command) => Object.entries(command.options).filter(([, value]) => value !== true);
const flags = (command) => Object.entries(command.options).filter(([, value]) => value === true);

for (const command of commands) {
    const name = nameOf(command);
    describe(`segue ${name}`, { concurrency: true }, () => {
        test('help names every option that is accepted, and no other', async () => {
            for (const help of ['--help', '-h']) {
                const { code, stdout, stderr } = await call(...command.words, help);
                assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
                assert.match(stdout, new RegExp(`^Usage: segue ${command.words[0]} `));
                assert.match(stdout, /\nExample: segue /);
                for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
                const rows = optionsIn(stdout.split('\n').filter((line) => /^ {2}--/.test(line)).join('\n'));
                const siblings = commands.filter(({ words }) => words[0] === command.words[0]);
                const accepted = siblings.flatMap((sibling) => Object.keys(sibling.options));
                assert.deepEqual(rows.sort(), [...new Set([...accepted, 'help'])].sort());
            }
        });

        test('an option that there is not', async () => {
            for (const option of ['--nonsense', '--nonsense=1', '-x', '--jso', '-store'])
                await assertMisused([...command.words, option], name, `there is no option ${option.replace('=1', '')}`);
        });

        test('a value that is missing or empty', async () => {
            for (const [option] of valued(command)) {
                const message = `--${option} needs a value`;
                await assertMisused([...command.words, ...command.wanted, `--${option}`], name, message);
                await assertMisused([...command.words, `--${option}=`, ...command.wanted], name, message);
                await assertMisused([...command.words, `--${option}`, '', ...command.wanted], name, message);
            }
        });

        test('a value for an option that takes none', async () => {
            for (const [option] of flags(command))
                await assertMisused([...command.words, `--${option}=yes`], name, `--${option} takes no value`);
        });

        test('an option given twice', async () => {
            for (const [option, value] of valued(command))
                await assertMisused([...command.words, `--${option}`, value, `--${option}=${value}`], name, `--${option} is given twice`);
            for (const [option] of flags(command))
                await assertMisused([...command.words, `--${option}`, `--${option}`], name, `--${option} is given twice`);
        });

        if (command.most < Infinity) test('an argument too many', async () => {
            const message = command.most === 0 ? "it takes no argument, but got 'extra'"
                : "it takes one argument, but got 'extra' too";
            await assertMisused([...command.words, ...command.wanted, 'extra'], name, message);
            await assertMisused([...command.words, ...command.wanted, '--', 'extra'], name, message);
        });

        if (command.most > 0) test('an empty argument', async () => {
            const { code, stdout, stderr } = await call(...command.words, '');
            assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
            assert.match(stderr, /: an argument is empty: name the /);
        });
    });
}

const TITLE = '1 to 128 of A-Z a-z 0-9 . _ - that begin with a letter or a digit';
const TIME = 'a time such as 90s, 15m, 6h or 7d';
const TTL = 'a time above 0 such as 90s, 15m, 6h or 7d';
const START = 'a time such as 2026-01-31T18:00:00Z, or 15m for in 15 minutes';
const CLIENT = 'an IP address or a prefix such as 192.0.2.0/24 or 2001:db8::/32';
const ALGORITHM = 'ES256, ES384, RS256, PS256, EdDSA or HS256; to encrypt, A128GCM or A256GCM';
const SECONDS = 'seconds from 0.1 to 600';
const TOKEN_NAME = "up to 64 letters, digits, '-', '.', '_' and '~'";
const BASE = 'a scheme, a host and perhaps a port, such as https://media.example:8443';

test('an argument that is missing', async () => {
    await assertMisused(['cut'], 'cut', 'name the file to cut');
    await assertMisused(['cut', '--'], 'cut', 'name the file to cut');
    await assertMisused(['inspect'], 'inspect', 'name the title to inspect');
    await assertMisused(['rm'], 'rm', 'name the titles to remove');
    await assertMisused(['url'], 'url', 'name the file, as TITLE/FILE');
    await assertMisused(['token'], 'token', 'give one of --title, --uri-regex and --uri-hash');
    await assertMisused(['token', '--title=a', '--uri-regex=b'], 'token', 'give one of --title, --uri-regex and --uri-hash');
    await assertMisused(['key'], 'key', "begin with 'segue key new' or 'segue key ls'");
    await assertMisused(['key', 'rm'], 'key', "begin with 'segue key new' or 'segue key ls'");
});

test('a value that is not what is expected', async () => {
    const rows = [
        [['cut', 'f'], 'title', TITLE, ['-a', 'a/b', '..', 'ä', 'a'.repeat(129)]],
        [['cut', 'f'], 'segment', SECONDS, ['0', '-1', '0.09', '600.1', '6s', 'x', 'nan', 'inf']],
        [['gc'], 'grace', TIME, ['x', '-1', '1.5h', '1 h', '4000d', '99999999999999999999']],
        [['key', 'new'], 'alg', ALGORITHM, ['RS512', 'es256', 'none', 'A192GCM', 'a128gcm']],
        [['token'], 'title', TITLE, ['-a', 'a b']],
        [['token'], 'ttl', TTL, ['0', '0h', '-1', 'x', '11y']],
        [['token'], 'not-before', START, ['yesterday', '2026-02-31T00:00:00Z', '2026-01-31', '2026-01-31T18:00:00+01:00']],
        [['token'], 'client-ip', CLIENT, ['localhost', '192.0.2', '192.0.2.0/33', '192.0.2.0/24,192.0.3.0/24', '::%lo']],
        [['url', 'a/b'], 'ttl', TTL, ['0', 'x']],
        [['url', 'a/b'], 'token-name', TOKEN_NAME, ['a=b', 'a b', 'a;b', 'a%62', 'ä', 'x'.repeat(65)]],
        [['url', 'a/b'], 'base', BASE, ['media.example', 'ftp://h', 'https://', 'https:///x', 'https://h/path', 'https://h?q', 'https://a b']],
    ];
    for (const [words, option, expected, values] of rows)
        for (const value of values)
            await assertMisused([...words, `--${option}=${value}`], words[0] === 'key' ? 'key new' : words[0],
                `--${option} takes ${expected}, not '${value}'`);
});

test('an argument that is no title', async () => {
    for (const command of ['inspect', 'verify', 'rm'])
        for (const title of ['../a', '.a', 'a b', 'a'.repeat(129)])
            await assertMisused([command, title], command, `'${title}' is no title: a title is ${TITLE}`);
    await assertMisused(['url', '.a/b'], 'url', `'.a' is no title: a title is ${TITLE}`);
    for (const file of ['a', 'a/', 'a/b/c', '/'])
        await assertMisused(['url', file], 'url', `'${file}' is no TITLE/FILE: write it like bunny/video.mp4`);
});

test('a name that makes no title asks for one', async () => {
    for (const name of ['-', '.mkv', '/films/_x.mkv'])
        await assertMisused(['cut', '--', name], 'cut', `no title can be made of '${name}': name one with --title`);
});

test('a regular expression that is refused says where', async () => {
    await assertMisused(['token', '--uri-hash', 'media.example/v1/a/b'], 'token',
        '--uri-hash: not a URI such as https://media.example/v1/bunny/video.mp4');
    await assertMisused(['token', '--uri-regex', '('], 'token',
        '--uri-regex: the regular expression is refused: a parenthesis is not closed, near character 1');
});

test('no command, another command, an option before it', async () => {
    const bare = await call();
    assert.deepEqual({ code: bare.code, stdout: bare.stdout }, { code: 2, stdout: '' });
    const help = await call('--help');
    assert.deepEqual({ code: help.code, stderr: help.stderr }, { code: 0, stderr: '' });
    assert.equal(help.stdout, bare.stderr);
    for (const { words } of commands) assert.match(help.stdout, new RegExp(`^  ${words[0]} +\\w`, 'm'));
    const other = await call('publish');
    assert.deepEqual(other, {
        code: 2, signal: null, stdout: '', stderr: "segue: there is no command 'publish'\nTry 'segue --help'.\n",
    });
    const early = await call('--store', 'x', 'ls');
    assert.deepEqual(early, {
        code: 2, signal: null, stdout: '', stderr: "segue: name a command before '--store'\nTry 'segue --help'.\n",
    });
});

test('version', async () => {
    for (const option of ['--version', '-V']) {
        const { code, stdout, stderr } = await call(option);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
        assert.match(stdout, /^segue \d+\.\d+\.\d+\n$/);
    }
});
