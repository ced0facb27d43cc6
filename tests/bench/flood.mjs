// Many requests over a few kept connections (HTTP/1.1 in the clear), with as little work for the
// client as can be: it reads a status and a length, and skips the body.

import net from 'node:net';

const TIMEOUT_MS = 60_000;

/** One connection; resolves when `next()` gives no more requests. */
function drive(port, next, statuses, latencies) {
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, '127.0.0.1');
        let head = '';
        let bodyLeft = 0;
        let sentAt = 0;
        const send = () => {
            const request = next();
            if (request === undefined) {
                socket.destroy();
                resolve();
            } else {
                sentAt = performance.now();
                socket.write(request);
            }
        };
        const readHead = (chunk) => {
            const before = head.length;
            head += chunk.latin1Slice();
            const end = head.indexOf('\r\n\r\n');
            if (end < 0) return chunk.length;
            const status = head.slice(9, 12);
            statuses[status] = (statuses[status] ?? 0) + 1;
            latencies.push(performance.now() - sentAt);
            bodyLeft = Number(/^content-length: *(\d+)/im.exec(head.slice(0, end))?.[1] ?? 0);
            head = '';
            if (bodyLeft === 0) send();
            return end + 4 - before;
        };
        socket.setNoDelay(true);
        socket.setTimeout(TIMEOUT_MS, () => reject(new Error('no answer')));
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('the server closed the connection')));
        socket.on('connect', send);
        socket.on('data', (chunk) => {
            for (let at = 0; at < chunk.length;) {
                if (bodyLeft === 0) {
                    at += readHead(chunk.subarray(at));
                    continue;
                }
                const taken = Math.min(bodyLeft, chunk.length - at);
                at += taken;
                bodyLeft -= taken;
                if (bodyLeft === 0) send();
            }
        });
    });
}

/** Asks for everything that `requests` yields; returns {seconds, statuses, latencies}: how many
 * answers had which status, and the milliseconds until each began. */
export async function flood(port, connections, requests) {
    const statuses = {};
    const latencies = [];
    const next = () => requests.next().value;
    const began = performance.now();
    await Promise.all(Array.from({ length: connections }, () => drive(port, next, statuses, latencies)));
    return { seconds: (performance.now() - began) / 1000, statuses, latencies };
}

/** The bytes of a GET. */
export function get(path, { token, from, length }) {
    return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
        `Range: bytes=${from}-${from + length - 1}\r\n\r\n`;
}
