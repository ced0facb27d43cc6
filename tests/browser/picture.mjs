// Pictures as a coarse grid of mean colours: what two decoders of one frame agree on.

import { must } from '../harness/programs.mjs';

export const GRID = { columns: 32, rows: 24 };

/**
 * The mean colour of each cell, as [r, g, b, r, g, b, ...]. It also runs in the page, which gets
 * only its text.
 */
export function meansOf(pixels, width, height, channels, { columns, rows }) {
    const sums = new Array(columns * rows * 3).fill(0);
    const counts = new Array(columns * rows).fill(0);
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            const cell = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
            counts[cell]++;
            for (let c = 0; c < 3; c++) sums[cell * 3 + c] += pixels[(y * width + x) * channels + c];
        }
    }
    return sums.map((sum, i) => sum / counts[Math.floor(i / 3)]);
}

/** How far two pictures are apart: the mean difference of a colour, 0 to 255. */
export function distance(a, b) {
    return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}

/** The picture that the <video> of a page shows. */
export function pictureInPage(page) {
    return page.evaluate(`(() => {
        const video = document.querySelector('video');
        const canvas = document.createElement('canvas');
        const [width, height] = [canvas.width = video.videoWidth, canvas.height = video.videoHeight];
        const context = canvas.getContext('2d', { willReadFrequently: true });
        context.drawImage(video, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        return (${meansOf})(data, width, height, 4, ${JSON.stringify(GRID)});
    })()`);
}

export async function probeVideo(file) {
    const json = await must('ffprobe', [
        ...['-v', 'error', '-of', 'json', '-select_streams', 'v:0'],
        ...['-show_entries', 'stream=width,height,avg_frame_rate', file],
    ]);
    const { width, height, avg_frame_rate: rate } = JSON.parse(json).streams[0];
    const [frames, seconds] = rate.split('/').map(Number);
    return { width, height, framesPerSecond: frames / seconds };
}

/** The picture that ffmpeg finds in a file from `seconds` after its start on. */
export async function pictureInFile(file, seconds, { width, height }) {
    const at = ['-ss', seconds.toFixed(6)];
    // MPEG-TS has no index and ffmpeg seeks in it roughly: there it reads from the start on.
    const input = file.endsWith('.ts') ? ['-i', file, ...at] : [...at, '-i', file];
    const pixels = await must(
        'ffmpeg',
        ['-v', 'error', '-nostdin', ...input, '-map', '0:v:0', '-frames:v', '1', '-f', 'rawvideo',
            '-pix_fmt', 'rgb24', '-'],
        { binary: true },
    );
    if (pixels.length !== width * height * 3) throw new Error(`${file}: no picture at ${seconds} s`);
    return meansOf(pixels, width, height, 3, GRID);
}
