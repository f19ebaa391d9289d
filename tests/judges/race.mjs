// How fast @digitalbazaar/vc signs. The first line of standard input is {documents, seed, issuer, method, now}; each further
// one {credentials, seconds}: those credentials are signed by turns for so long, and {rate, calls} is written, the rate in
// calls a second by this program's own clock. Nothing is fetched: what isn't among the documents doesn't exist.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {createInterface} from 'node:readline';

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
const {documents, seed, issuer, method, now} = JSON.parse(await next());

const documentLoader = async url => {
  if(!documents[url]) {
    throw new Error(`not among the documents: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: documents[url]};
};

const key = await Ed25519Multikey.generate({
  id: method,
  controller: issuer,
  seed: new Uint8Array(Buffer.from(seed, 'hex'))
});
const signer = key.signer();

for(let line = await next(); line; line = await next()) {
  const {credentials, seconds} = JSON.parse(line);
  const began = performance.now();
  let calls = 0;
  let spent = 0;
  while(spent < seconds) {
    const suite = new DataIntegrityProof({signer, cryptosuite, date: now});
    await vc.issue({credential: credentials[calls % credentials.length], suite, documentLoader, now});
    calls += 1;
    spent = (performance.now() - began) / 1000;
  }
  console.log(JSON.stringify({rate: calls / spent, calls}));
}
