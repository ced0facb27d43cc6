// Serves the tests' own pages, from another origin than the media: what a player's site is.

import { createServer } from 'node:http';
import { once } from 'node:events';

const INLINE_ICON = '<link rel="icon" href="data:,">';

export class PageHost {
    /** pages: {path: html}; further ones may be set later. */
    static async start(pages = {}) {
        const host = new PageHost();
        host.pages = pages;
        host.server = createServer((request, response) => {
            const page = host.pages[request.url];
            response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
            response.end(page === undefined ? 'no such page' : page);
        });
        host.server.listen(0, '127.0.0.1');
        await once(host.server, 'listening');
        host.origin = `http://127.0.0.1:${host.server.address().port}`;
        return host;
    }

    /** The page that a site would write: one <video>, readable by scripts. */
    static videoPage(source) {
        return `<!doctype html><meta charset="utf-8"><title>video</title>${INLINE_ICON}
<video id="video" crossorigin="anonymous" playsinline controls preload="metadata" src="${source}"></video>`;
    }

    /** A page with nothing in it, for scripts. */
    static blankPage() {
        return `<!doctype html><meta charset="utf-8"><title>blank</title>${INLINE_ICON}`;
    }

    close() {
        this.server.close();
        this.server.closeAllConnections();
    }
}
