// Random choices that can be made again: the seed is printed, and SEGUE_SEED sets it.

export class Random {
    constructor(seed = Number(process.env.SEGUE_SEED ?? Math.floor(Math.random() * 2 ** 31)), isFork = false) {
        this.state = seed >>> 0;
        if (!isFork) console.log(`random seed ${seed} (SEGUE_SEED=${seed} repeats it)`);
    }

    /** From 0 up to, but not including, `end`: mulberry32. */
    below(end) {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let mixed = this.state;
        mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
    }

    pick(values) {
        return values[this.below(values.length)];
    }

    /** Another one, so that what one does does not depend on when others ask. */
    fork() {
        return new Random(this.below(2 ** 31), true);
    }

    /** Up to `most` ranges [first, last] that lie end to end over `length` bytes, in any order. */
    partition(length, most) {
        const cuts = new Set([0]);
        const count = 1 + this.below(Math.min(most, length));
        while (cuts.size < count) cuts.add(this.below(length));
        const starts = [...cuts].sort((a, b) => a - b);
        const ranges = starts.map((first, i) => [first, (starts[i + 1] ?? length) - 1]);
        for (let i = ranges.length - 1; i > 0; i--) {
            const j = this.below(i + 1);
            [ranges[i], ranges[j]] = [ranges[j], ranges[i]];
        }
        return ranges;
    }
}
