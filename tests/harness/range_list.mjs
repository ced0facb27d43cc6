// The fixtures that the range tests share, served, and what an answer about them may be.
//
// FILE is 10000 bytes in four objects, byte i is i mod 251, published at a known instant; EMPTY has
// no byte; HUGE has 6 GiB, the same pattern again and again. A test's row is [number, headers,
// check]: TAG in a header stands for FILE's entity tag, and the row is asked over every protocol.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readByteranges } from './byteranges.mjs';
import { clientsOf } from './client.mjs';
import { patternBytes, scratchDir } from './programs.mjs';
import { Server } from './server.mjs';
import { Store } from './store.mjs';
import { signedPath, tokenFor } from './tokens.mjs';

export const LENGTH = 10_000;
export const BORDERS = [1000, 4000, 7500];
export const bytes = patternBytes(LENGTH);

export const HUGE_LENGTH = 6 * 2 ** 30;
const PERIOD = 251;
const HUGE_OBJECT = PERIOD * 66_846; // 16 MiB; whole periods, so that the pattern goes on over borders

export const LAST_MODIFIED = 'Tue, 01 Jul 2025 10:00:00 GMT';
const TITLE = 'range-list';
export const FILE = 'video.mp4';
export const EMPTY = 'empty.mp4';
export const HUGE = 'huge.mp4';

/** Byte ranges of HUGE without having it. */
export function hugeBytes(first, last) {
    return patternBytes(last - first + 1, first % PERIOD);
}

const CORS = /^(Content-Range|Content-Length|Accept-Ranges|ETag)$/i;

/** What must be true of every answer whatsoever. */
export function assertFraming(response) {
    const { headers, names, status, body } = response;
    assert.ok(!('transfer-encoding' in headers), 'chunked');
    assert.ok(!('content-encoding' in headers), 'encoded');
    assert.ok('date' in headers);
    assert.equal(new Set(names).size, names.length, `a header came twice: ${names}`);
    assert.equal(headers['access-control-allow-origin'], '*');
    const exposed = headers['access-control-expose-headers'].split(/, */);
    assert.equal(exposed.filter((name) => CORS.test(name)).length, 4, `${exposed}`);
    if (status !== 304 && status !== 204) assert.equal(headers['content-length'], String(body.length));
}

/** RFC 9110 15.3.7: what the 200 would have said, the others say too. */
const SHARED = ['etag', 'last-modified', 'cache-control', 'cdn-cache-control', 'cache-tag', 'vary',
    'expires', 'accept-ranges', 'x-content-type-options'];

function assertLikeWhole(response, reference) {
    for (const name of SHARED) assert.equal(response.headers[name], reference.headers[name], name);
}

function assertSlice(body, first, last) {
    assert.ok(body.equals(bytes.subarray(first, last + 1)), `the bytes of ${first}-${last} differ`);
}

/** 200 with all of FILE. */
export function whole(response, reference) {
    assert.equal(response.status, 200);
    assertLikeWhole(response, reference);
    assert.ok(!('content-range' in response.headers));
    assert.equal(response.headers['content-type'], 'video/mp4');
    assert.equal(response.headers['content-length'], String(LENGTH));
    assertSlice(response.body, 0, LENGTH - 1);
}

/** 206 with one range, the inclusive last byte as HTTP says it. */
export function part(first, last) {
    return (response, reference) => {
        assert.equal(response.status, 206);
        assertLikeWhole(response, reference);
        assert.equal(response.headers['content-range'], `bytes ${first}-${last}/${LENGTH}`);
        assert.equal(response.headers['content-type'], 'video/mp4');
        assert.equal(response.headers['content-length'], String(last - first + 1));
        assertSlice(response.body, first, last);
    };
}

/** 206 with several, in this order (15.3.7.2); `ranges` are [first, last]. */
export function parts(...ranges) {
    return (response, reference) => {
        assert.equal(response.status, 206);
        assertLikeWhole(response, reference);
        assert.ok(!('content-range' in response.headers), 'a Content-Range beside the parts');
        const found = readByteranges(response);
        for (const { lines, first, last, total, bytes: content } of found) {
            assert.deepEqual(lines, ['Content-Type: video/mp4', `Content-Range: bytes ${first}-${last}/${LENGTH}`]);
            assert.equal(total, LENGTH);
            assertSlice(content, first, last);
        }
        assert.deepEqual(found.map(({ first, last }) => [first, last]), ranges);
    };
}

/** 416: no bytes, no headers of a 206, and nothing about what lies behind the file. */
export function unsatisfiable(response) {
    assert.equal(response.status, 416);
    assert.equal(response.headers['content-range'], `bytes */${LENGTH}`);
    assert.equal(response.headers['content-type'], 'text/plain; charset=utf-8');
    assert.ok(!('last-modified' in response.headers));
    assert.equal(response.body.toString(), 'Range not satisfiable\n');
}

/** 304: what a cache needs to go on, and nothing else (15.4.5). */
export function notModified(response, reference) {
    assert.equal(response.status, 304);
    for (const name of ['etag', 'cache-control', 'cdn-cache-control', 'vary', 'cache-tag'])
        assert.equal(response.headers[name], reference.headers[name], name);
    assert.ok(!('content-range' in response.headers));
    assert.equal(response.body.length, 0);
}

export function preconditionFailed(response) {
    assert.equal(response.status, 412);
    assert.ok(!('content-range' in response.headers));
    assert.ok(!response.body.equals(bytes));
}

export function refused(response) {
    assert.equal(response.status, 403);
    for (const name of ['content-range', 'etag', 'last-modified', 'cache-tag', 'accept-ranges'])
        assert.ok(!(name in response.headers), `${name} on a 403`);
    assert.equal(response.body.toString(), 'Forbidden\n');
}

export class RangeList {
    /** Publishes the fixtures and serves them; `args` go to segued. */
    static async start(args = []) {
        const list = new RangeList();
        list.store = new Store(scratchDir());
        list.key = await list.store.newKey();
        await list.store.publish(TITLE, {
            [FILE]: { bytes, cuts: BORDERS },
            [EMPTY]: { bytes: Buffer.alloc(0) },
            [HUGE]: { bytes: patternBytes(HUGE_OBJECT), repeatedTo: HUGE_LENGTH },
        }, { publishedS: Date.parse(LAST_MODIFIED) / 1000 });
        list.server = await Server.start(list.store, args);
        list.clients = clientsOf(list.server);
        list.path = list.pathOf(FILE);
        list.references = new Map();
        for (const client of list.clients) list.references.set(client, await client.request(list.path));
        list.etag = list.references.get(list.clients[0]).headers.etag;
        return list;
    }

    pathOf(file) {
        return signedPath(this.key, TITLE, file);
    }

    /** The path of FILE without its token, and a token for it with other claims. */
    barePath = `/v1/${TITLE}/${FILE}`;

    token(more) {
        return tokenFor(this.key, TITLE, more);
    }

    /** TAG and BARE stand for FILE's entity tag with its quotes and without. */
    fill(value) {
        return value.replaceAll('TAG', this.etag).replaceAll('BARE', this.etag?.slice(1, -1));
    }

    /** Sends the same request over every protocol and gives each answer to `check`. */
    async onEach(path, headers, check, method = 'GET') {
        const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.fill(value)]));
        await Promise.all(this.clients.map(async (client) => {
            const response = await client.request(path, { headers: filled, method });
            try {
                if (method !== 'HEAD') assertFraming(response);
                await check(response, this.references.get(client));
            } catch (error) {
                error.message = `${client.name}, ${method} ${JSON.stringify(filled).slice(0, 200)}: ${error.message}`;
                throw error;
            }
        }));
    }

    /** A test for each row of [number, headers, check]. */
    rows(rows) {
        for (const [number, headers, check] of rows)
            test(`range list ${number}: ${JSON.stringify(headers).slice(0, 80)}`, () =>
                this.onEach(this.path, headers, check));
    }

    /** The same for rows of [number, value of Range, check]. */
    ranges(rows) {
        this.rows(rows.map(([number, range, check]) => [number, { range }, check]));
    }

    async close() {
        this.clients.forEach((client) => client.close());
        await this.server.stop();
    }
}
