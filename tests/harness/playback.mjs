// Whether what a server sends of a title is its source, packet by packet and to a viewer's eye.

import assert from 'node:assert/strict';
import path from 'node:path';

import { decodeErrors, probe } from './ffmpeg.mjs';
import {
    assertSamePackets, chosenTracks, describeTrack, expectedEnd, expectedPackets, hasOwnZero,
} from './oracle.mjs';
import { isSanitized } from './programs.mjs';

/** Compares every track of one file with its source; returns the shift of all times. */
function assertTracks(name, actual, source, tracks, wanted, leftOut) {
    const shifts = [];
    for (const [kind, stream] of Object.entries(tracks)) {
        const found = actual.streams.filter(({ codec_type: type }) => type === kind);
        assert.equal(found.length, 1, `${name} has one ${kind} track`);
        assert.deepEqual(describeTrack(found[0]), describeTrack(stream), `${name}, ${kind}`);
        const left = kind === 'video' ? leftOut : 0;
        shifts.push(assertSamePackets(found[0], stream, wanted[kind], left));
    }
    assert.equal(actual.streams.length, Object.keys(tracks).length, `${name}: tracks nobody asked for`);
    assert.equal(actual.warnings, '', `${name}: ffprobe complains`);
    const [{ shift }] = shifts;
    for (const other of shifts)
        assert.ok(Math.abs(other.shift - shift) <= other.tolerance + shifts[0].tolerance, `${name}: audio and video move apart: ${shifts.map((s) => s.shift)}`);
    if (hasOwnZero(source)) assert.ok(Math.abs(shift) <= shifts[0].tolerance, `${name}: all is shown ${shift} s later`);
    return shift;
}

/** `end` is in seconds of the title's clock; a millisecond and a half is the movie's time scale and a rounding. */
function assertEnds(what, end, streams, shift, isUntrimmed) {
    const { least, most } = expectedEnd(streams, isUntrimmed);
    const slack = 0.0015;
    assert.ok(end >= least + shift - slack && end <= most + shift + slack,
        `${what} ends at ${end} s, its source at ${least + shift}${most > least ? ` to ${most + shift}` : ''} s`);
}

/** Every part of it is shown by a decoder, or its source gives it the same trouble. */
async function assertDecodes(url, name, input, track) {
    if (isSanitized) return; // ffmpeg is the same as in the other build, and so are the bytes
    const seconds = ['-t', '20'];
    const errors = await decodeErrors(url, seconds);
    if (errors === '') return;
    const own = await decodeErrors(input, ['-map', `0:${track.index}`, ...seconds]);
    assert.notEqual(own, '', `${name} does not decode: ${errors.slice(0, 400)}`);
}

/**
 * Compares what is served of a title with its source. `title` is {urlOf(name), earliest, framesLeftOut}:
 * `earliest` has what the sidx of a fragmented file says of its beginning, by name. `scratch` is a
 * directory for what has to be written. Returns the source and the tracks that were chosen.
 */
export async function assertPlays(title, input, scratch) {
    const source = await probe(input);
    const { video, audio } = chosenTracks(source);
    const tracks = Object.fromEntries(Object.entries({ video, audio }).filter(([, stream]) => stream));
    const { urlOf, earliest, framesLeftOut = 0 } = title;
    const wanted = {};
    for (const [kind, stream] of Object.entries(tracks))
        wanted[kind] = await expectedPackets(input, source, stream, path.join(scratch, `${path.basename(input)}-${kind}.mp4`));

    const views = { [video ? 'video.mp4' : 'audio.mp4']: tracks };
    if (video) views['v0.mp4'] = { video };
    if (audio) views['a0.mp4'] = { audio };
    const shifts = [];
    for (const [name, its] of Object.entries(views)) {
        const actual = await probe(urlOf(name));
        const shift = assertTracks(name, actual, source, its, wanted, framesLeftOut);
        const isClassic = Object.keys(its).length === Object.keys(tracks).length && !/^[va]0/.test(name);
        const start = Number(actual.format.start_time);
        const duration = Number(actual.format.duration);
        // ffprobe counts from zero, or from the first packet where that comes before zero.
        assertEnds(name, start < 0 ? start + duration : duration, Object.values(its), shift, !isClassic);
        if (name in earliest)
            assert.ok(Math.abs(earliest[name] - Math.max(0, start)) < 1e-6, `${name} begins at ${start} s, its sidx at ${earliest[name]} s`);
        if (isClassic && !hasOwnZero(source))
            assert.ok(Math.abs(start) <= 0.0015, `${name} begins at ${start} s, not at zero`);
        await assertDecodes(urlOf(name), name, input, Object.values(its)[0]);
        shifts.push(shift);
    }
    const tolerance = 2 * Math.max(...Object.values(tracks).map(({ clock }) => clock.tick)) + 0.001;
    assert.ok(Math.max(...shifts) - Math.min(...shifts) <= tolerance, `the views move apart: ${shifts}`);
    return { source, tracks };
}
