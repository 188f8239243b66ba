// Between this phone and the portal: fetches runs with their rolls, sends marks that wait. Every answer says who is signed in; names of
// somebody else's runs are forgotten before anything is shown.
"use strict";

const rollWire = (() => {
  const PATIENCE = 20000;
  const AT_ONCE = 200;
  const start = `/${document.documentElement.lang}/teaching`;
  const addressOf = (code) => `${start}/runs/${encodeURIComponent(code)}/phone/marks`;

  // What the portal answers: {told} or why it does not: "offline", "signed-out", "not-yours", "broken".
  const ask = async (address, sent) => {
    const options = { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
    if (sent) {
      const headers = { "Content-Type": "application/json", "X-CSRFToken": sent.token };
      Object.assign(options, { method: "POST", headers, body: JSON.stringify(sent.body) });
    }
    let answer;
    try {
      answer = await fetch(address, options);
    } catch {
      return { why: "offline" };
    }
    if (new URL(answer.url).pathname.endsWith("/sign-in")) return { why: "signed-out" };
    if (answer.status === 403 || answer.status === 404) return { why: "not-yours", status: answer.status };
    if (!answer.ok) return { why: "broken" };
    try {
      return { told: await answer.json() };
    } catch {
      return { why: "broken" };
    }
  };

  // Whoever is signed in never sees what somebody else kept here.
  let signedIn = "";
  const forgetOthers = async (owner) => {
    signedIn = owner;
    if ((await rollStore.runs()).some((run) => run.owner !== owner)) await rollStore.forgetNames();
  };

  const takeRun = async (told) => {
    await forgetOthers(told.owner);
    // The clock of this phone may be wrong: all that counts is by how much.
    const { token, received, refused, ...run } = told;
    await rollStore.keepRun({ ...run, ahead: Date.now() - told.now, fetched: Date.now() });
  };

  const refuse = async (code, answer) => {
    if (answer.why === "signed-out" || answer.status === 403) await rollStore.forgetNames();
    else if (answer.why === "not-yours") {
      await rollStore.dropRun(code);
      // The answer does not say who is signed in now: other runs may be somebody else's.
      const { told } = await ask(`${start}/phone/runs`);
      if (told) await forgetOthers(told.owner);
    }
    return answer.why;
  };

  const operation = ({ id, session, person, sequence, mark, late, left, reason, seen, done }) => ({
    id, session, person, sequence, mark, late, left, reason, seen, done,
  });

  // Fetches the run, then sends what waits for it; resolves to "" or why it did not work.
  const exchange = async (code) => {
    const fetched = await ask(addressOf(code));
    if (!fetched.told) return refuse(code, fetched);
    let { token, owner } = fetched.told;
    await takeRun(fetched.told);
    for (;;) {
      const waiting = (await rollStore.marks()).filter((one) => one.run === code && one.owner === owner && !one.refused).slice(0, AT_ONCE);
      if (!waiting.length) return "";
      const body = { owner, device: waiting[0].device, now: Date.now(), operations: waiting.map(operation) };
      const sent = await ask(addressOf(code), { token, body });
      if (!sent.told) return refuse(code, sent);
      const { received, refused } = sent.told;
      if (!received.length && !Object.keys(refused).length) return "broken";
      await takeRun(sent.told);
      await rollStore.settle(received, refused);
      token = sent.told.token;
    }
  };

  return {
    exchange,
    start,
    // A word for whoever is signed in, once the portal has said so.
    owner: () => signedIn,
    // The runs of whoever is signed in, for the page that the installed icon opens.
    async runs() {
      const answer = await ask(`${start}/phone/runs`);
      if (answer.told) await forgetOthers(answer.told.owner);
      else if (answer.why === "signed-out" || answer.status === 403) await rollStore.forgetNames();
      return answer;
    },
    // What a form of whoever is signed in needs to be taken: {token}, or {why} not. Keeps nothing.
    async token() {
      const { told, why } = await ask(`${start}/phone/runs`);
      return { token: told?.token, why };
    },
  };
})();
