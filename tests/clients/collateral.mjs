// collateral.mjs URL QUOTE ROOT.der: @phala/dcap-qvl, a verifier that we did not write, fetches its
// collateral from a service and verifies the quote under the named root. Prints the status; exit code
// 1 when it refuses, or when it accepts the quote with one byte changed.
import { readFileSync } from 'node:fs';
import qvl from '@phala/dcap-qvl';

const [url, quotePath, rootPath] = process.argv.slice(2);
const quote = readFileSync(quotePath);
const verifier = qvl.QuoteVerifier.newWithRootCa(readFileSync(rootPath));
const now = Math.floor(Date.now() / 1000);

const collateral = await qvl.getCollateral(url, quote);
const result = verifier.verify(quote, collateral, now);
console.log(`${result.status} ${(result.advisory_ids ?? []).join(',')}`.trim());

const tampered = Buffer.from(quote);
tampered[200] ^= 1;
try {
  verifier.verify(tampered, collateral, now);
  console.error('dcap-qvl accepted a changed quote');
  process.exitCode = 1;
} catch {
  // as it must be
}
