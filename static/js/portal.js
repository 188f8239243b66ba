// Comfort for every page; each page works without it. Loaded with `defer`, so the document is there.
"use strict";

// A refused form: the summary takes the focus; its links put the cursor into the field.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

// A second press within three seconds is a double click, not a wish. The button stays usable, so that nobody is locked out.
const PAUSE = 3000;
const sentAt = new WeakMap();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (event.timeStamp - (sentAt.get(form) ?? -PAUSE) < PAUSE) {
    event.preventDefault();
    return;
  }
  sentAt.set(form, event.timeStamp);
  const button = event.submitter;
  if (!button) return;
  button.classList.add("busy");
  setTimeout(() => button.classList.remove("busy"), PAUSE);
});
// Back from the next page shows this one as it was left: let the form be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) sentAt.delete(form);
  for (const button of document.querySelectorAll(".busy")) button.classList.remove("busy");
});

for (const button of document.querySelectorAll("[data-show-password]")) {
  const input = document.getElementById(button.dataset.showPassword);
  const show = (shown) => {
    if ((input.type === "text") === shown) return;
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    [button.textContent, button.dataset.otherLabel] = [button.dataset.otherLabel, button.textContent];
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  // A browser offers to keep what a password field held, not what a text field held.
  input.form?.addEventListener("submit", () => show(false));
}

// A trainer's phone may keep the names of a roll call (js/phone-store.js). They go with whoever signs out, and when somebody is asked who
// they are; marks that were not sent are asked about first, on the page that can send them.
const keptHere = (key) => {
  try {
    return Number(localStorage.getItem(key));
  } catch {
    return 0; // a browser that keeps nothing
  }
};
if (keptHere("roll-kept")) {
  const forget = (name) =>
    new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(name);
      for (const end of ["success", "error", "blocked"]) request.addEventListener(end, resolve);
    });
  const leaving = 'form[action$="/sign-out"]';
  if (!document.querySelector(leaving) && document.querySelector('input[type="password"]')) {
    forget("roll-names");
    localStorage.removeItem("roll-leaving");
  }
  document.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || !event.target.matches(leaving)) return;
    event.preventDefault();
    if (keptHere("roll-unsent")) {
      location.assign(`/${document.documentElement.lang}/teaching/phone#sign-out`);
      return;
    }
    await Promise.all(["roll-names", "roll-marks"].map(forget));
    localStorage.removeItem("roll-kept");
    event.target.submit();
  });
}

// Who changes the language is led to it by addresses without one too, as that of the QR on a certificate.
for (const link of document.querySelectorAll("[data-language]")) {
  link.addEventListener("click", () => {
    document.cookie = `lang=${link.dataset.language}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  });
}

// The menu closes on Escape and on a press outside it.
for (const menu of document.querySelectorAll("[data-menu]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

// A row of links wider than the screen shows the one that is current.
for (const row of document.querySelectorAll("[data-keep-current-in-view]")) {
  const current = row.querySelector("[aria-current]");
  if (current) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}
