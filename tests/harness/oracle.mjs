// What a title must hold, worked out from its source by ffprobe alone: which tracks, which packets,
// at which times, how long.

import assert from 'node:assert/strict';

import { languageOf, make, probe, rotationOf } from './ffmpeg.mjs';

const VIDEO_CODECS = ['h264', 'hevc', 'av1', 'vp9'];
const AUDIO_CODECS = ['aac', 'mp3', 'opus', 'ac3', 'eac3', 'flac'];

const isPicture = (stream) => stream.disposition?.attached_pic === 1;

/** The best video: most pixels, then most bits, then the first. */
function chooseVideo(streams) {
    return streams
        .filter((stream) => VIDEO_CODECS.includes(stream.codec_name) && !isPicture(stream))
        .sort((a, b) => b.width * b.height - a.width * a.height || (b.bit_rate ?? 0) - (a.bit_rate ?? 0) || a.index - b.index)[0];
}

/** The first audio that is marked as default, or the first. */
function chooseAudio(streams) {
    const audios = streams.filter((stream) => AUDIO_CODECS.includes(stream.codec_name));
    return audios.find((stream) => stream.disposition?.default === 1) ?? audios[0];
}

/** The tracks of a source that a title has: {video, audio}, either of them undefined. */
export function chosenTracks(source) {
    return { video: chooseVideo(source.streams), audio: chooseAudio(source.streams) };
}

/**
 * Whether the bytes of packets change on their way into MP4: start codes become lengths, ADTS loses
 * its header, AV1 its temporal delimiters. Then stock ffmpeg's MP4 is what they are compared with.
 */
function changesForm(source, stream) {
    return ['mpegts', 'aac'].includes(source.format.format_name) || stream.codec_name === 'av1' || stream.is_avc === 'false';
}

/** The packets of a track as MP4 holds them; `scratch` names a file that may be written. */
export async function expectedPackets(input, source, stream, scratch) {
    if (!changesForm(source, stream)) return stream.packets;
    const filter = stream.codec_name === 'aac' ? ['-bsf:a', 'aac_adtstoasc'] : [];
    await make(scratch, ['-i', input, '-map', `0:${stream.index}`, '-c', 'copy', ...filter, '-strict', '-2', '-f', 'mp4']);
    return (await probe(scratch)).streams[0].packets;
}

/** Whether the container says where zero is, as MP4 does with its edit lists. */
export const hasOwnZero = (source) => source.format.format_name.includes('mp4');

/**
 * Compares one track with its source: number, sizes, bytes, key flags, and times up to the rounding
 * of both time bases. Returns the one shift of all its times.
 */
export function assertSamePackets(actual, stream, expected, leftOut = 0) {
    const wanted = expected.slice(expected.length - actual.packets.length);
    const source = stream.packets.slice(leftOut);
    assert.equal(actual.packets.length, source.length, 'the number of packets');
    assert.deepEqual(actual.packets.map(({ size }) => size), wanted.map(({ size }) => size), 'the sizes');
    assert.deepEqual(actual.packets.map(({ hash }) => hash), wanted.map(({ hash }) => hash), 'the bytes');
    assert.deepEqual(actual.packets.map(({ isKey }) => isKey), source.map(({ isKey }) => isKey), 'the key flags');
    const tolerance = stream.clock.tick + actual.clock.tick + 1e-9;
    const shifts = actual.packets.map(({ pts }, i) => pts - source[i].pts).filter((shift) => !Number.isNaN(shift));
    assert.ok(shifts.length > 0.9 * source.length, 'too few presentation times to compare');
    const [least, most] = [Math.min(...shifts), Math.max(...shifts)];
    assert.ok(most - least <= 2 * tolerance, `presentation times move apart by ${most - least} s`);
    return { shift: (least + most) / 2, tolerance };
}

const normalAspect = (aspect) => (aspect === undefined || aspect === '0:1' ? '1:1' : aspect);
const known = (value) => (value === 'unknown' || value === undefined ? 'unknown' : value);

/** Everything about a track that a viewer would notice. */
export function describeTrack(stream) {
    const common = { codec: stream.codec_name, profile: stream.profile, language: languageOf(stream) };
    if (stream.codec_type === 'audio')
        return { ...common, rate: stream.sample_rate, channels: stream.channels, layout: known(stream.channel_layout) };
    return {
        ...common,
        width: stream.width,
        height: stream.height,
        pixels: stream.pix_fmt,
        aspect: normalAspect(stream.sample_aspect_ratio),
        range: stream.color_range ?? 'tv', // what nothing is said of is limited
        space: known(stream.color_space),
        transfer: known(stream.color_transfer),
        primaries: known(stream.color_primaries),
        chroma: known(stream.chroma_location),
        rotation: rotationOf(stream),
        matrix: stream.side_data_list?.find((entry) => 'displaymatrix' in entry)?.displaymatrix,
    };
}

/**
 * When a track ends: what its container declares, and where its packets do. The two differ by what
 * is trimmed, and a container may declare nothing. A fragmented file cannot trim: there
 * (`isUntrimmed`) what is decoded and not shown may count.
 */
function endsOf(stream, isUntrimmed) {
    const packets = stream.packets.filter(({ pts, isHidden }) => pts !== undefined && (isUntrimmed || !isHidden));
    const ends = [Math.max(...packets.map(({ pts, duration, padding }) => pts + duration - padding))];
    if (isUntrimmed) ends.push(Math.max(...packets.map(({ pts, duration }) => pts + duration)));
    if (stream.duration !== undefined) ends.push(Number(stream.start_time ?? 0) + Number(stream.duration));
    return ends;
}

/** The least and the greatest end, in seconds of the source's clock, that these tracks may have. */
export function expectedEnd(streams, isUntrimmed) {
    const ends = streams.map((stream) => endsOf(stream, isUntrimmed));
    return {
        least: Math.max(...ends.map((values) => Math.min(...values))),
        most: Math.max(...ends.map((values) => Math.max(...values))),
    };
}
