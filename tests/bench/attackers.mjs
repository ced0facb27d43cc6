// The attackers, in a process of their own:
//
//     attackers.mjs NAME PORT PATH CONNECTIONS SECONDS|once
//
// Each connection attacks until it is closed, and comes back a second later; with `once` it does not.
// Prints {used, closed, refused, open}: connections made, those that the server closed, those it did not
// take, and of each that was open in the end {seconds, frames}: for how long, and what it had sent.

import { setTimeout as sleep } from 'node:timers/promises';

import { attack, attacks } from '../harness/h2_attack.mjs';

const BACK_AFTER_MS = 1000;
const ONCE_LIMIT_MS = 30_000;
const SHORTEST_MS = 500; // an attack that would be cut short by the end does not begin

const [name, port, path, connections, seconds] = process.argv.slice(2);
const isOnce = seconds === 'once';
const end = Date.now() + (isOnce ? ONCE_LIMIT_MS : Number(seconds) * 1000);
const counts = { used: 0, closed: 0, refused: 0, open: [] };

async function keepAttacking() {
    while (Date.now() + SHORTEST_MS < end) {
        try {
            counts.used++;
            const what = { port: Number(port), isTls: true, ...attacks(path)[name], limitMs: end - Date.now() };
            const { isClosed, seconds: took, frames } = await attack(what);
            if (isClosed) counts.closed++;
            else counts.open.push({ seconds: took, frames });
        } catch {
            counts.refused++;
        }
        if (isOnce) return;
        await sleep(Math.min(BACK_AFTER_MS, Math.max(0, end - Date.now())));
    }
}

await Promise.all(Array.from({ length: Number(connections) }, keepAttacking));
console.log(JSON.stringify(counts));
process.exit(0); // timers of attacks that are over
