// Dependencies point inward: base <- store, auth <- segmenter, server <- their adapters <- main.
// A library of others is included in the folder named after it and nowhere else.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { must, segue, segued, sourceDir } from './harness/programs.mjs';

// What each folder may include of the others, besides itself.
const inward = {
    base: [],
    store: ['base'],
    auth: ['base'],
    segmenter: ['base', 'store', 'auth'],
    server: ['base', 'store', 'auth'],
};

// Which folder is named after a library, by the header that is included.
const libraries = [
    ['h2o', /^(h2o|h2o\/|picotls|quicly)/],
    ['libav', /^libav(format|codec|util|filter|device)\//],
    ['openssl', /^openssl\//],
    ['jansson', /^jansson\.h$/],
];

// What only the ones that compose may include: adapters of other parts, and of their own.
const adapters = [
    ['store/fs/', (file) => file.startsWith('store/fs/') || /^segmenter\/cli\//.test(file) || file === 'server/main.c'],
    ['server/h2o/', (file) => file.startsWith('server/h2o/') || file === 'server/main.c'],
    ['server/openssl/', (file) => file.startsWith('server/openssl/') || file.startsWith('server/h2o/')],
    ['segmenter/libav/', (file) => file.startsWith('segmenter/libav/') || /^segmenter\/cli\//.test(file)],
    ['segmenter/cli/', (file) => file.startsWith('segmenter/cli/')],
];

function sourcesIn(folder) {
    return readdirSync(path.join(sourceDir, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return sourcesIn(name);
        return /\.[ch]$/.test(name) ? [name] : [];
    });
}

/** Every #include of every source: {file, header, isOurs}. */
const includes = Object.keys(inward).flatMap(sourcesIn).flatMap((file) => {
    const text = readFileSync(path.join(sourceDir, file), 'utf8');
    return [...text.matchAll(/^\s*#\s*include\s+([<"])([^>"]+)[>"]/gm)].map(([, mark, header]) => ({ file, header, isOurs: mark === '"' }));
});

test('there is something to look at', () => {
    assert.ok(includes.length > 300, `${includes.length} includes`);
    for (const [library, pattern] of libraries)
        assert.ok(includes.some(({ header }) => pattern.test(header)), `nobody includes ${library}`);
});

test('headers of our own are named from the root of the tree', () => {
    for (const { file, header, isOurs } of includes)
        if (isOurs) assert.ok(header.split('/')[0] in inward, `${file} includes "${header}"`);
});

describe('a folder includes itself and what is further in', () => {
    for (const [folder, allowed] of Object.entries(inward))
        test(folder, () => {
            for (const { file, header, isOurs } of includes) {
                const other = header.split('/')[0];
                if (isOurs && file.startsWith(`${folder}/`))
                    assert.ok(other === folder || allowed.includes(other), `${file} includes "${header}"`);
            }
        });
});

describe('a library is included in the folder named after it', () => {
    for (const [library, pattern] of libraries)
        test(library, () => {
            for (const { file, header } of includes)
                if (pattern.test(header)) assert.ok(file.split('/').slice(0, -1).includes(library), `${file} includes <${header}>`);
        });
});

describe('adapters are known to those who compose', () => {
    for (const [prefix, isAllowed] of adapters)
        test(prefix, () => {
            for (const { file, header } of includes)
                if (header.startsWith(prefix)) assert.ok(isAllowed(file), `${file} includes "${header}"`);
        });
});

test('a main only composes: it is short', () => {
    for (const file of includes.map((include) => include.file).filter((name) => /\/main\.c$/.test(name)))
        assert.ok(readFileSync(path.join(sourceDir, file), 'utf8').split('\n').length <= 150, file);
});

test('the server links no libav, and the segmenter no libh2o', async () => {
    const needed = async (program) => [...(await must('readelf', ['-d', program])).matchAll(/NEEDED.*\[(.*)\]/g)].map(([, name]) => name);
    const ofServer = await needed(segued);
    const ofSegmenter = await needed(segue);
    assert.ok(ofServer.some((name) => name.startsWith('libh2o')) && ofSegmenter.some((name) => name.startsWith('libavformat')));
    assert.deepEqual(ofServer.filter((name) => /^lib(av|sw)/.test(name)), []);
    assert.deepEqual(ofSegmenter.filter((name) => /^libh2o/.test(name)), []);
});
