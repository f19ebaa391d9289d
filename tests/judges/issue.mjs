// Reads {documents, seed, issuer, method, now, credentials, lists} from standard input, and writes the credentials and
// the status lists as @digitalbazaar/vc signs them (issuing.mjs).
import {createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {readFileSync} from 'node:fs';
import {issuing} from './issuing.mjs';

const {credentials, lists, ...told} = JSON.parse(readFileSync(0, 'utf8'));
const {issuer, now} = told;
const issue = await issuing(told);

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
