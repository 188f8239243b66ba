// The page: takes an address or a file, says what `Register` found. All that it says of a certificate it writes as text, never as markup.
import { Register, secretOf } from "./checks.js";
import { date, dayOf, printed, word } from "./words.js";

const TONES = { genuine: "good", suspended: "warn", superseded: "warn", expired: "warn" };
const SIGNS = { good: "m11 18.5 5 5L25.5 13", warn: "M18 10v10m0 5.5v.1", bad: "m12.5 12.5 11 11m0-11-11 11" };
const SVG = "http://www.w3.org/2000/svg";

const { root } = document.body.dataset;
const register = new Register(root);
const part = (name) => document.querySelector(`[data-${name}]`);
const [answerPart, ways, problem, form, drop] = ["answer", "ways", "problem", "address", "drop"].map(part);
const input = drop.querySelector("input");
const language = part("language");

let lang = navigator.language.startsWith("en") ? "en" : "ka";
let shown = null;

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function sign(tone) {
  const picture = document.createElementNS(SVG, "svg");
  const look = { viewBox: "0 0 36 36", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "3", "stroke-linecap": "round" };
  for (const [name, value] of Object.entries(look)) picture.setAttribute(name, value);
  const ring = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ cx: "18", cy: "18", r: "16" })) ring.setAttribute(name, value);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", SIGNS[tone]);
  picture.append(ring, line);
  return picture;
}

function verdict(kind, ...lines) {
  const tone = TONES[kind] ?? "bad";
  const role = tone === "bad" ? "alert" : "status";
  return make("div", { class: `verdict tone-${tone}`, role }, sign(tone), make("div", {}, make("h2", {}, word(lang, kind)), ...lines));
}

const line = (key, facts) => make("p", {}, word(lang, key, facts));

// The paragraphs under the verdict on a certificate of the register.
function standing({ kind, extract }) {
  const { record, row, states, successor } = extract;
  const number = make("span", { class: "nowrap" }, `№ ${row.number} ·`);
  const lines = [make("p", {}, number, ` ${word(lang, "issued_on", { day: date(lang, record.issued_on) })}`)];
  const { effective_at: effective, at } = states.at(-1);
  if (kind === "expired") lines.push(line("expired_since", { day: date(lang, record.valid_until) }));
  else if (kind !== "genuine") lines.push(line(`${kind}_since`, { day: date(lang, dayOf(effective ?? at)) }));
  if (successor) {
    const href = `${root}verify/${successor.secret}/index.html`;
    lines.push(make("p", {}, make("a", { href }, word(lang, "successor", { number: successor.number }))));
  }
  return lines;
}

function facts(record) {
  const list = make("dl", { class: "facts" });
  for (const [label, value] of printed(lang, record)) list.append(make("dt", {}, label), make("dd", {}, value));
  return make("div", { class: "panel" }, list);
}

function whole(answer) {
  const { extract, secret, fromFile } = answer;
  const file = make("a", { href: `${root}verify/${secret}/certificate.pdf` }, word(lang, "download"));
  const checked = `${word(lang, "checked")} ${word(lang, "as_of", { day: date(lang, dayOf(extract.as_of)) })}`;
  return [
    ...(fromFile ? [line("file_genuine")] : []),
    verdict(answer.kind, ...standing(answer)),
    make("h2", {}, word(lang, "printed")),
    line("compare"),
    facts(extract.record),
    make("p", { class: "fine" }, checked),
    make("p", {}, file),
  ];
}

function show() {
  document.documentElement.lang = lang;
  document.title = word(lang, shown ? shown.kind : "title");
  language.textContent = word(lang, "language");
  language.lang = lang === "ka" ? "en" : "ka";
  language.hidden = false;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(lang, node.dataset.word);
  answerPart.replaceChildren();
  if (!shown) return;
  if (shown.extract) answerPart.append(...whole(shown), make("p", {}, make("a", { href: `${root}index.html` }, word(lang, "another"))));
  else answerPart.append(verdict(shown.kind, line(shown.part ? `broken_${shown.part}` : `${shown.kind}_more`, shown)));
  ways.hidden = Boolean(shown.extract);
}

function complain(key) {
  problem.hidden = !key;
  problem.textContent = key ? word(lang, key) : "";
}

async function ask(checking) {
  complain("checking");
  try {
    shown = await checking();
    complain("");
  } catch {
    shown = null;
    complain("unreadable");
  }
  show();
  answerPart.focus();
}

function askFile(files) {
  if (files.length > 1) complain("several");
  if (files.length !== 1) return;
  ask(async () => ({ ...(await register.checkFile(new Uint8Array(await files[0].arrayBuffer()))), fromFile: true }));
}

language.addEventListener("click", () => {
  lang = lang === "ka" ? "en" : "ka";
  show();
});

if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) {
  show();
  complain("insecure");
} else {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(() => register.checkSecret(secretOf(form.elements.address.value)));
  });
  input.addEventListener("change", () => askFile(input.files));
  const withFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    drop.classList.add("drop-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("drop-over");
  });
  document.addEventListener("drop", (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    drop.classList.remove("drop-over");
    askFile(event.dataTransfer.files);
  });
  // The page of a certificate stands under its secret.
  const [, secret] = location.pathname.match(/\/verify\/([^/]+)\/(?:index\.html)?$/) ?? [];
  ways.hidden = false;
  show();
  if (secret) ask(() => register.checkSecret(secret));
}
