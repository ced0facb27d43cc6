// A clip whose every frame says its own number, in boxes that survive a lossy codec.
//
// Bit k of the number is a white or a black box in the upper row, at column k; the lower row holds
// the complement, so a frame that is blended, torn or not there yet reads as nothing rather than as
// another number. No font is needed.

import { must } from '../harness/programs.mjs';

export const counter = {
    width: 640,
    height: 360,
    framesPerSecond: 25,
    frames: 1100, // of the whole clip, which is 44 s
    bits: 11,
    box: 40,
};

/** The middle of frame `number` in seconds: half a frame away from where another would be right. */
export function middleOf(number) {
    return (number + 0.5) / counter.framesPerSecond;
}

function boxFilters() {
    const { bits, box } = counter;
    const filters = [`drawbox=x=0:y=0:w=${bits * box}:h=${2 * box}:color=black:t=fill`];
    for (let bit = 0; bit < bits; bit++) {
        for (const row of [0, 1]) {
            const isLit = `eq(mod(floor(n/${1 << bit}),2),${1 - row})`;
            const place = `x=${bit * box}:y=${row * box}:w=${box}:h=${box}`;
            filters.push(`drawbox=${place}:color=white:t=fill:enable='${isLit}'`);
        }
    }
    return filters;
}

export function secondsOf(frames) {
    return frames / counter.framesPerSecond;
}

/**
 * Writes the clip, or its first `frames`: H.264 with B-frames and a key frame every 2 s, and AAC. Noise makes it big
 * enough (some 5 Mbit/s) that a browser does not read all of it ahead of a seek.
 */
export async function makeCounterClip(file, frames = counter.frames) {
    const { width, height, framesPerSecond } = counter;
    const seconds = secondsOf(frames);
    const picture = `testsrc2=size=${width}x${height}:rate=${framesPerSecond}:duration=${seconds}`;
    const video = [picture, 'noise=alls=24:allf=t', ...boxFilters(), 'format=yuv420p'].join(',');
    const sound = `sine=frequency=440:sample_rate=48000:duration=${seconds}`;
    await must('ffmpeg', [
        ...['-v', 'error', '-nostdin', '-y'],
        ...['-f', 'lavfi', '-i', video, '-f', 'lavfi', '-i', sound],
        ...['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '5M', '-maxrate', '6M'],
        ...['-bufsize', '6M', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0', '-bf', '3'],
        ...['-c:a', 'aac', '-b:a', '96k', file],
    ]);
}

/**
 * For the page: the number that an image, a canvas or a video shows, or undefined when it shows
 * none. Self-contained, as the page gets only its text.
 */
export function readCounter(image, { width, height, bits, box }) {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0, width, height);
    const brightness = (column, row) => {
        const middle = box / 4;
        const { data } = context.getImageData(
            column * box + middle, row * box + middle, box / 2, box / 2);
        let sum = 0;
        for (let i = 0; i < data.length; i += 4) sum += data[i + 1];
        return sum / (data.length / 4);
    };
    let number = 0;
    for (let bit = 0; bit < bits; bit++) {
        const difference = brightness(bit, 0) - brightness(bit, 1);
        if (Math.abs(difference) < 128) return undefined;
        if (difference > 0) number += 1 << bit;
    }
    return number;
}
