// The signed sheet is typed in: one key marks a row and goes on to the next. The form is sent as usual;
// whoever leaves with marks that are not saved is asked first.
"use strict";

for (const form of document.querySelectorAll("[data-paper]")) {
  const rows = [...form.querySelectorAll("[role=radiogroup]")];
  const save = form.querySelector(".bar button");
  const status = form.querySelector("[data-paper-next]");
  const KEYS = { Enter: "present", 1: "present", 2: "absent", 3: "other" };
  const STEPS = { ArrowDown: 1, ArrowUp: -1, Backspace: -1 };

  const radio = (row, value) => row.querySelector(`input[type=radio][value=${value}]`);
  const chosen = (row) => row.querySelector("input[type=radio]:checked");
  const nameOf = (row) => row.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id).textContent).join(". ");
  const count = () => {
    form.querySelector("[data-paper-unmarked]").textContent = rows.filter((row) => !chosen(row)).length;
  };
  // What was just said of whom, and who is next: for the ear as for the eye that stays on the paper.
  const tell = (row, done) => {
    const next = row ? status.dataset.next.replace("{who}", nameOf(row)) : status.dataset.end;
    const said = done && chosen(done)?.closest("label").dataset.said;
    status.textContent = said ? `${nameOf(done)}: ${said}. ${next}` : next;
  };
  const goTo = (index, done) => {
    const row = rows[Math.max(index, 0)];
    tell(row, done);
    (row ? chosen(row) || radio(row, "present") : save).focus({ preventScroll: true });
    (row || save).scrollIntoView({ block: "center" });
  };

  const ask = (event) => event.preventDefault();
  const unsaved = () => window.addEventListener("beforeunload", ask);

  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[role=radiogroup]");
    if (!row || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const at = rows.indexOf(row);
    const typing = event.target.type === "text";
    const step = STEPS[event.key];
    if (step && !(typing && event.key === "Backspace" && event.target.value)) {
      event.preventDefault();
      // From the minutes back to their own row.
      goTo(at + (typing && event.key === "Backspace" ? 0 : step));
    } else if (typing && event.key === "Enter") {
      event.preventDefault();
      if (!event.repeat) goTo(at + 1, row);
    } else if (!typing && event.key in KEYS) {
      event.preventDefault();
      if (event.repeat) return; // a key held down is one wish
      const mark = KEYS[event.key];
      radio(row, mark).checked = true;
      count();
      unsaved();
      const minutes = mark === "other" && row.querySelector("input[type=text]");
      if (minutes) minutes.select();
      else goTo(at + 1, row);
    }
  });
  form.addEventListener("change", count);
  form.addEventListener("input", unsaved);
  form.addEventListener("submit", () => window.removeEventListener("beforeunload", ask));
  if ("unsaved" in form.dataset) unsaved();
  document.querySelector("[data-paper-keys]").hidden = false;
  // It gets the focus only after this was read.
  const first = form.querySelector("[autofocus]")?.closest("[role=radiogroup]");
  if (first) tell(first);
  // Everybody is marked: the keys work at once all the same, to go through the sheet again; the page stays at its top.
  else if (form.dataset.paper) {
    chosen(rows[0]).focus({ preventScroll: true });
    tell(rows[0]);
  }
  count();
}
