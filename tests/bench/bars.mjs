// What segued is to reach: its CPU per GB divided by the peer's, per request for small ranges.

const KIB = 1024;
const MIB = 1024 * KIB;

const BARS = [
    { peer: 'nginx', sizes: [64 * KIB, MIB], most: { h1: 0.8, h1s: 0.8, h2: 0.75 } },
    { peer: 'nginx', sizes: [4 * MIB], most: { h1: 1.15, h1s: 0.9, h2: 0.8 } },
    { peer: 'h2o', sizes: [64 * KIB, MIB, 4 * MIB], most: { h1: 0.75, h1s: 0.9, h2: 0.9 } },
    { peer: 'h2o', sizes: [KIB], most: { h1: 1.1, h1s: 1.1, h2: 1.1 } },
];

/** At this size a request is all there is to pay for, at others its bytes are. */
export const isPerRequest = (rangeBytes) => rangeBytes <= KIB;

export const costOf = (figures, rangeBytes) =>
    isPerRequest(rangeBytes) ? figures.cpuUsPerRequest : figures.cpuPerGb;

/** {peer, sizes, most} for each, `most` by protocol. */
export const bars = BARS;

/** The highest ratio that will do, or undefined where nothing is asked. */
export function barFor(peer, { protocol, rangeBytes }) {
    return BARS.find((bar) => bar.peer === peer && bar.sizes.includes(rangeBytes))?.most[protocol];
}
