// The numbers of today's sessions follow what others mark: asked for every 15 seconds, and only while somebody looks at the page.
"use strict";

const PAUSE_OF_COUNTS = 15000;
const LONGEST_PAUSE = 120000;

for (const list of document.querySelectorAll("[data-counts]")) {
  let pause = PAUSE_OF_COUNTS;
  let timer;
  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const answer = await fetch(list.dataset.counts, { headers: { Accept: "application/json" } });
      // Signed out, or no longer the trainer: nothing more is asked until the page is loaded again.
      if (answer.redirected || answer.status === 403 || answer.status === 404) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const numbers = await answer.json();
      for (const place of list.querySelectorAll("[data-count]")) place.textContent = numbers[place.dataset.count];
      pause = PAUSE_OF_COUNTS;
    } catch {
      // The network or the server is away for a moment: ask again, less often.
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    timer = setTimeout(ask, pause);
  };
  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, pause);
}
