// Asks once a second how far a job is, and loads the page again when it is over.
"use strict";

const SECOND = 1000;

for (const run of document.querySelectorAll("[data-progress]")) {
  const bar = run.querySelector("progress");
  run.querySelector("[data-progress-refresh]")?.setAttribute("hidden", "");
  let pause = SECOND;
  const ask = async () => {
    try {
      const answer = await fetch(run.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      bar.max = state.total || 1;
      bar.value = state.done;
      run.querySelector("[data-progress-done]").textContent = state.done;
      run.querySelector("[data-progress-total]").textContent = state.total;
      const left = run.querySelector("[data-progress-left]");
      if (left) left.textContent = state.left || "";
      if (state.finished || state.failed) {
        location.reload();
        return;
      }
      pause = SECOND;
    } catch {
      // The network or the server is away for a moment: ask again, less often.
      pause = Math.min(pause * 2, 15 * SECOND);
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}
