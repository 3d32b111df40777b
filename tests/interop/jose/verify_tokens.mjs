// Verifies tokens as a backend does that has nothing but the address of the key set.
// In, by stdin: {jwks, issuer, audience, keys: {name: jwk}, tokens: {name: token}}.
// Out, by stdout: {thumbprints: {name: thumbprint}, tokens: {name: {header, payload} or {refused: code}}}.
import { webcrypto } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { calculateJwkThumbprint, createRemoteJWKSet, errors, jwtVerify } from 'jose';

globalThis.crypto ??= webcrypto; // Node 18

const asked = JSON.parse(await text(process.stdin));
const keys = createRemoteJWKSet(new URL(asked.jwks));
const options = { issuer: asked.issuer, audience: asked.audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['exp', 'iat', 'jti'] };

const said = { thumbprints: {}, tokens: {} };
for (const [name, jwk] of Object.entries(asked.keys)) said.thumbprints[name] = await calculateJwkThumbprint(jwk, 'sha256');
for (const [name, token] of Object.entries(asked.tokens)) {
  try {
    const { protectedHeader, payload } = await jwtVerify(token, keys, options);
    said.tokens[name] = { header: protectedHeader, payload };
  } catch (refusal) {
    if (!(refusal instanceof errors.JOSEError)) throw refusal;
    said.tokens[name] = { refused: refusal.code };
  }
}
console.log(JSON.stringify(said));
