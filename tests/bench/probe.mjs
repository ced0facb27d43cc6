// Time to first byte, seen by one more client while the load runs; see ttfb.c.

import { must } from '../harness/programs.mjs';
import { ttfb } from './material.mjs';

/** Resolves to milliseconds, one for each request. */
export async function probe({ protocol, port, target, fileBytes, rangeBytes, seconds, everyMs, core, environment }) {
    const text = await must('taskset', ['-c', String(core), ttfb, protocol, String(port), target, String(fileBytes),
        String(rangeBytes), String(seconds), String(everyMs)], { env: environment });
    return text.split('\n').filter(Boolean).map((us) => Number(us) / 1000);
}
