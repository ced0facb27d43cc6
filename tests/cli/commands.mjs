// What every command of `segue` takes: the list the tests go through, and how it is called.

/** `words` begin the command line; `wanted` are good arguments; options: name -> a good value, or true. */
export const commands = [
    { words: ['cut'], wanted: ['film.mkv'], most: 1, options: { title: 'a', segment: '2.5', store: 's', json: true, quiet: true } },
    { words: ['ls'], wanted: [], most: 0, options: { store: 's', json: true } },
    { words: ['inspect'], wanted: ['a'], most: 1, options: { store: 's', json: true } },
    { words: ['verify'], wanted: [], most: Infinity, options: { store: 's', json: true } },
    { words: ['rm'], wanted: ['a'], most: Infinity, options: { store: 's' } },
    { words: ['gc'], wanted: [], most: 0, options: { grace: '6h', 'dry-run': true, store: 's', json: true } },
    { words: ['key', 'new'], wanted: [], most: 0, options: { alg: 'HS256', kid: 'k', keys: 'f', store: 's' } },
    { words: ['key', 'ls'], wanted: [], most: 0, options: { keys: 'f', store: 's', json: true } },
    {
        words: ['token'], wanted: [], most: 0,
        options: {
            title: 'a', 'uri-regex': 'https://h/a', 'uri-hash': 'https://h/a', ttl: '2h', 'not-before': '15m',
            'client-ip': '192.0.2.0/24', issuer: 'me', kid: 'k', keys: 'f', store: 's', json: true,
        },
    },
    {
        words: ['url'], wanted: ['a/video.mp4'], most: 1,
        options: { base: 'https://h', ttl: '90s', 'token-name': 'n', issuer: 'me', kid: 'k', keys: 'f', store: 's', json: true },
    },
];

export const nameOf = (command) => command.words.join(' ');

/** The long options that a text shows, each once, without their dashes. */
export function optionsIn(text) {
    return [...new Set([...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map((match) => match[1]))];
}
