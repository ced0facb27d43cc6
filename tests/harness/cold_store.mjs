// A server whose store is on a slow disk: every window of every object is cold, bringing it in takes a
// given time, and what was brought in is counted. See tests/fixtures/cold_store.c.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { buildDir } from './programs.mjs';
import { Server } from './server.mjs';

export class ColdServer {
    static async start(store, args, delayMs) {
        const cold = new ColdServer();
        cold.log = path.join(store.scratch, `cold-${delayMs}.log`);
        cold.server = await Server.start(store, args, {
            LD_PRELOAD: path.join(buildDir, 'tests/cold_store.so'),
            COLD_STORE_LOG: cold.log,
            COLD_STORE_MS: String(delayMs),
            // A sanitizer's runtime wants to be first, but has nothing to do in what is preloaded.
            ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:verify_asan_link_order=0`,
        });
        return cold;
    }

    /** {calls, bytes} that were asked of the disk until now. */
    asked() {
        const lines = existsSync(this.log) ? readFileSync(this.log, 'utf8').split('\n').slice(0, -1) : [];
        return { calls: lines.length, bytes: lines.reduce((sum, line) => sum + Number(line), 0) };
    }
}
