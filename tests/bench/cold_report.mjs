// What cold.sh prints.

import { LABELS } from './contender.mjs';
import { table } from './markdown.mjs';
import { CAT } from './sequential.mjs';
import { median, spread } from './statistics.mjs';

/** p99 of the hot clients beside cold neighbours by the same beside warm ones, at most. */
const HOT_BAR = 1.5;

/** Speed of sequential reading by that of `cat`, at least. */
const SEQUENTIAL_BAR = 0.9;

const label = (kind) => LABELS[kind] ?? kind;

const verdict = (isMet) => (isMet ? 'met' : '**not met**');

const shown = ({ median: value, min, max }) => `${value.toFixed(2)} (${min.toFixed(2)}..${max.toFixed(2)})`;

function hotRows(neighbours) {
    const rows = [['server', 'alone p50 ms:', 'p99:', 'neighbours warm p50:', 'p99:', 'cold p50:', 'p99:',
        'cold / warm p99 (min..max):', 'cold / alone:', `bar ${HOT_BAR.toFixed(2)}`, 'neighbours cold MB/s:', 'of it from disk:']];
    for (const [kind, rounds] of Object.entries(neighbours)) {
        const of = (read) => median(rounds.map(read));
        const toWarm = spread(rounds.map(({ cold, warm }) => cold.p99Ms / warm.p99Ms));
        const figures = ['alone', 'warm', 'cold'].flatMap((state) =>
            [of((round) => round[state].p50Ms).toFixed(2), of((round) => round[state].p99Ms).toFixed(2)]);
        rows.push([label(kind), ...figures, shown(toWarm), of(({ cold, alone }) => cold.p99Ms / alone.p99Ms).toFixed(2),
            verdict(toWarm.median <= HOT_BAR), of(({ cold }) => cold.neighbourBytes / cold.tookS / 1e6).toFixed(0),
            `${of(({ cold }) => (100 * cold.diskBytes) / cold.neighbourBytes).toFixed(0)} %`]);
    }
    return rows;
}

function sequentialRows(sequential, bytes) {
    const rows = [['cold, from begin to end', 'MB/s:', 'by cat (min..max):', `bar ${SEQUENTIAL_BAR.toFixed(2)}`]];
    for (const [kind, seconds] of Object.entries(sequential)) {
        const ratio = spread(seconds.map((s, i) => sequential[CAT][i] / s));
        rows.push([label(kind), (bytes / 1e6 / median(seconds)).toFixed(0), kind === CAT ? '' : shown(ratio),
            kind === CAT ? '' : verdict(ratio.median >= SEQUENTIAL_BAR)]);
    }
    return rows;
}

/** neighbours: {kind: [measureNeighbours of a round]}; sequential: {kind or CAT: [seconds]}. */
export function coldReport({ run, neighbours, sequential, filmBytes }) {
    return [
        run.map((line) => `- ${line}`).join('\n'),
        '### Time to first byte of a hot title beside cold ones: medians of the rounds',
        table(hotRows(neighbours)),
        '### A cold title, from its begin to its end',
        table(sequentialRows(sequential, filmBytes)),
    ].join('\n\n');
}
