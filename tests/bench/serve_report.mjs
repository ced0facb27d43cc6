// What serve.sh prints: ratios against the bars, and the figures behind them.

import { barFor, bars, costOf } from './bars.mjs';
import { LABELS } from './contender.mjs';
import { table } from './markdown.mjs';
import { median, spread } from './statistics.mjs';

const PROTOCOLS = { h1: 'HTTP/1.1', h1s: 'HTTP/1.1 TLS', h2: 'HTTP/2 TLS' };

export const sizeName = (bytes) => (bytes >= 1024 ** 2 ? `${bytes / 1024 ** 2} MiB` : `${bytes / 1024} KiB`);

/** ours/peer of each round that both have. */
function ratiosOf(result, peer) {
    const [ours, theirs] = [result.rounds.segued ?? [], result.rounds[peer] ?? []];
    const cost = (figures) => costOf(figures, result.cell.rangeBytes);
    return ours.flatMap((figures, i) => (figures && theirs[i] ? [cost(figures) / cost(theirs[i])] : []));
}

const verdict = (value, bar) => (bar === undefined ? '' : value <= bar ? 'met' : '**not met**');

/** One line for each bar and protocol, over all sizes and connections that it speaks of. */
function barRows(results) {
    const rows = [['segued / peer', 'ranges', 'protocol', 'bar:', 'median:', 'worst case:', 'cases met:', '']];
    for (const { peer, sizes, most } of bars)
        for (const [protocol, bar] of Object.entries(most)) {
            const cases = results
                .filter(({ cell }) => cell.protocol === protocol && sizes.includes(cell.rangeBytes))
                .map((result) => ratiosOf(result, peer))
                .filter((ratios) => ratios.length > 0);
            if (cases.length === 0) continue;
            const medians = cases.map(median);
            const all = median(cases.flat());
            rows.push([LABELS[peer], sizes.map(sizeName).join(', '), PROTOCOLS[protocol], bar.toFixed(2), all.toFixed(2),
                Math.max(...medians).toFixed(2), `${medians.filter((value) => value <= bar).length}/${medians.length}`,
                verdict(all, bar)]);
        }
    return rows;
}

function ratioRows(results, peers) {
    const rows = [['protocol', 'range', 'connections:', ...peers.flatMap((peer) => [`/ ${LABELS[peer]}:`, 'min..max:', 'bar:', ''])]];
    for (const result of results) {
        const { cell } = result;
        const columns = peers.flatMap((peer) => {
            const found = spread(ratiosOf(result, peer));
            const bar = barFor(peer, cell);
            if (found === undefined) return ['', '', '', ''];
            return [found.median.toFixed(2), `${found.min.toFixed(2)}..${found.max.toFixed(2)}`, bar?.toFixed(2) ?? '', verdict(found.median, bar)];
        });
        rows.push([PROTOCOLS[cell.protocol], sizeName(cell.rangeBytes), String(cell.connections), ...columns]);
    }
    return rows;
}

const mib = (bytes) => (bytes / 1024 ** 2).toFixed(0);

function figureRows(results, kinds) {
    const rows = [['protocol', 'range', 'connections:', 'server', 'CPU s/GB:', 'CPU µs/request:', 'GB/s:', 'requests/s:', 'busy:',
        'first byte p50 ms:', 'p99 ms:', 'peak RSS MiB:', 'anonymous MiB:']];
    for (const { cell, rounds } of results)
        for (const kind of kinds) {
            const all = rounds[kind].filter(Boolean);
            if (all.length === 0) continue;
            const of = (key) => median(all.map((figures) => figures[key]));
            rows.push([PROTOCOLS[cell.protocol], sizeName(cell.rangeBytes), String(cell.connections), LABELS[kind],
                of('cpuPerGb').toFixed(3), of('cpuUsPerRequest').toFixed(1), of('gbPerS').toFixed(2), of('requestsPerS').toFixed(0),
                `${(of('busy') * 100).toFixed(0)} %`, of('firstByteP50Ms').toFixed(2), of('firstByteP99Ms').toFixed(2),
                mib(Math.max(...all.map((figures) => figures.peakRss))),
                mib(Math.max(...all.map((figures) => figures.anonymousRss)))]);
        }
    return rows;
}

/**
 * `run` says when, where and how; `results` are {cell, rounds: {kind: [figures of a round, or
 * undefined]}}.
 */
export function serveReport({ run, results, kinds }) {
    const peers = kinds.filter((kind) => kind !== 'segued');
    const isOurs = kinds.includes('segued') && peers.length > 0;
    const parts = [run.map((line) => `- ${line}`).join('\n')];
    if (isOurs) {
        parts.push('### Against the bars', table(barRows(results)),
            '### CPU per GB, per request for 1 KiB: segued / peer, median of the rounds', table(ratioRows(results, peers)));
    }
    parts.push('### Figures: medians of the rounds, memory the most of all', table(figureRows(results, kinds)));
    return parts.join('\n\n');
}
