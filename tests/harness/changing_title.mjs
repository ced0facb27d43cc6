// A title that is published again and again with other content. The entity tag of an answer says which
// bytes it must have; no two contents agree in any byte at the same place.

import { patternBytes } from './programs.mjs';

const PERIOD = 251;
let contentCount = 0;

/** One content of a file, of 1 to `maxLength` bytes in up to `maxObjects` objects. */
function randomContent(random, maxLength, maxObjects) {
    const bytes = patternBytes(1 + random.below(maxLength), contentCount++ % PERIOD);
    const borders = random.partition(bytes.length, maxObjects).map(([first]) => first);
    return { bytes, cuts: borders.filter((at) => at > 0).sort((a, b) => a - b) };
}

export class ChangingTitle {
    /** files: {name: [maxLength, maxObjects]}. Publishes each version once, to learn its tags. */
    static async make(store, title, { random, versionCount, files }) {
        const made = new ChangingTitle();
        Object.assign(made, { store, title, names: Object.keys(files), versions: [] });
        made.contents = new Map(made.names.map((name) => [name, new Map()]));
        for (let i = 0; i < versionCount; i++) {
            made.versions.push(Object.fromEntries(made.names.map((name) =>
                [name, randomContent(random, ...files[name])])));
            await made.publish(i);
            for (const { name, etag } of (await store.inspect(title)).files)
                made.contents.get(name).set(`"${etag}"`, made.versions[i][name].bytes);
        }
        return made;
    }

    publish(i) {
        return this.store.publish(this.title, this.versions[i]);
    }

    /** The bytes of a file under that tag; undefined when it never had them. */
    bytesOf(name, etag) {
        return this.contents.get(name).get(etag);
    }
}
