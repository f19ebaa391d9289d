// How fast @digitalbazaar/vc signs. The first line of standard input is {documents, seed, issuer, method, now}
// (issuing.mjs); each further one {credentials, seconds}: those credentials are signed by turns for so long, and
// {rate, calls} is written, the rate in calls a second by this program's own clock.
import {createInterface} from 'node:readline';
import {issuing} from './issuing.mjs';

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
const issue = await issuing(JSON.parse(await next()));

for(let line = await next(); line; line = await next()) {
  const {credentials, seconds} = JSON.parse(line);
  const began = performance.now();
  let calls = 0;
  let spent = 0;
  while(spent < seconds) {
    await issue(credentials[calls % credentials.length]);
    calls += 1;
    spent = (performance.now() - began) / 1000;
  }
  console.log(JSON.stringify({rate: calls / spent, calls}));
}
