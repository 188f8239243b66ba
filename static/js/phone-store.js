// What the roll call keeps on this phone, in two databases: the names, which go when nobody is signed in any more, and the marks not yet
// sent, which know people by number only and stay until they are sent or given up. Two notes in localStorage tell the other pages of the
// portal about it: "roll-kept" (there is something), "roll-unsent" (how many marks).
"use strict";

const rollStore = (() => {
  const NAMES = "roll-names";
  const MARKS = "roll-marks";
  const STORES = {
    [NAMES]: (base) => base.createObjectStore("runs", { keyPath: "code" }),
    [MARKS]: (base) => {
      base.createObjectStore("marks", { keyPath: "id" });
      base.createObjectStore("phone");
    },
  };
  const opened = new Map();
  let gone = () => {};

  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error));
    });

  const open = (name) => {
    if (!opened.has(name)) {
      const request = indexedDB.open(name, 1);
      request.addEventListener("upgradeneeded", () => STORES[name](request.result));
      const base = answer(request).then((found) => {
        // Another page wants it deleted: let go of it, and show nothing that is no longer kept.
        found.addEventListener("versionchange", () => {
          found.close();
          opened.delete(name);
          gone(name);
        });
        // The browser itself took it away, as when the portal asks it to clear what is kept: it is opened anew when it is next needed.
        found.addEventListener("close", () => closed(name));
        return found;
      });
      base.catch(() => opened.delete(name));
      opened.set(name, base);
    }
    return opened.get(name);
  };

  const closed = (name) => {
    opened.delete(name);
    if (name === MARKS) phone = null;
  };

  const over = (transaction) =>
    new Promise((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(transaction.error));
    });

  // Runs `work` in one transaction; resolves when all of it is on the disk.
  const within = async (name, mode, work) => {
    const begin = (base) => base.transaction([...base.objectStoreNames], mode, { durability: "strict" });
    const transaction = await open(name).then(begin).catch(() => {
      closed(name); // it is closing, and has not said so yet
      return open(name).then(begin);
    });
    const [result] = await Promise.all([work((store) => transaction.objectStore(store)), over(transaction)]);
    return result;
  };

  const note = (key, value) => (value ? localStorage.setItem(key, value) : localStorage.removeItem(key));

  // This phone: a name that it gave itself, the number of its last mark, and the open database, at hand for the next tap.
  let phone = null;
  const know = async () => {
    if (phone) return;
    const known = await within(MARKS, "readonly", (store) => answer(store("phone").get("phone")));
    phone = { device: crypto.randomUUID(), sequence: 0, ...known, base: await open(MARKS) };
  };

  const drop = async (name) => {
    const base = await opened.get(name)?.catch(() => null);
    opened.delete(name);
    if (name === MARKS) phone = null;
    base?.close();
    await answer(indexedDB.deleteDatabase(name));
  };

  const marks = () => within(MARKS, "readonly", (store) => answer(store("marks").getAll()));

  // The marks that wait to be sent, in the order in which they were made; those that the portal refused wait for nothing.
  const count = async () => {
    const waiting = (await marks()).filter((one) => !one.refused);
    note("roll-unsent", waiting.length);
    if (waiting.length) note("roll-kept", 1);
    return waiting.length;
  };

  return {
    know,
    // Calls `work` with the name of a database that another page deleted.
    whenGone(work) {
      gone = work;
    },

    keepRun(run) {
      note("roll-kept", 1);
      return within(NAMES, "readwrite", (store) => answer(store("runs").put(run)));
    },
    runs: () => within(NAMES, "readonly", (store) => answer(store("runs").getAll())),
    dropRun: (code) => within(NAMES, "readwrite", (store) => answer(store("runs").delete(code))),

    // Keeps marks made now, each under a name and a number of its own, in place of those with the ids `instead`. All of it is handed over before
    // this returns: a page that is closed right after a tap has lost nothing. Gives the marks, and a promise that resolves when they are kept.
    addMarks(made, instead) {
      note("roll-kept", 1);
      note("roll-unsent", Number(localStorage.getItem("roll-unsent")) + made.length);
      // The count is shared with other pages of this phone, and never goes back.
      phone.sequence = Math.max(phone.sequence, Number(localStorage.getItem("roll-sequence")));
      const kept = made.map((one) => ({ ...one, id: crypto.randomUUID(), device: phone.device, sequence: (phone.sequence += 1) }));
      note("roll-sequence", phone.sequence);
      const transaction = phone.base.transaction(["marks", "phone"], "readwrite", { durability: "strict" });
      for (const id of instead) transaction.objectStore("marks").delete(id);
      for (const one of kept) transaction.objectStore("marks").put(one);
      transaction.objectStore("phone").put({ device: phone.device, sequence: phone.sequence }, "phone");
      transaction.commit?.();
      return [kept, over(transaction).then(count)];
    },
    marks: async () => (await marks()).sort((one, other) => one.sequence - other.sequence),
    count,

    // After sending: `ids` have arrived, `refused` says by id why the portal would not take a mark.
    async settle(ids, refused) {
      await within(MARKS, "readwrite", async (store) => {
        for (const id of ids) store("marks").delete(id);
        for (const [id, why] of Object.entries(refused)) {
          const mark = await answer(store("marks").get(id));
          if (mark) store("marks").put({ ...mark, refused: why });
        }
      });
      return count();
    },

    // Nobody is signed in, or somebody else is: the names go, marks not sent stay.
    async forgetNames() {
      await drop(NAMES);
      if (!(await count())) note("roll-kept", 0);
    },
    async forgetAll() {
      await Promise.all([drop(NAMES), drop(MARKS)]);
      for (const key of ["roll-kept", "roll-unsent", "roll-sequence"]) note(key, 0);
    },
  };
})();
