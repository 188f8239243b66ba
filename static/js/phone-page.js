// The roll call on a phone, with a network or without. A tap is drawn at once, kept on the phone, and sent when there is a network; what
// two people marked differently is shown to whoever looks, to decide. Needs js/phone-store.js and js/phone-wire.js.
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
let keeps = true;
const rows = new Map();

const say = (text, number) => words[text].replace("#", number);
const keyOf = (sessionId, personId) => `${sessionId}:${personId}`;
const markOf = (person) => waiting.get(keyOf(session.id, person.id));
const factsOf = (person) => session.marks[person.id] ?? [];
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
    part("form").hidden = true;
    part("no-sessions").hidden = true;
    part("course").textContent = "";
    part("sessions").replaceChildren();
    drawSession();
    return;
  }
  const asked = Number(/^#session-(\d+)$/.exec(location.hash)?.[1]);
  const nearest = (one) => Math.max(one.opens - portalTime(), portalTime() - one.opens - DAY, 0);
  const byNearness = [...run.sessions].sort((one, other) => nearest(one) - nearest(other));
  const known = run.sessions.find((one) => one.id === (asked || session?.id)) ?? byNearness.find((one) => portalTime() < one.ends) ?? byNearness[0];
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
  part("form").hidden = !session;
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

// -- marking --

// A tap is handed to the phone's memory and drawn at once; where it is not kept, the mark is taken back and said so.
async function keep(made) {
  const done = Date.now();
  const marks = made.map(([person, values]) => ({
    late: 0, left: 0, reason: "", ...values, run: run.code, owner: run.owner, session: session.id, person: person.id, seen: session.newest, done,
  }));
  let kept = [];
  let stored;
  try {
    const instead = marks.map((mark) => waiting.get(keyOf(mark.session, mark.person))?.id).filter(Boolean);
    [kept, stored] = rollStore.addMarks(marks, instead);
  } catch (error) {
    stored = Promise.reject(error);
  }
  for (const mark of kept) {
    waiting.set(keyOf(mark.session, mark.person), mark);
    saving.set(keyOf(mark.session, mark.person), mark);
  }
  for (const [person] of made) {
    delete rows.get(person.id).dataset.unfinished;
    delete rows.get(person.id).dataset.drawn;
    drawNote(person, "");
  }
  drawCounts();
  try {
    await stored;
    settled(kept);
    drawLists();
    sendSoon();
  } catch {
    keeps = false;
    for (const mark of settled(kept)) waiting.delete(keyOf(mark.session, mark.person));
    drawAll();
  }
}

// Takes marks off the list of those on their way, unless a later tap is; gives those that it took off.
function settled(marks) {
  const last = marks.filter((mark) => saving.get(keyOf(mark.session, mark.person)) === mark);
  for (const mark of last) saving.delete(keyOf(mark.session, mark.person));
  return last;
}

const minutes = (text) => (/^\d{1,4}$/.test(text.trim()) ? Number(text) : text.trim() ? NaN : 0);

function changed(event) {
  const row = event.target.closest("[data-person]");
  const person = row && run.people.find((one) => one.id === Number(row.dataset.person));
  if (!person) return;
  const value = row.querySelector("input[type=radio]:checked")?.value;
  if (value !== "other") {
    keep([[person, { mark: value }]]);
    return;
  }
  row.dataset.unfinished = "";
  const typed = event.target.type === "text";
  const field = (name) => row.querySelector(`[name="${name}-${person.id}"]`);
  const [late, left, reason] = [minutes(field("late").value), minutes(field("left").value), field("reason").value.trim()];
  if (field("excused").checked) {
    if (reason) keep([[person, { mark: "excused", reason }]]);
    else drawNote(person, typed && words["needs-reason"]);
  } else if (late + left > 0 && late + left < session.minutes) keep([[person, { mark: "present", late, left, reason }]]);
  else drawNote(person, typed && words["needs-minutes"]);
}

function everyone() {
  const unmarked = run.people.filter((person) => !shownOf(person) && !isContradicted(person));
  if (unmarked.length) keep(unmarked.map((person) => [person, { mark: "present" }]));
  for (const person of unmarked) drawRow(person);
}

// -- sending --

let soon = 0;
function sendSoon() {
  clearTimeout(soon);
  soon = setTimeout(send, SOON);
}

let sending = null;
let anew = false;
function send() {
  if (sending) anew = true;
  sending ??= sendAll().finally(() => {
    sending = null;
    if (anew) sendSoon();
    anew = false;
  });
  return sending;
}

async function sendAll() {
  clearTimeout(soon);
  if (localStorage.getItem(LEAVING)) {
    await leave();
    return;
  }
  let why = "";
  if (!code) {
    const answer = await rollWire.runs();
    why = answer.why ?? "";
    near = answer.told?.runs ?? null;
  } else why = await rollWire.exchange(code);
  // Then what waits of other runs, if whoever is signed in made it.
  await readKept();
  for (const one of why ? [] : new Set([...waiting.values()].map((mark) => mark.run))) {
    const result = one === code ? "" : await rollWire.exchange(one);
    if (result !== "not-yours") why ||= result;
  }
  state = why;
  await readKept();
  if (waiting.size && (why === "offline" || why === "broken")) soon = setTimeout(send, AGAIN);
}

// -- signing out: send first, say what would be lost, wipe, then tell the portal --

const LEAVING = "roll-leaving";

async function askToSignOut() {
  await send();
  const lost = [...waiting.values(), ...others];
  if (!lost.length) {
    await signOut();
    return;
  }
  part("lost").replaceChildren(...lost.map((mark) => element("li", `${nameOf(mark)}: ${describe(mark)}`)));
  part("ask").showModal();
}

async function signOut() {
  await rollStore.forgetAll();
  localStorage.setItem(LEAVING, "1");
  run = null;
  waiting = new Map();
  refused = [];
  others = [];
  await leave();
}

// The sign-in itself ends at the portal. Without a network the names are gone from the phone, and the rest follows when there is one.
async function leave() {
  const answer = await rollWire.token();
  if (answer.token) {
    localStorage.removeItem(LEAVING);
    part("leave").elements.csrf_token.value = answer.token;
    part("leave").submit();
    return;
  }
  if (answer.why === "signed-out") localStorage.removeItem(LEAVING);
  state = answer.why === "signed-out" ? "signed-out" : "wiped";
  drawAll();
}

// -- beginning --

rollStore.whenGone(() => location.reload());
part("roll").addEventListener("change", changed);
part("roll").addEventListener("input", (event) => {
  if (event.target.type === "text") event.target.closest("[data-person]").dataset.unfinished = "";
});
part("everyone").addEventListener("click", everyone);
part("send").addEventListener("click", send);
part("sign-out").addEventListener("click", askToSignOut);
part("send-first").addEventListener("click", async () => {
  part("ask").close();
  await askToSignOut();
});
part("lose").addEventListener("click", async () => {
  part("ask").close();
  await signOut();
});
part("stay").addEventListener("click", () => part("ask").close());
part("dismiss").addEventListener("click", async () => {
  await rollStore.settle(refused.map((mark) => mark.id), {});
  await readKept();
});
window.addEventListener("hashchange", drawAll);
window.addEventListener("online", send);
window.addEventListener("offline", () => {
  state = "offline";
  drawState();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") send();
});

page.hidden = false;
part("start").hidden = Boolean(code);
navigator.serviceWorker?.register("/sw.js", { scope: `${rollWire.start}/` }).catch(() => {});
readKept()
  .catch(() => {
    keeps = false;
    drawState();
  })
  .then(send)
  .then(() => {
    if (location.hash === "#sign-out") askToSignOut();
  });
