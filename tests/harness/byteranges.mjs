// Reads bodies of several ranges: multipart/byteranges (RFC 9110, 14.6).

import assert from 'node:assert/strict';

/** The parts of a 206 with several, [{lines, first, last, total, bytes}]; throws unless every byte of
 * the body is where it belongs. */
export function readByteranges({ headers, body }) {
    const [, boundary] = headers['content-type'].match(/^multipart\/byteranges; ?boundary="?([\w-]+)"?$/);
    const parts = [];
    let at = body.indexOf(`--${boundary}`);
    assert.ok(at === 0 || (at === 2 && body.subarray(0, 2).equals(Buffer.from('\r\n'))), 'a preamble');
    const closing = Buffer.from(`--${boundary}--\r\n`);
    while (!body.subarray(at).equals(closing)) {
        const end = body.indexOf('\r\n\r\n', at);
        assert.ok(end > 0, `no part follows at ${at}`);
        const [delimiter, ...lines] = body.subarray(at, end).toString('latin1').split('\r\n');
        assert.equal(delimiter, `--${boundary}`);
        const [first, last, total] = lines.at(-1).match(/^Content-Range: bytes (\d+)-(\d+)\/(\d+)$/).slice(1).map(Number);
        const bytes = body.subarray(end + 4, end + 4 + last - first + 1);
        at = end + 4 + bytes.length + 2;
        assert.equal(body.subarray(at - 2, at).toString('latin1'), '\r\n', 'no line end behind a part');
        assert.ok(!bytes.includes(boundary), 'the boundary is in the file');
        parts.push({ lines, first, last, total, bytes });
    }
    return parts;
}
