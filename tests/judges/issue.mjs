// Reads {documents, seed, issuer, method, now, credentials, lists} from standard input, and writes the credentials and
// the status lists as @digitalbazaar/vc signs them with the Ed25519 key of that seed (in hexadecimal), named `method`.
// Nothing is fetched: what isn't among the documents doesn't exist.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {readFileSync} from 'node:fs';

const {documents, seed, issuer, method, now, credentials, lists} = JSON.parse(readFileSync(0, 'utf8'));

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

const issue = credential => vc.issue({
  credential,
  suite: new DataIntegrityProof({signer: key.signer(), cryptosuite, date: now}),
  documentLoader,
  now
});

const signed = {credentials: [], lists: []};
for(const credential of credentials) {
  signed.credentials.push(await issue(credential));
}
for(const {id, purpose, indexes} of lists) {
  const list = await createList({length: 131072});
  indexes.forEach(index => list.setStatus(index, true));
  const credential = await createCredential({id, list, statusPurpose: purpose});
  signed.lists.push(await issue({...credential, issuer, validFrom: now}));
}
console.log(JSON.stringify(signed));
