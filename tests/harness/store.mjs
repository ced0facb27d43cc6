// A store on disk: what the command line does with it, and what lies in it.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { makeTitle, must, run, segue } from './programs.mjs';

export class Store {
    constructor(scratch, name = 'store') {
        this.path = path.join(scratch, name);
        this.scratch = scratch;
    }

    /** Runs `segue COMMAND ...` on this store; see run(). */
    segue(command, args = [], options = {}) {
        return run(segue, [command, '--store', this.path, ...args], options);
    }

    /** The same for what must succeed; returns standard output. */
    async mustSegue(command, args = [], options = {}) {
        return must(segue, [command, '--store', this.path, ...args], options);
    }

    cut(input, title, args = []) {
        return this.segue('cut', ['--title', title, ...args, input]);
    }

    async inspect(title) {
        return JSON.parse(await this.mustSegue('inspect', [title, '--json']));
    }

    async titles() {
        return JSON.parse(await this.mustSegue('ls', ['--json'])).map((title) => title.title);
    }

    async assertVerified(...titles) {
        const { code, stdout, stderr } = await this.segue('verify', titles);
        assert.equal(code, 0, `verify ${titles}: ${stdout}${stderr}`);
    }

    /** Makes an ES256 key and returns it, private part and all, as it stands in the file. */
    async newKey(alg = 'ES256') {
        mkdirSync(this.scratch, { recursive: true });
        const kid = (await must(segue, ['key', 'new', '--alg', alg, '--store', this.path])).trim();
        return this.keys().find((key) => key.kid === kid);
    }

    keys() {
        return JSON.parse(readFileSync(path.join(this.path, 'keys.json'), 'utf8')).keys;
    }

    /**
     * files: {name: {bytes, type, cuts, repeatedTo, sparseTo}}; `cuts` are the offsets at which a new
     * object begins, `repeatedTo` the length of a file that is one object again and again, `sparseTo`
     * that of a file that is one object, which the caller has to make so long.
     */
    async publish(title, files, { publishedS = '-' } = {}) {
        const args = [this.path, title, String(publishedS)];
        for (const [name, { bytes, type = 'video/mp4', ...layout }] of Object.entries(files)) {
            const file = path.join(this.scratch, `${title}-${name}`);
            writeFileSync(file, bytes);
            args.push(file, name, type, layoutText(layout));
        }
        await must(makeTitle, args);
    }

    /** The path of the object that holds exactly these bytes. */
    objectFileOf(bytes) {
        const files = walk(path.join(this.path, 'objects'));
        return files.find((file) => statSync(file).size === bytes.length && readFileSync(file).equals(bytes));
    }

    /** Every regular file of the store that is an object, by its name. */
    objectNames() {
        return walk(path.join(this.path, 'objects')).map((file) => path.basename(file));
    }

    /** What lies in staging/, which is nothing while no cut is under way. */
    stagingRest() {
        return walk(path.join(this.path, 'staging'), true);
    }

    /** Every file and directory, by its path in the store. */
    layout() {
        return walk(this.path, true).map((file) => path.relative(this.path, file));
    }
}

/** What make_title takes for CUTS. */
function layoutText({ cuts = [], repeatedTo, sparseTo }) {
    if (repeatedTo) return `x${repeatedTo}`;
    if (sparseTo) return `=${sparseTo}`;
    return cuts.join(',') || '-';
}

function walk(dir, withDirs = false) {
    if (!existsSync(dir)) return [];
    const found = [];
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
        const full = path.join(dir, entry.name);
        if (entry.isDirectory()) found.push(...(withDirs ? [full] : []), ...walk(full, withDirs));
        else found.push(full);
    }
    return found;
}
