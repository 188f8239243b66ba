// The roll call counts as the thumb moves; the form is sent as usual. Whoever leaves with marks that are not saved is asked first.
"use strict";

for (const form of document.querySelectorAll("[data-roll]")) {
  const bar = form.querySelector(".bar");
  const people = [...form.querySelectorAll(".roll-person")];
  const valueOf = (person) => person.querySelector('input[type="radio"]:checked')?.value;
  // Late or gone early is there; excused is not.
  const isThere = (person) => {
    const value = valueOf(person);
    return value === "present" || (value === "other" && !person.querySelector('input[type="checkbox"]').checked);
  };
  const count = () => {
    bar.querySelector("[data-roll-present]").textContent = people.filter(isThere).length;
    bar.querySelector("[data-roll-unmarked]").textContent = people.filter((person) => !valueOf(person)).length;
  };
  const ask = (event) => event.preventDefault();
  const unsaved = () => window.addEventListener("beforeunload", ask);
  const changed = () => {
    count();
    unsaved();
    bar.querySelector("[data-roll-unsent]").hidden = false;
  };
  form.addEventListener("change", changed);
  form.addEventListener("input", unsaved);
  form.addEventListener("submit", () => window.removeEventListener("beforeunload", ask));
  if ("unsaved" in form.dataset) unsaved();
  form.querySelector("[data-roll-everyone]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const person of people.filter((one) => !valueOf(one))) person.querySelector('input[value="present"]').checked = true;
    changed();
  });
  count();
}
