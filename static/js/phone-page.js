// The roll call on a phone, with a network or without. A tap is drawn at once, kept on the phone, and sent when there is a network; what
// two people marked differently is shown to whoever looks, to decide. Needs js/phone-store.js, js/phone-wire.js and js/phone-drawing.js.
"use strict";

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
  told = "";
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
  const waited = waiting.size;
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
  if (!why) tell(waited && !waiting.size);
  if (waiting.size && (why === "offline" || why === "broken")) soon = setTimeout(send, AGAIN);
}

// All was sent, and when by the clock of the portal; what was said before it is over.
function tell(allSent) {
  if (allSent) told = say("all-sent", hours.format(run ? portalTime() : Date.now()));
  else if (told === words["send-later"]) told = "";
  drawCounts();
}

// Whoever asks is answered, also where there is nothing to send or no way to.
async function sendNow() {
  const unanswered = () => {
    told = words[state === "broken" ? "broken" : "send-later"];
    drawCounts();
  };
  if (!navigator.onLine) unanswered();
  await send();
  if (state === "offline" || state === "broken") unanswered();
  else if (!state) tell(!waiting.size);
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

// Another page let the names go, most likely since somebody signs out there: none is shown until the portal says again who is signed in.
rollStore.whenGone(() => {
  run = null;
  near = [];
  waiting = new Map();
  state = "signed-out";
  drawAll();
});
part("roll").addEventListener("change", changed);
part("roll").addEventListener("input", (event) => {
  if (event.target.type === "text") event.target.closest("[data-person]").dataset.unfinished = "";
});
part("everyone").addEventListener("click", everyone);
part("send").addEventListener("click", sendNow);
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
