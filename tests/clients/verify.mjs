// verify.mjs JWKS ALGORITHM TOKEN...: two JWT clients that we did not write verify each token with an
// exported key set, and refuse it when one character of any part is changed, under another algorithm,
// for another audience, and unsigned. Exit code 1 when one of them says otherwise.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

const issuer = 'quote appraisal entity';
const audience = 'relying-party';
const [jwksPath, algorithm, ...tokenPaths] = process.argv.slice(2);
const jwks = JSON.parse(readFileSync(jwksPath, 'utf8'));
const keySet = createLocalJWKSet(jwks);

const clients = {
  jose: async (token, algorithms, wanted) =>
    (await jwtVerify(token, keySet, { algorithms, audience: wanted, issuer })).payload,
  jsonwebtoken: async (token, algorithms, wanted) => {
    const { kid } = jsonwebtoken.decode(token, { complete: true }).header;
    const jwk = jwks.keys.find((key) => key.kid === kid);
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return jsonwebtoken.verify(token, key, { algorithms, audience: wanted, issuer });
  },
};

// Another character of the same alphabet. The last one of a segment holds unused bits: leave it.
function changed(token, segment) {
  const parts = token.split('.');
  const at = Math.floor(parts[segment].length / 2);
  const other = parts[segment][at] === 'A' ? 'B' : 'A';
  parts[segment] = parts[segment].slice(0, at) + other + parts[segment].slice(at + 1);
  return parts.join('.');
}

function unsigned(token) {
  const header = { ...decodeProtectedHeader(token), alg: 'none' };
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${token.split('.')[1]}.`;
}

function attacks(token) {
  const others = ['ES256', 'ES384', 'RS256', 'PS384', 'HS256'].filter((name) => name !== algorithm);
  return [
    ['header changed', changed(token, 0), [algorithm], audience],
    ['claims changed', changed(token, 1), [algorithm], audience],
    ['signature changed', changed(token, 2), [algorithm], audience],
    ['signature cut off', token.slice(0, token.lastIndexOf('.') + 1), [algorithm], audience],
    ['alg none', unsigned(token), [algorithm], audience],
    ['other algorithms allowed', token, others, audience],
    ['another audience', token, [algorithm], 'somebody else'],
  ];
}

let checks = 0;
let failures = 0;

function count(good, path, client, what) {
  checks += 1;
  if (good) return;
  failures += 1;
  console.error(`${path}: ${client}: ${what}`);
}

for (const path of tokenPaths) {
  const token = readFileSync(path, 'utf8').trim();
  for (const [name, verify] of Object.entries(clients)) {
    const claims = await verify(token, [algorithm], audience).catch((error) => error);
    count(!(claims instanceof Error) && claims.iss === issuer, path, name, `refused: ${claims}`);
    for (const [what, text, algorithms, wanted] of attacks(token)) {
      const answer = await verify(text, algorithms, wanted).catch((error) => error);
      count(answer instanceof Error, path, name, `accepted: ${what}`);
    }
  }
}
console.log(`${algorithm}: ${tokenPaths.length} tokens, ${checks} checks, ${failures} failures`);
process.exit(failures === 0 && tokenPaths.length > 0 ? 0 : 1);
