// Verifies a credential with @digitalbazaar/vc. In: JSON lines on standard input, each {credential, documents: {address: document}};
// out: a line for each, {verified, revoked, errors}. It reaches nothing but the documents that it is given.
import {createInterface} from 'node:readline';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function find(documents, url) {
  if(documents[url]) {
    return documents[url];
  }
  const [did] = url.split('#');
  const method = documents[did]?.verificationMethod?.find(each => each.id === url);
  if(!method) {
    throw new Error(`nothing is fetched: ${url}`);
  }
  return {'@context': MULTIKEY, ...method};
}

async function verify({credential, documents}) {
  const documentLoader = async url => ({contextUrl: null, documentUrl: url, document: find(documents, url)});
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  const problems = [result.error, ...(result.error?.errors ?? []), result.statusResult?.error].filter(Boolean);
  return {
    verified: result.verified,
    revoked: result.statusResult?.results?.some(each => each.status) ?? null,
    errors: problems.map(each => each.message),
  };
}

for await (const line of createInterface({input: process.stdin})) {
  console.log(JSON.stringify(await verify(JSON.parse(line))));
}
