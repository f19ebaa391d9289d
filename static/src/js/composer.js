// The badge composer: pictures are found while one types, the words that tell the picture follow what is chosen, and
// leaving with a choice unsaved is asked about. The preview itself comes by htmx.
import htmx from "htmx.org";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let changed = false;

function finder(form) {
  const field = form.querySelector("[data-find]");
  const tiles = Array.from(form.querySelectorAll("[data-found-by]"));
  const groups = Array.from(form.querySelectorAll("[data-group]"));
  const none = form.querySelector("[data-none]");

  field.addEventListener("input", (event) => {
    event.stopPropagation(); // it changes nothing that the preview shows
    const wanted = plain(field.value).split(/\s+/).filter(Boolean);
    for (const tile of tiles) {
      const words = tile.dataset.foundBy.split(" ");
      tile.hidden = !wanted.every((start) => words.some((word) => word.startsWith(start)));
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-found-by]:not([hidden])");
    none.textContent = tiles.every((tile) => tile.hidden) ? none.dataset.none : "";
  });
  // Enter looks, which has been done; it does not save.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

function start(form) {
  const alt = form.elements.alt;
  const told = () => form.querySelector("[data-told]").dataset.told;
  let last = told();

  finder(form);
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  form.querySelector("#seen").addEventListener("htmx:afterSwap", () => {
    if (["", last].includes(alt.value.trim())) alt.value = told();
    last = told();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (changed && document.querySelector("form[data-composer]")) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.id === "another") changed = true;
});

// What was swapped in may be the form itself, or hold it.
htmx.onLoad((part) => {
  const form = part.matches?.("form[data-composer]") ? part : part.querySelector?.("form[data-composer]");
  if (form) start(form);
});
