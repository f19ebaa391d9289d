// The desk counts along in the bar at its foot, opens the comment where one is needed, and leads to the first gap.
import "./desk/bank.js";
import "./desk/notes.js";
import htmx from "htmx.org";

function start(form) {
  const bar = document.querySelector(".action-bar p");
  const criteria = Array.from(form.querySelectorAll("fieldset.mark-crit"));

  const chosen = (criterion) => criterion.querySelector("input[type=radio]:checked");
  const isBelow = (criterion) => chosen(criterion)?.closest(".below");
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  form.addEventListener("change", (event) => {
    const touched = event.target.closest("fieldset.mark-crit");
    if (touched && event.target.type === "radio" && isBelow(touched)) touched.querySelector("details.comment").open = true;
    const marked = criteria.filter(chosen).length;
    const short = criteria.filter((one) => "required" in one.dataset && isBelow(one));
    const sentences = [fill(form.dataset.marked, { marked, of: criteria.length })];
    if (short.length) {
      sentences.push(fill(form.dataset.notYet, { names: short.map((one) => one.dataset.name).join(", ") }));
    } else if (marked === criteria.length) {
      sentences.push(form.dataset.meets);
    }
    bar.textContent = sentences.join(" ");
  });
  form.addEventListener("submit", (event) => {
    const gap = criteria.find((one) => !chosen(one));
    if (event.submitter?.name !== "decide" || !gap) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    bar.textContent = fill(form.dataset.first, { name: gap.dataset.name });
    gap.querySelector("input[type=radio]").focus();
  });
}

htmx.onLoad((part) => part.querySelectorAll("form[data-desk]").forEach(start));
