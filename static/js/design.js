// The preview of a design follows what is typed. Without this script a button shows it.
"use strict";

const PAUSE_AFTER_TYPING = 600;

for (const form of document.querySelectorAll("form[data-design]")) {
  const picture = form.querySelector("[data-design-picture]");
  const problems = form.querySelector("[data-design-problems]");
  let waiting = 0;
  let asked = null;

  const tell = (lines) => {
    problems.replaceChildren(
      ...lines.map((words) => {
        const line = document.createElement("p");
        line.textContent = words;
        return line;
      }),
    );
  };

  const draw = async () => {
    asked?.abort(); // only the newest wish counts
    const mine = (asked = new AbortController());
    picture.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.design, { method: "POST", body: new FormData(form), signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const shown = await answer.json();
      if (shown.picture) picture.src = shown.picture;
      tell(shown.problems);
    } catch (error) {
      if (error.name === "AbortError") return;
      tell([problems.dataset.lost]);
    }
    if (asked === mine) picture.removeAttribute("aria-busy");
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, PAUSE_AFTER_TYPING);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}
