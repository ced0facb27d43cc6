// Medians and spreads, of which an empty list has none: undefined; and the order of rounds.

const ascending = (values) => [...values].sort((a, b) => a - b);

/** The value below which `share` of the sorted values lie, between neighbours as they lie. */
export function quantile(values, share) {
    if (values.length === 0) return undefined;
    const sorted = ascending(values);
    const at = (sorted.length - 1) * share;
    const below = Math.floor(at);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

export const median = (values) => quantile(values, 0.5);

/** {median, min, max, count} */
export function spread(values) {
    if (values.length === 0) return undefined;
    return { median: median(values), min: Math.min(...values), max: Math.max(...values), count: values.length };
}

/** The list begun at another place, so that nobody is always the first. */
export const rotated = (list, by) => list.map((_, i) => list[(i + by) % list.length]);
