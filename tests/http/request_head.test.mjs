// Heads of HTTP/1 requests that two readers may take for different things are answered 400, and what
// follows them is not read: lines that end in a bare LF (RFC 9112, 2.2), and no Host (3.2).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { exchange, parseHttp1 } from '../harness/client.mjs';
import { bytes, RangeList } from '../harness/range_list.mjs';

const list = await RangeList.start();
after(() => list.close());

const CRLF = '\r\n';
const LF = '\n';
const hidden = `GET ${list.path} HTTP/1.1\r\nHost: a\r\nRange: bytes=0-3\r\n\r\n`;

/** What a head gets that is followed by an honest request, in the clear and over TLS. */
async function onBoth(head, check) {
    const { plain, tls } = list.server.ports;
    for (const [port, secure] of [[plain, false], [tls, true]])
        check(parseHttp1(await exchange(port, Buffer.from(head + hidden, 'latin1'), { secure, limitMs: 2000 })));
}

function assertBad(response) {
    assert.equal(response.status, 400);
    assert.equal(response.headers.connection, 'close');
    assert.equal(response.headers['access-control-allow-origin'], '*');
    assert.equal(response.rest.length, 0, 'something behind it was answered');
}

describe('a bare LF', () => {
    const line = `GET ${list.path} HTTP/1.1`;
    for (const [where, head] of [
        ['everywhere', [line, LF, 'Host: a', LF, LF]],
        ['behind the request line', [line, LF, 'Host: a', CRLF, CRLF]],
        ['behind a field', [line, CRLF, 'Host: a', LF, 'Range: bytes=0-4', CRLF, CRLF]],
        ['behind the last field', [line, CRLF, 'Host: a', LF, CRLF]],
        ['at the end', [line, CRLF, 'Host: a', CRLF, LF]],
        ['inside a field', [line, CRLF, 'Host: a', CRLF, 'X: a\nRange: bytes=0-4', CRLF, CRLF]],
    ])
        test(`${where} is 400`, () => onBoth(head.join(''), assertBad));
});

test('HTTP/1.1 without Host is 400', () =>
    onBoth(`GET ${list.path} HTTP/1.1\r\nRange: bytes=0-4\r\n\r\n`, assertBad));

test('HTTP/1.0 needs no Host, and what follows is not read', () =>
    onBoth(`GET ${list.path} HTTP/1.0\r\nRange: bytes=0-4\r\n\r\n`, (response) => {
        assert.equal(response.status, 206);
        assert.ok(response.body.equals(bytes.subarray(0, 5)));
        assert.equal(response.rest.length, 0);
    }));

test('an honest request is answered whatever the letters of Host are', () =>
    onBoth(`GET ${list.path} HTTP/1.1\r\nhOST:a\r\nRange: bytes=0-4\r\nConnection: close\r\n\r\n`, (response) => {
        assert.equal(response.status, 206);
        assert.ok(response.body.equals(bytes.subarray(0, 5)));
    }));
