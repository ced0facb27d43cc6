// Tables in Markdown, and their place in a page.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** rows: arrays of strings, the first one the heads; columns whose heads end with ':' stand right. */
export function table([heads, ...rows]) {
    const isRight = heads.map((head) => head.endsWith(':'));
    const all = [heads.map((head) => head.replace(/:$/, '')), ...rows];
    const widths = heads.map((_, i) => Math.max(3, ...all.map((row) => row[i].length)));
    const line = (row) => `| ${row.map((cell, i) => (isRight[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
    const rule = `|${widths.map((width, i) => (isRight[i] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
    const [first, ...others] = all.map(line);
    return [first, rule, ...others].join('\n');
}

/**
 * Puts `text` between the marks `<!-- NAME: begin -->` and `<!-- NAME: end -->` of a page; a page that
 * is not there yet has nothing else.
 */
export function putInPage(file, name, text) {
    const begin = `<!-- ${name}: begin -->`;
    const end = `<!-- ${name}: end -->`;
    const page = existsSync(file) ? readFileSync(file, 'utf8') : `${begin}\n${end}\n`;
    const from = page.indexOf(begin);
    const to = page.indexOf(end);
    if (from < 0 || to < from) throw new Error(`${file} has no place for the table: ${begin} … ${end}`);
    writeFileSync(file, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
}
