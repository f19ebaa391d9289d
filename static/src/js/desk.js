// The bar at the foot of the desk counts along: how many criteria are marked, and how it stands by these marks.
import htmx from "htmx.org";

function start(form) {
  const bar = document.querySelector(".action-bar p");
  const criteria = Array.from(form.querySelectorAll(".mark-crit"));

  const chosen = (criterion) => criterion.querySelector("input[type=radio]:checked");
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  form.addEventListener("change", () => {
    const marked = criteria.filter(chosen).length;
    const short = criteria.filter((one) => "required" in one.dataset && chosen(one)?.closest(".below"));
    const sentences = [fill(form.dataset.marked, { marked, of: criteria.length })];
    if (short.length) {
      sentences.push(fill(form.dataset.notYet, { names: short.map((one) => one.dataset.name).join(", ") }));
    } else if (marked === criteria.length) {
      sentences.push(form.dataset.meets);
    }
    bar.textContent = sentences.join(" ");
  });
}

htmx.onLoad((part) => part.querySelectorAll("form[data-desk]").forEach(start));
