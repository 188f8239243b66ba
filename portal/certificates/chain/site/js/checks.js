// What is checked of a certificate, with what stands beside this page and nothing else: signatures by the keys of did.json, digests of the
// files, the bit in the status list. Every function that answers gives {kind, …}; see `checkSecret` and `checkFile`.

const SECRET = /^[A-Za-z0-9_-]{16,64}$/;
const NUMBER = /NALAG-[0-9]{4}-[0-9]{6,9}/;
const VALID = ["issued", "reinstated"];

const fromBase64 = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

export async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The bytes of a file of this export, or null when there is none.
async function read(path) {
  const answer = await fetch(path, { cache: "no-cache", credentials: "same-origin" });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

// An address as it is printed, or a secret alone: the secret in it, or "".
export function secretOf(text) {
  const last = text.trim().split(/[?#]/)[0].replace(/\/+$/, "").split("/").pop();
  return SECRET.test(last) ? last : "";
}

export class Register {
  #keys = null;
  #lists = new Map();

  constructor(root) {
    this.root = root;
  }

  // Secret in, answer out: {kind, extract, successor} where kind is "genuine", "expired", "suspended", "superseded" or "revoked";
  // "unknown" when there is no such certificate; {kind: "broken", part} when something here does not hold.
  async checkSecret(secret) {
    if (!SECRET.test(secret)) return { kind: "unknown" };
    const folder = `${this.root}verify/${secret}/`;
    const signed = await read(`${folder}extract.jws`);
    if (!signed) return { kind: "unknown" };
    const extract = await this.#verified(signed).catch(() => null);
    if (!extract || extract.row?.secret !== secret) return { kind: "broken", part: "extract" };
    if (!(await this.#fileHolds(extract, folder))) return { kind: "broken", part: "file" };
    if (extract.row.jwt_sha256 && !(await this.#credentialHolds(extract, folder))) return { kind: "broken", part: "credential" };
    return { kind: standing(extract), extract, secret };
  }

  // The bytes of a PDF in, answer out: as above, or {kind: "altered", number} for a file that says it is one of ours, or {kind: "foreign"}.
  async checkFile(bytes) {
    const digest = await sha256(bytes);
    const found = await read(`${this.root}files/${digest}.json`);
    if (found) {
      const answer = await this.checkSecret(JSON.parse(utf8(found)).secret);
      if (!answer.extract || digests(answer.extract).includes(digest)) return answer;
      return { kind: "broken", part: "file" };
    }
    const number = new TextDecoder("latin1").decode(bytes).replaceAll("\0", "").match(NUMBER)?.[0];
    return number ? { kind: "altered", number } : { kind: "foreign" };
  }

  async #fileHolds(extract, folder) {
    const pdf = await read(`${folder}certificate.pdf`);
    return pdf !== null && (await sha256(pdf)) === digests(extract).at(-1);
  }

  async #credentialHolds(extract, folder) {
    const [jwt, json] = await Promise.all([read(`${folder}credential.jwt`), read(`${folder}credential.json`)]);
    if (!jwt || !json) return false;
    if ((await sha256(jwt)) !== extract.row.jwt_sha256 || (await sha256(json)) !== extract.row.document_sha256) return false;
    const credential = await this.#verified(jwt).catch(() => null);
    const { status_list: list, status_index: index } = extract.row;
    if (credential?.credentialStatus?.statusListIndex !== String(index)) return false;
    const bits = await this.#bitsOf(list);
    const marked = bits !== null && (bits[index >> 3] & (0x80 >> (index & 7))) !== 0;
    return bits !== null && marked !== VALID.includes(extract.states.at(-1).state);
  }

  // The bits of a status list, once its signature holds; asked for once.
  #bitsOf(list) {
    if (!this.#lists.has(list)) {
      const bits = read(`${this.root}status/${list}.jwt`)
        .then((jwt) => this.#verified(jwt))
        .then(({ credentialSubject }) => unpacked(fromBase64(credentialSubject.encodedList.slice(1))));
      this.#lists.set(list, bits.catch(() => null));
    }
    return this.#lists.get(list);
  }

  // The claims of a compact JWS that is signed (ES256) by a key of did.json. Throws for any other.
  async #verified(token) {
    const [header, payload, signature, ...more] = utf8(token).trim().split(".");
    const { alg, kid } = JSON.parse(utf8(fromBase64(header)));
    if (alg !== "ES256" || more.length) throw new Error("not a JWS with ES256");
    this.#keys ??= keysIn(read(`${this.root}.well-known/did.json`));
    const key = (await this.#keys).get(kid.split("#").pop());
    const way = { name: "ECDSA", hash: "SHA-256" };
    const said = new TextEncoder().encode(`${header}.${payload}`);
    if (!key || !(await crypto.subtle.verify(way, key, fromBase64(signature), said))) throw new Error("the signature does not hold");
    return JSON.parse(utf8(fromBase64(payload)));
  }
}

async function keysIn(reading) {
  const { assertionMethod, verificationMethod } = JSON.parse(utf8(await reading));
  const keys = new Map();
  for (const { id, publicKeyJwk } of verificationMethod) {
    if (!publicKeyJwk || !assertionMethod.includes(id)) continue;
    const key = await crypto.subtle.importKey("jwk", publicKeyJwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    keys.set(id.split("#").pop(), key);
  }
  return keys;
}

async function unpacked(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The digests of the file in the order in which it grew, the one of today last.
const digests = ({ row, additions }) => [row.pdf_sha256, ...additions.map((addition) => addition.file_sha256)];

function standing({ row, states }) {
  const { state } = states.at(-1);
  if (!VALID.includes(state)) return state;
  return row.expires_at && Date.parse(row.expires_at) <= Date.now() ? "expired" : "genuine";
}
