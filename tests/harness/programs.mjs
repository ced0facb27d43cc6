// The programs under test, and a place on disk for each test file.
//
// CTest names the build in SEGUE_BUILD; by hand it is the dev preset's.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const sourceDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const buildDir = process.env.SEGUE_BUILD ?? path.join(sourceDir, 'build/dev');

export const segue = path.join(buildDir, 'segue');
export const segued = path.join(buildDir, 'segued');
export const makeTitle = path.join(buildDir, 'tests/make_title');
export const peakMemory = path.join(buildDir, 'tests/peak_memory');

/** Whether these are sanitizer builds: they are slower and need more memory. */
export const isSanitized = process.env.SEGUE_SANITIZED === '1';

const SKIP_CODE = 77; // CTest's SKIP_RETURN_CODE, see tests/CMakeLists.txt

/** Ends the whole file as skipped, and says so where nobody can miss it. */
export function skipFile(reason) {
    console.log(`\n*** SKIPPED: ${path.basename(process.argv[1])}: ${reason} ***\n`);
    process.exit(SKIP_CODE);
}

/** A fresh directory that goes when the process ends. */
export function scratchDir() {
    const dir = mkdtempSync(path.join(tmpdir(), 'segue-test-'));
    process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
    return dir;
}

/**
 * Runs a program to its end. Never rejects for what it does: returns
 * {code, signal, stdout, stderr}, with stdout a Buffer when `binary`.
 */
export function run(program, args, { env = {}, binary = false, onSpawn, ...options } = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            stdio: ['ignore', 'pipe', 'pipe'],
            env: { ...process.env, ...env },
            ...options,
        });
        const out = [];
        const err = [];
        child.stdout.on('data', (chunk) => out.push(chunk));
        child.stderr.on('data', (chunk) => err.push(chunk));
        child.on('error', reject);
        child.on('close', (code, signal) => {
            const stdout = Buffer.concat(out);
            resolve({
                code,
                signal,
                stdout: binary ? stdout : stdout.toString(),
                stderr: Buffer.concat(err).toString(),
            });
        });
        onSpawn?.(child);
    });
}

/** Runs a program that must succeed, and returns what it wrote to standard output. */
export async function must(program, args, options) {
    const result = await run(program, args, options);
    if (result.code !== 0)
        throw new Error(`${program} ${args.join(' ')}: ${result.code ?? result.signal}\n${result.stderr}`);
    return result.stdout;
}

const PERIOD = 251; // a prime, so that no shift by an object's length looks right

/** The bytes of a fixture: byte i is (i + seed) mod 251. */
export function patternBytes(length, seed = 0) {
    const period = Buffer.from(Array.from({ length: PERIOD }, (_, i) => (i + seed) % PERIOD));
    return Buffer.alloc(length, period);
}
