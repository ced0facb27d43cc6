// The property that all else serves: any partition of any file of any title reassembles to the same
// bytes. 64 readers over all protocols at once, while titles are published again with other content
// and others break their streams and connections off; every answer is wholly of one publication,
// and its entity tag says of which.
//
// SEGUE_SEED repeats the choices of a run, SEGUE_PROPERTY_S is how long it goes on.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { readByteranges } from '../harness/byteranges.mjs';
import { ChangingTitle } from '../harness/changing_title.mjs';
import { clientsOf } from '../harness/client.mjs';
import { scratchDir } from '../harness/programs.mjs';
import { Random } from '../harness/random.mjs';
import { Server } from '../harness/server.mjs';
import { Store } from '../harness/store.mjs';
import { signedPath } from '../harness/tokens.mjs';

const DURATION_MS = 1000 * Number(process.env.SEGUE_PROPERTY_S ?? 12);
const READERS_PER_CLIENT = 16;
const MOST_PARTS = 12;
const RESET_SHARE = 8; // one in so many requests is broken off
const RUDE_PAUSE_MS = 20;
const FILES = { 'video.mp4': [400_000, 8], 'large.mp4': [6_000_000, 5], 'tiny.mp4': [40, 6] };

const random = new Random();
const store = new Store(scratchDir());
const key = await store.newKey();
const titles = [];
for (const title of ['still', 'news', 'sports', 'weather'])
    titles.push(await ChangingTitle.make(store, title, { random, files: FILES, versionCount: title === 'still' ? 1 : 3 }));
const paths = new Map(titles.map(({ title }) =>
    [title, Object.fromEntries(Object.keys(FILES).map((name) => [name, signedPath(key, title, name)]))]));
const server = await Server.start(store, ['--threads', '2']);
const clients = clientsOf(server);
const counts = { reassembled: 0, answers: 0, multipart: 0, changes: 0, resets: 0, publications: 0, broken: 0 };

after(async () => {
    clients.forEach((client) => client.close());
    await server.stop();
});

const end = Date.now() + DURATION_MS;
let failure; // the first; it ends everybody
const isOver = () => failure !== undefined || Date.now() > end;

/** Does something again and again until the time is over or anybody has failed. */
async function repeat(what) {
    try {
        while (!isOver()) await what();
    } catch (error) {
        failure ??= error;
    }
}

const spell = (ranges) => `bytes=${ranges.map(([first, last]) => `${first}-${last}`).join(',')}`;

/** What a response carries as [first, bytes], held to what the publication of its tag has there. */
function checkedPieces(file, response) {
    const { status, headers, body } = response;
    const content = file.title.bytesOf(file.name, headers.etag);
    assert.ok(content !== undefined, `${status} with a tag that nobody published: ${headers.etag}`);
    counts.answers++;
    assert.equal(headers['content-length'], String(body.length));
    const pieces = [];
    if (status === 200) {
        pieces.push([0, body, content.length]);
        assert.equal(body.length, content.length);
    } else if (status === 206 && 'content-range' in headers) {
        const [, first, , total] = headers['content-range'].match(/^bytes (\d+)-(\d+)\/(\d+)$/).map(Number);
        pieces.push([first, body, total]);
    } else {
        assert.equal(status, 206);
        counts.multipart++;
        for (const part of readByteranges(response)) pieces.push([part.first, part.bytes, part.total]);
    }
    for (const [first, bytes, total] of pieces) {
        assert.equal(total, content.length);
        assert.ok(bytes.equals(content.subarray(first, first + bytes.length)), `${status}: not the bytes of its tag`);
    }
    return pieces;
}

/** Begins to read a range and leaves; what came until then must be right, too. */
function breakOff(client, file, [first, last], chance) {
    const enough = chance.below(last - first + 2);
    counts.resets++;
    return new Promise((resolve, reject) => {
        let at = first;
        let content; // of the publication that the answer is of
        const onHeaders = (status, { etag }) => (content = status === 206 ? file.title.bytesOf(file.name, etag) : undefined);
        const onBody = (stream) => stream.on('data', (chunk) => {
            if (content && !chunk.equals(content.subarray(at, at + chunk.length)))
                reject(new Error(`not the bytes of its tag at ${at}, in an answer that was broken off`));
            at += chunk.length;
            if (at - first >= enough) stream.destroy();
        });
        const request = client.open(file.path, { headers: { range: `bytes=${first}-${last}` } }, (message) => {
            onHeaders(message.statusCode, message.headers);
            message.on('error', resolve);
            onBody(message);
        });
        request.on('error', resolve);
        request.on('close', resolve);
        if (client.isHttp2) {
            request.on('response', (fields) => onHeaders(fields[':status'], fields));
            onBody(request);
        }
        request.end();
        if (enough === 0) request.destroy();
    });
}

/** Asks for `ranges` of one publication; false when another has taken its place. */
async function askFor(client, file, ranges, etag, assembled) {
    const headers = { range: spell(ranges), 'if-range': etag };
    const response = await client.request(file.path, { headers });
    for (const [first, bytes] of checkedPieces(file, response)) bytes.copy(assembled, first);
    return response.headers.etag === etag;
}

/** Reads one file in a random partition, some of its parts several at a time. */
async function readPartition(client, chance) {
    const title = chance.pick(titles);
    const name = chance.pick(title.names);
    const file = { title, name, path: paths.get(title.title)[name] };
    const probe = await client.request(file.path, { headers: { range: 'bytes=0-0' } });
    checkedPieces(file, probe);
    const { etag } = probe.headers;
    const content = title.bytesOf(name, etag);
    const waiting = chance.partition(content.length, MOST_PARTS);
    const assembled = Buffer.alloc(content.length, 0xff); // a byte that no pattern has
    while (waiting.length > 0) {
        if (chance.below(RESET_SHARE) === 0) await breakOff(client, file, waiting[0], chance);
        const some = waiting.splice(0, 1 + (chance.below(3) === 0 ? chance.below(4) : 0));
        if (await askFor(client, file, some, etag, assembled)) continue;
        counts.changes++;
        return;
    }
    assert.ok(assembled.equals(content), 'the parts do not make the file');
    counts.reassembled++;
}

/** Publishes another content of a title, or the same again. */
async function publishOne(chance) {
    const title = chance.pick(titles);
    await title.publish(chance.below(title.versions.length));
    counts.publications++;
}

/** Opens a connection of its own, asks much, and drops all of it. */
async function breakConnection(kind, chance) {
    const client = clientsOf(server)[kind];
    const title = chance.pick(titles);
    const asked = Array.from({ length: 1 + chance.below(8) }, () =>
        client.request(paths.get(title.title)[chance.pick(title.names)]).then(
            (response) => assert.ok(response.body.length >= 0), () => {}));
    await sleep(chance.below(RUDE_PAUSE_MS));
    client.agent?.destroy();
    client.current?.destroy();
    await Promise.all(asked);
    counts.broken++;
}

test('any partition of any file reassembles, whatever others do meanwhile', async () => {
    const readers = clients.flatMap((client) =>
        Array.from({ length: READERS_PER_CLIENT }, () => {
            const chance = random.fork();
            return repeat(() => readPartition(client, chance));
        }));
    const rude = clients.map((_, kind) => {
        const chance = random.fork();
        return repeat(() => breakConnection(kind, chance));
    });
    const publisher = random.fork();
    await Promise.all([...readers, ...rude, repeat(() => publishOne(publisher))]);
    console.log(JSON.stringify(counts));
    if (failure !== undefined) throw failure;
    for (const [what, count] of Object.entries(counts)) assert.ok(count > 2, `${what}: only ${count}`);
});
