// Random choices that can be made again: the seed is printed, and SEGUE_SEED sets it.

export class Random {
    constructor(seed = Number(process.env.SEGUE_SEED ?? Math.floor(Math.random() * 2 ** 31))) {
        this.state = seed >>> 0;
        console.log(`random seed ${seed} (SEGUE_SEED=${seed} repeats it)`);
    }

    /** From 0 up to, but not including, `end`: mulberry32. */
    below(end) {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let mixed = this.state;
        mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
    }
}
