// What the roll call on a phone shows, drawn from what the phone keeps: rows, lists and counts. Needs js/phone-store.js.
"use strict";

const page = document.querySelector("[data-phone]");
const words = JSON.parse(page.dataset.words);
const part = (name) => page.querySelector(`[data-phone-${name}]`);
const code = decodeURIComponent(/\/runs\/([^/]+)\/phone$/.exec(location.pathname)?.[1] ?? "");
const DAY = 24 * 3600 * 1000;
const SOON = 1500;
const AGAIN = 30000;

let run = null;
let session = null;
let waiting = new Map(); // marks not sent, by session and person
const saving = new Map(); // those of them that are on their way to the phone's memory
let refused = []; // marks that the portal would not take
let others = []; // marks that somebody else made on this phone and did not send: only their maker can
let near = null; // on the page without a run: the runs of whoever is signed in
let state = "";
let told = ""; // what became of the sending: beside the button, where the thumb is
let keeps = true;
const rows = new Map();

const say = (text, number) => words[text].replace("#", number);
const keyOf = (sessionId, personId) => `${sessionId}:${personId}`;
const markOf = (person) => waiting.get(keyOf(session.id, person.id));
const factsOf = (person) => session.marks[person.id] ?? [];
const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tbilisi" });
const portalTime = () => Date.now() - run.ahead;
const element = (name, text = "", values = {}) => Object.assign(document.createElement(name), { textContent: text }, values);

// What a row shows: the mark that waits, else the one fact; of two that contradict each other neither.
const shownOf = (person) => {
  const facts = factsOf(person);
  return markOf(person) ?? (facts.length === 1 ? facts[0] : null);
};
const isContradicted = (person) => !markOf(person) && factsOf(person).length > 1;
const valueOf = (mark) => (mark.mark === "excused" || mark.late || mark.left ? "other" : mark.mark);
const describe = ({ mark, late, left }) =>
  [words[mark], late && say("late", late), left && say("left", left)].filter(Boolean).join(", ");

// -- drawing --

function newRow(person) {
  const row = part("row").content.firstElementChild.cloneNode(true);
  for (const one of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-labelledby"]) {
      const value = one.getAttribute(name);
      if (value?.endsWith("-0")) one.setAttribute(name, `${value.slice(0, -1)}${person.id}`);
    }
  }
  row.dataset.person = person.id;
  row.querySelector(".roll-who").textContent = person.name;
  const note = row.querySelector(".roll-who + span");
  note.textContent = person.detail;
  note.hidden = !person.detail;
  row.querySelector(".roll-name").append(element("span", "", { className: "wrong", hidden: true }));
  return row;
}

function drawRow(person) {
  const row = rows.get(person.id);
  if ("unfinished" in row.dataset) return; // whoever is writing keeps what is written
  const mark = shownOf(person);
  const drawn = JSON.stringify([mark, factsOf(person)]);
  if (row.dataset.drawn === drawn) return;
  row.dataset.drawn = drawn;
  const value = mark ? valueOf(mark) : "";
  for (const radio of row.querySelectorAll("input[type=radio]")) radio.checked = radio.value === value;
  const field = (name) => row.querySelector(`[name="${name}-${person.id}"]`);
  field("late").value = mark?.late || "";
  field("left").value = mark?.left || "";
  field("excused").checked = mark?.mark === "excused";
  field("reason").value = value === "other" ? mark.reason : "";
  drawNote(person, isContradicted(person) ? `${words.contradicted} ${versionsOf(person)}. ${words.decide}` : "");
}

const versionsOf = (person) => factsOf(person).map((fact) => `${describe(fact)} (${fact.by}, ${fact.when})`).join("; ");

function drawNote(person, text) {
  const note = rows.get(person.id).querySelector(".wrong");
  note.textContent = text;
  note.hidden = !text;
}

function drawList(name, items) {
  part(name).hidden = !items.length;
  part(name).querySelector("ul").replaceChildren(...items);
}

function drawCounts() {
  const people = session ? run.people : [];
  const marks = people.map(shownOf);
  part("present").textContent = marks.filter((mark) => mark?.mark === "present").length;
  part("total").textContent = people.length;
  part("unmarked").textContent = marks.filter((mark) => !mark).length;
  const unsent = [...waiting.values()];
  part("unsent").textContent = say("unsent", unsent.length);
  part("told").textContent = told;
  part("unsent").classList.toggle("phone-unsent", unsent.length > 0);
  part("late").hidden = !unsent.some((mark) => Date.now() - mark.done > DAY);
  part("bar").hidden = !session && !unsent.length;
}

// Beside the rows: contradictions, and marks that the portal would not take.
function drawLists() {
  const people = session ? run.people : [];
  drawList("contradictions", people.filter(isContradicted).map((person) => {
    const item = element("li");
    item.append(element("a", person.name, { href: `#person-${person.id}` }), `: ${versionsOf(person)}`);
    return item;
  }));
  drawList("refused", refused.map((mark) => element("li", `${nameOf(mark)}: ${describe(mark)}. ${mark.refused}`)));
}

const nameOf = (mark) => (mark.run === run?.code && run.people.find((person) => person.id === mark.person)?.name) || mark.run;

function drawState() {
  const text = words[state === "offline" && code && !run ? "not-here" : state] ?? "";
  const silent = state === "signed-out" || state === "not-yours";
  part("say").textContent = keeps ? text : words["keeps-nothing"];
  part("say").className = `flash tone-${!keeps || silent ? "bad" : "warn"}`;
  part("say").hidden = keeps && !text;
  part("sign-in").hidden = state !== "signed-out";
  part("sign-in").querySelector("a").href = `/${document.documentElement.lang}/sign-in?next=${encodeURIComponent(location.pathname)}`;
  part("form").hidden = !session || state === "offline";
  part("sign-out").hidden = state === "signed-out";
}

function drawSession() {
  const people = session && portalTime() >= session.opens ? run.people : [];
  const shape = JSON.stringify([session?.id, people]);
  if (shape !== part("roll").dataset.shape) {
    // Only another session or other people make new rows: whoever is typing keeps the cursor.
    part("roll").dataset.shape = shape;
    rows.clear();
    for (const person of people) rows.set(person.id, newRow(person));
    part("roll").replaceChildren(...rows.values());
  }
  const tooEarly = Boolean(session) && !rows.size && run.people.length > 0;
  part("early").hidden = !tooEarly;
  part("everyone").hidden = !rows.size;
  people.forEach(drawRow);
}

function drawRun() {
  if (!run) {
    session = null;
    part("no-sessions").hidden = true;
    part("course").textContent = "";
    part("sessions").replaceChildren();
    drawSession();
    return;
  }
  const asked = Number(/^#session-(\d+)$/.exec(location.hash)?.[1]);
  const nearest = (one) => Math.max(one.opens - portalTime(), portalTime() - one.opens - DAY, 0);
  const least = Math.min(...run.sessions.map(nearest));
  const ofTheDay = run.sessions.filter((one) => nearest(one) === least);
  const known = run.sessions.find((one) => one.id === (asked || session?.id)) ?? ofTheDay.find((one) => portalTime() < one.ends) ?? ofTheDay.at(-1);
  session = known ?? null;
  part("course").textContent = [session?.title, run.course, run.code].filter(Boolean).join(" · ");
  part("sessions").replaceChildren(...run.sessions.map((one) => {
    const item = element("li");
    item.append(element("a", one.label, { href: `#session-${one.id}` }));
    if (one === session) item.firstChild.setAttribute("aria-current", "true");
    return item;
  }));
  const current = part("sessions").querySelector("[aria-current]");
  if (current) part("sessions").scrollLeft = current.offsetLeft - (part("sessions").clientWidth - current.offsetWidth) / 2;
  part("no-sessions").hidden = run.sessions.length > 0;
  if (session) part("form").href = `${rollWire.start}/sessions/${session.id}`;
  drawSession();
}

function drawRuns(found) {
  part("runs").replaceChildren(...found.map((one) => {
    const item = element("li");
    item.append(element("a", `${one.course} (${one.code})`, { href: `${rollWire.start}/runs/${encodeURIComponent(one.code)}/phone` }));
    return item;
  }));
  part("no-runs").hidden = found.length > 0;
}

function drawAll() {
  drawRun();
  drawCounts();
  drawLists();
  drawState();
}

async function readKept() {
  await rollStore.know();
  const [found, all] = [await rollStore.runs(), await rollStore.marks()];
  // Names stay for the days of the run, not for good.
  const past = (one) => one.sessions.every(({ ends }) => ends + 2 * DAY < Date.now() - one.ahead);
  const over = (one) => one.code !== code && past(one) && !all.some((mark) => mark.run === one.code);
  for (const one of found.filter(over)) await rollStore.dropRun(one.code);
  const kept = found.filter((one) => !over(one));
  const owner = rollWire.owner() || kept[0]?.owner;
  const own = all.filter((mark) => !owner || mark.owner === owner);
  others = all.filter((mark) => !own.includes(mark));
  waiting = new Map(own.filter((mark) => !mark.refused).map((mark) => [keyOf(mark.session, mark.person), mark]));
  for (const [key, mark] of saving) waiting.set(key, mark);
  refused = own.filter((mark) => mark.refused);
  if (code) run = kept.find((one) => one.code === code) ?? null;
  else drawRuns(near ?? kept);
  await rollStore.count();
  drawAll();
}
