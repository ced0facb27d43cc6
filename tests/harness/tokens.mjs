// Tokens, honest and forged, made with node:crypto alone so that no code under test mends what a
// test wants broken.

import { createCipheriv, createHmac, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

export const ATTRIBUTE = 'URISigningPackage';

export function base64url(value) {
    return Buffer.from(value).toString('base64url');
}

const asJson = (value) =>
    typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);

/** header.payload of a token; both an object, or the very bytes to send. */
export function unsigned(header, payload) {
    return `${base64url(asJson(header))}.${base64url(asJson(payload))}`;
}

/** ES256 over the text as it stands; `jwk` has the private part. */
export function signEs256(jwk, text) {
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export function signHs256(secret, text) {
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A JWE in compact form of `text`, by a JWK for A128GCM or A256GCM. */
export function encryptFor(jwk, text) {
    const header = base64url(JSON.stringify({ alg: 'dir', enc: jwk.alg, kid: jwk.kid }));
    const iv = randomBytes(12);
    const cipher = createCipheriv(jwk.alg === 'A128GCM' ? 'aes-128-gcm' : 'aes-256-gcm', Buffer.from(jwk.k, 'base64url'), iv);
    cipher.setAAD(Buffer.from(header));
    const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
    return [header, '', ...[iv, ciphertext, cipher.getAuthTag()].map(base64url)].join('.');
}

export function publicPem(jwk) {
    return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
}

export const nowS = () => Math.floor(Date.now() / 1000);

/** What a token for all of a title claims, written as `segue token` writes it or tighter. */
export function claimsFor(title, more = {}) {
    return {
        cdniuc: `regex:https?://[^/]*/v1/${title.replaceAll('.', '\\.')}/[^/?]+(\\?.*)?`,
        exp: nowS() + 3600,
        ...more,
    };
}

export function headerFor(jwk, more = {}) {
    return { alg: 'ES256', kid: jwk.kid, ...more };
}

/** A good token for a title. */
export function tokenFor(jwk, title, more) {
    return signEs256(jwk, unsigned(headerFor(jwk), claimsFor(title, more)));
}

/** The path of a file of a title with its token in the query. */
export function signedPath(jwk, title, file) {
    return `/v1/${title}/${file}?${ATTRIBUTE}=${tokenFor(jwk, title)}`;
}
