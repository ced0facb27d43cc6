// What stock ffprobe and ffmpeg say of a file or URL: the oracle for "nothing lost".

import { run } from './programs.mjs';

/** An exact fraction of a second: ticks of a time base such as "1/90000". */
export class Clock {
    constructor(timeBase) {
        [this.numerator, this.denominator] = timeBase.split('/').map(Number);
    }

    seconds(ticks) {
        return (ticks * this.numerator) / this.denominator;
    }

    get tick() {
        return this.numerator / this.denominator;
    }
}

/**
 * Everything that ffprobe reads: {format, streams, warnings}, and each stream with its `packets`:
 * {pts, duration, padding, size, isKey, isHidden, hash}, times in seconds. Undefined when it reads nothing.
 */
export async function probe(input) {
    const { stdout, stderr } = await run('ffprobe', [
        '-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-show_packets', '-show_data_hash', 'md5', input,
    ]);
    const report = JSON.parse(stdout || '{}');
    if (report.format === undefined || report.streams === undefined) return undefined;
    const byIndex = report.streams.map(() => []);
    for (const packet of report.packets ?? []) byIndex[packet.stream_index].push(packet);
    const streams = report.streams.map((stream, i) => ({
        ...stream,
        clock: new Clock(stream.time_base),
        packets: byIndex[i].map((packet) => readPacket(packet, stream)),
    }));
    return { format: report.format, streams, warnings: stderr };
}

function readPacket(packet, stream) {
    const clock = new Clock(stream.time_base);
    const trimmed = packet.side_data_list?.find((entry) => 'discard_padding' in entry);
    const seconds = (ticks) => (ticks === undefined ? undefined : clock.seconds(ticks));
    return {
        pts: seconds(packet.pts),
        duration: seconds(packet.duration) ?? 0,
        padding: (trimmed?.discard_padding ?? 0) / (stream.sample_rate ?? 1), // decoded, but not heard
        size: Number(packet.size),
        isKey: packet.flags[0] === 'K',
        isHidden: packet.flags.includes('D'), // outside the edit list
        hash: packet.data_hash,
    };
}

export const rotationOf = (stream) =>
    stream.side_data_list?.find((entry) => 'rotation' in entry)?.rotation;

export const languageOf = (stream) => stream.tags?.language ?? 'und';

/** What ffmpeg complains about when it decodes all of it (or `args` of it), without timestamps. */
export async function decodeErrors(input, args = []) {
    const { stderr } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-threads', '1', '-i', input, ...args, '-vsync', 'passthrough', '-f', 'null', '-']);
    return stderr;
}

/** Makes a small file for a test; `args` as for ffmpeg. */
export async function make(output, args) {
    const { code, stderr } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, output]);
    if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr}`);
    return output;
}
