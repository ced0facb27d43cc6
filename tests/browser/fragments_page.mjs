// A player of fragmented files, as small as one can be: it knows a file from its sidx alone, as a
// DASH player with SegmentBase does, and fetches by byte range.

/** The page's script. `files` is {video: url, audio: url}. */
export function fragmentsPage(files) {
    return `<!doctype html><meta charset="utf-8"><title>fragments</title>
<link rel="icon" href="data:,"><video id="video" playsinline></video><script>
${[fetchRange, readSidx, codecsOf, openFile, append, fill, start].join('\n')}
window.player = start(document.getElementById('video'), ${JSON.stringify(files)});
</script>`;
}

/* The rest runs in the page. */

async function fetchRange(url, offset, length) {
    const response = await fetch(url, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const total = Number(/\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1]);
    if (response.status !== 206) throw new Error(`${url}: status ${response.status}`);
    return { bytes, total };
}

/** ISO/IEC 14496-12 8.16.3. Returns where the init segment ends and each segment, in bytes and s. */
function readSidx(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (view.getUint32(at + 4) !== 0x73696478) at += view.getUint32(at);
    const initEnd = at;
    const boxEnd = at + view.getUint32(at);
    const isLong = view.getUint8(at + 8) === 1;
    const timescale = view.getUint32(at + 16);
    at += 20;
    const wide = (where) => (isLong ? Number(view.getBigUint64(where)) : view.getUint32(where));
    const width = isLong ? 8 : 4;
    let time = wide(at);
    let offset = boxEnd + wide(at + width);
    at += 2 * width;
    const count = view.getUint16(at + 2);
    at += 4;
    const segments = [];
    for (let i = 0; i < count; i++, at += 12) {
        const length = view.getUint32(at) & 0x7fffffff;
        const duration = view.getUint32(at + 4);
        segments.push({ offset, length, start: time / timescale, duration: duration / timescale,
            startsWithKey: view.getUint32(at + 8) >>> 31 === 1 });
        offset += length;
        time += duration;
    }
    return { initEnd, segments, end: offset, seconds: time / timescale };
}

/** RFC 6381, for the two codecs that this page plays: avc1 from its avcC, and AAC-LC. */
function codecsOf(init) {
    const text = new TextDecoder('latin1').decode(init);
    const avcC = text.indexOf('avcC');
    if (avcC < 0) return 'audio/mp4; codecs="mp4a.40.2"';
    const profile = [...init.subarray(avcC + 5, avcC + 8)];
    const hex = profile.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return `video/mp4; codecs="avc1.${hex}"`;
}

async function openFile(url) {
    const { bytes, total } = await fetchRange(url, 0, 8192);
    const index = readSidx(bytes);
    return { url, total, ...index, init: bytes.subarray(0, index.initEnd) };
}

function append(buffer, bytes) {
    return new Promise((resolve, reject) => {
        buffer.addEventListener('updateend', resolve, { once: true });
        buffer.addEventListener('error', () => reject(new Error('append failed')), { once: true });
        buffer.appendBuffer(bytes);
    });
}

/** Appends the segments of a file that have a part between two times. */
async function fill(track, from, to) {
    for (const segment of track.file.segments) {
        if (segment.start >= to || segment.start + segment.duration <= from) continue;
        const { bytes } = await fetchRange(track.file.url, segment.offset, segment.length);
        await append(track.buffer, bytes);
    }
}

async function start(video, files) {
    const source = new MediaSource();
    video.src = URL.createObjectURL(source);
    await new Promise((resolve) => source.addEventListener('sourceopen', resolve, { once: true }));
    const tracks = {};
    for (const [name, url] of Object.entries(files)) {
        const file = await openFile(url);
        tracks[name] = { file, buffer: source.addSourceBuffer(codecsOf(file.init)) };
    }
    // Only when all buffers are there: with the first init segments their number is settled.
    for (const { file, buffer } of Object.values(tracks)) await append(buffer, file.init);
    const spans = ({ buffer }) =>
        Array.from({ length: buffer.buffered.length },
            (_, i) => [buffer.buffered.start(i), buffer.buffered.end(i)]);
    return {
        describe: () =>
            Object.fromEntries(Object.entries(tracks).map(([name, { file }]) =>
                [name, { ...file, init: file.init.length }])),
        load: async (from, to) => {
            for (const track of Object.values(tracks)) await fill(track, from, to);
        },
        buffered: () =>
            Object.fromEntries(Object.entries(tracks).map(([name, track]) => [name, spans(track)])),
        end: () => source.endOfStream(),
    };
}
