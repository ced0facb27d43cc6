// How the files of a title are built: the classic one and those of one track.

import assert from 'node:assert/strict';

import { defaultDuration, readBoxes, readFragment, readSegmentIndex } from './boxes.mjs';

/** ftyp and moov come first, then one mdat to the end: playable before it is there. */
export function assertClassic(bytes) {
    const boxes = readBoxes(bytes);
    assert.deepEqual(boxes.map(({ type }) => type), ['ftyp', 'moov', 'mdat']);
    assert.equal(boxes[2].end, bytes.length);
    assert.ok(!boxes[1].children.some(({ type }) => type === 'mvex'), 'a classic file has no fragments');
}

/**
 * ftyp, moov, one sidx that covers all that follows, and fragments. What the sidx, the tfdt and the
 * trun boxes say of the time is the same. Returns the earliest presentation time, in seconds.
 */
export function assertFragmented(bytes, track, isVideo) {
    const boxes = readBoxes(bytes);
    assert.deepEqual(boxes.slice(0, 3).map(({ type }) => type), ['ftyp', 'moov', 'sidx']);
    assert.deepEqual([...new Set(boxes.slice(3).map(({ type }) => type))].sort(), ['mdat', 'moof']);
    const each = defaultDuration(bytes, boxes);
    const fragments = boxes.filter(({ type }) => type === 'moof').map((moof) => readFragment(bytes, moof, each));

    const index = readSegmentIndex(bytes, boxes[2]);
    assert.equal(index.firstOffset, 0);
    assert.equal(index.timescale, track.timescale);
    assert.equal(index.references.length, track.segments.count, 'a reference per segment');
    let at = boxes[2].end;
    let time = fragments[0].decodeTime;
    for (const reference of index.references) {
        const its = fragments.filter(({ begin }) => begin >= at && begin < at + reference.size);
        assert.equal(its[0]?.begin, at, `no fragment begins at ${at}`);
        assert.ok(!reference.isIndex);
        if (isVideo) assert.ok(reference.startsWithSap && [1, 2].includes(reference.sapType), 'a key frame');
        assert.equal(reference.duration, assertContinuous(its, time), 'the duration of a segment');
        at += reference.size;
        time += reference.duration;
    }
    assert.equal(at, bytes.length, 'the references end where the file does');
    return index.earliest / index.timescale;
}

/** Fragments follow each other without gap or overlap from `time` on; returns how long they last. */
function assertContinuous(fragments, time) {
    const begin = time;
    for (const { decodeTime, samples } of fragments) {
        assert.equal(decodeTime, time, 'the decode time of a fragment');
        time += samples.reduce((sum, { duration }) => sum + duration, 0);
    }
    return time - begin;
}
