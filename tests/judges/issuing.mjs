// How @digitalbazaar/vc signs with the Ed25519 key of a seed (in hexadecimal), named `method`. Nothing is fetched: what
// isn't among the documents doesn't exist.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';

export async function issuing({documents, seed, issuer, method, now}) {
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
  return credential => vc.issue({
    credential,
    suite: new DataIntegrityProof({signer, cryptosuite, date: now}),
    documentLoader,
    now
  });
}
