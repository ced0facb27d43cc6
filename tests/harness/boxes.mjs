// Just enough of ISO 14496-12 to see how a file is built.

/** Boxes that hold boxes, as far as tests look into them. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf', 'edts']);

/** The boxes of `bytes` from `begin` to `end`: {type, begin, body, end, children}. */
export function readBoxes(bytes, begin = 0, end = bytes.length) {
    const boxes = [];
    while (begin < end) {
        let size = bytes.readUInt32BE(begin);
        const type = bytes.toString('latin1', begin + 4, begin + 8);
        let body = begin + 8;
        if (size === 1) {
            size = Number(bytes.readBigUInt64BE(begin + 8));
            body += 8;
        }
        if (size < body - begin || begin + size > end)
            throw new Error(`box ${type} at ${begin} has ${size} bytes, up to ${end} there are ${end - begin}`);
        const children = CONTAINERS.has(type) ? readBoxes(bytes, body, begin + size) : [];
        boxes.push({ type, begin, body, end: begin + size, children });
        begin += size;
    }
    return boxes;
}

/** The segment index (8.16.3): {timescale, earliest, firstOffset, references}. */
export function readSegmentIndex(bytes, box) {
    const version = bytes.readUInt8(box.body);
    const wide = version === 1;
    const at = box.body + 12;
    const read = (offset) => (wide ? Number(bytes.readBigUInt64BE(offset)) : bytes.readUInt32BE(offset));
    const after = at + (wide ? 16 : 8);
    const count = bytes.readUInt16BE(after + 2);
    const references = [];
    for (let i = 0; i < count; i++) {
        const entry = after + 4 + 12 * i;
        const first = bytes.readUInt32BE(entry);
        const sap = bytes.readUInt32BE(entry + 8);
        references.push({
            isIndex: first >>> 31 === 1,
            size: first & 0x7fffffff,
            duration: bytes.readUInt32BE(entry + 4),
            startsWithSap: sap >>> 31 === 1,
            sapType: (sap >>> 28) & 7,
        });
    }
    return {
        timescale: bytes.readUInt32BE(box.body + 8),
        earliest: read(at),
        firstOffset: read(at + (wide ? 8 : 4)),
        references,
    };
}

/** The boxes of a type anywhere below, in order. */
export function findBoxes(boxes, type) {
    return boxes.flatMap((box) => [...(box.type === type ? [box] : []), ...findBoxes(box.children, type)]);
}

/** The default sample duration of a file's only track (8.8.3). */
export function defaultDuration(bytes, boxes) {
    const [trex] = findBoxes(boxes, 'trex');
    return bytes.readUInt32BE(trex.body + 12);
}

const TFHD_BASE_OFFSET = 0x1;
const TFHD_DESCRIPTION = 0x2;
const TFHD_DURATION = 0x8;
const TRUN_OFFSET = 0x1;
const TRUN_FIRST_FLAGS = 0x4;
const TRUN_DURATION = 0x100;
const TRUN_SIZE = 0x200;
const TRUN_FLAGS = 0x400;
const TRUN_COMPOSITION = 0x800;

const flagsOf = (bytes, box) => bytes.readUInt32BE(box.body) & 0xffffff;

function fragmentDefault(bytes, tfhd, fallback) {
    const flags = flagsOf(bytes, tfhd);
    if ((flags & TFHD_DURATION) === 0) return fallback;
    const skipped = (flags & TFHD_BASE_OFFSET ? 8 : 0) + (flags & TFHD_DESCRIPTION ? 4 : 0);
    return bytes.readUInt32BE(tfhd.body + 8 + skipped);
}

function readRun(bytes, trun, duration) {
    const flags = flagsOf(bytes, trun);
    const count = bytes.readUInt32BE(trun.body + 4);
    let at = trun.body + 8 + (flags & TRUN_OFFSET ? 4 : 0) + (flags & TRUN_FIRST_FLAGS ? 4 : 0);
    const next = () => bytes.readInt32BE((at += 4) - 4);
    return Array.from({ length: count }, () => ({
        duration: flags & TRUN_DURATION ? next() : duration,
        size: flags & TRUN_SIZE ? next() : undefined,
        flags: flags & TRUN_FLAGS ? next() : undefined,
        composition: flags & TRUN_COMPOSITION ? next() : 0,
    }));
}

/** One fragment of a single track (8.8): {begin, decodeTime, samples}. */
export function readFragment(bytes, moof, duration) {
    const [tfhd] = findBoxes([moof], 'tfhd');
    const [tfdt] = findBoxes([moof], 'tfdt');
    const each = fragmentDefault(bytes, tfhd, duration);
    const wide = bytes.readUInt8(tfdt.body) === 1;
    return {
        begin: moof.begin,
        decodeTime: wide ? Number(bytes.readBigUInt64BE(tfdt.body + 4)) : bytes.readUInt32BE(tfdt.body + 4),
        samples: findBoxes([moof], 'trun').flatMap((trun) => readRun(bytes, trun, each)),
    };
}
