// What the server's log says of requests: one object a line, {method, path, proto, status, ...}.

const FIELD = /(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g;

export function requestsIn(log) {
    return log
        .split('\n')
        .filter((line) => line.startsWith('time='))
        .map((line) => {
            const fields = [...line.matchAll(FIELD)].map(([, key, quoted, bare]) => [key, quoted ?? bare]);
            return Object.fromEntries(fields);
        });
}
