// The code on the wall: this page is read again every few seconds, and its code put in the place of the old one. No clock of this machine is asked.
"use strict";

const OFTEN = 5000;
const A_MOMENT = 150;

const wall = document.querySelector("[data-wall]");
if (wall?.dataset.wall) {
  const lost = document.querySelector("[data-wall-lost]");
  let changesAt = performance.now() + wall.dataset.wall * 1000;
  const show = (alive) => {
    wall.hidden = !alive;
    lost.hidden = alive;
  };
  const ask = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-wall]");
      if (!fresh?.dataset.wall) {
        // Over, or signed out: this page says so itself.
        location.reload();
        return;
      }
      changesAt = performance.now() + fresh.dataset.wall * 1000;
      wall.replaceChildren(...fresh.childNodes);
      show(true);
    } catch {
      // The network is away for a moment. What is too old must not stay on the wall.
      if (performance.now() > changesAt) show(false);
    }
    wait();
  };
  const wait = () => {
    const left = changesAt - performance.now() + A_MOMENT;
    setTimeout(ask, left > 0 ? Math.min(OFTEN, left) : OFTEN / 2);
  };
  wait();
  // A wall that goes dark helps nobody; where the browser cannot keep it lit, the machine's own settings do.
  const stayLit = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", stayLit);
  stayLit();
}
