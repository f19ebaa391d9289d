// Reads {documents: {address: JSON}, credentials: [JSON]} from standard input and says for each credential whether
// @digitalbazaar/vc accepts it and its status list does not have it revoked. Nothing is fetched: what isn't among the documents doesn't exist.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';

const {documents, credentials} = JSON.parse(readFileSync(0, 'utf8'));

const documentLoader = async url => {
  const [address, fragment] = url.split('#');
  let document = documents[address];
  if(!document) {
    throw new Error(`not among the documents: ${url}`);
  }
  if(fragment) {
    document = {
      '@context': 'https://w3id.org/security/multikey/v1',
      ...document.verificationMethod.find(method => method.id === url)
    };
  }
  return {contextUrl: null, documentUrl: url, document};
};

const verdicts = [];
for(const credential of credentials) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  const revoked = result.statusResult?.results?.some(one => one.status);
  const error = result.error ?? result.statusResult?.error ?? '';
  verdicts.push({
    verified: result.verified && !revoked,
    error: result.verified ? (revoked ? 'revoked' : '') : (JSON.stringify(error) + error).slice(0, 6000)
  });
}
console.log(JSON.stringify(verdicts));
