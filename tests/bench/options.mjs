// A benchmark's command line: node's parseArgs, and lists and sizes read from its words.

import { parseArgs } from 'node:util';

const UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

export function readSize(text) {
    const [, number, unit] = text.match(/^(\d+)([KMG]?)$/) ?? fail(`'${text}' is no size such as 64K`);
    return Number(number) * UNITS[unit];
}

export function readCount(text, most = 1e6) {
    if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > most) fail(`'${text}' is no number from 1 to ${most}`);
    return Number(text);
}

export function readList(text, read) {
    return text.split(',').map((word) => read(word));
}

export function readWord(known) {
    return (text) => (known.includes(text) ? text : fail(`'${text}' is none of ${known.join(', ')}`));
}

function fail(message) {
    console.error(message);
    process.exit(2);
}

/** The values by name; `--help` and mistakes end the program. `quick` holds other defaults, for --quick. */
export function readOptions(usage, options, quick) {
    try {
        const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' }, quick: { type: 'boolean' } } });
        if (values.help) {
            console.log(usage);
            process.exit(0);
        }
        const defaults = Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));
        return { ...defaults, ...(values.quick ? quick : {}), ...values };
    } catch (error) {
        return fail(`${error.message}\n${usage}`);
    }
}
