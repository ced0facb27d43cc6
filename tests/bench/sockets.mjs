// What a server's connections have delivered, from the kernel by `ss`: the sender's count has nothing
// in it that still waits in a buffer or was sent twice, and needs no word from any client.

import { must } from '../harness/programs.mjs';

/** The connections that a listening port has: a Map of the client's address to bytes delivered. */
export async function deliveredOn(port) {
    const text = await must('ss', ['-tinOH', 'state', 'established', `sport = :${port}`]);
    const delivered = new Map();
    for (const line of text.split('\n').filter(Boolean)) {
        const peer = line.trim().split(/\s+/)[3];
        delivered.set(peer, Number(line.match(/\bbytes_acked:(\d+)/)?.[1] ?? 0));
    }
    return delivered;
}

/** What was delivered between two looks, on the connections that both saw. */
export function bytesBetween(before, after) {
    let bytes = 0;
    for (const [peer, count] of after) if (before.has(peer)) bytes += count - before.get(peer);
    return bytes;
}
