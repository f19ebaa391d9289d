// Where evidence and rubric lie below each other, evidence comes as a drawer above the rubric: one looks at a piece and
// goes on marking at the same place. Nothing is moved in the page, so a recording plays on.
const desk = document.querySelector(".desk");
const side = desk?.querySelector(".evidence-side");
const rubric = desk?.querySelector(".paper-side");
const head = side?.querySelector("[data-drawer]");
const narrow = matchMedia("(max-width: 62rem)");
let opener = null;

export const isOpen = () => Boolean(desk?.classList.contains("looking"));

/** Whether a piece asked for now should come to the reader, and not the reader to it. */
export const wanted = () => Boolean(head) && narrow.matches && (isOpen() || rubric.getBoundingClientRect().top < innerHeight / 2);

export function open() {
  if (isOpen()) return;
  opener = document.activeElement;
  swap(true);
}

export function close() {
  if (!isOpen()) return;
  swap(false);
  opener?.focus({ preventScroll: true });
  opener = null;
}

// What lies above grows or shrinks, and the drawer covers some of the window: the line that was read is read on below it.
function swap(on) {
  const covered = () => (isOpen() ? side.offsetHeight : 0);
  const before = rubric.getBoundingClientRect().top - covered();
  desk.classList.toggle("looking", on);
  head.hidden = !on;
  scrollBy({ top: rubric.getBoundingClientRect().top - covered() - before, behavior: "instant" });
}

if (head) {
  head.querySelector("button").addEventListener("click", close);
  narrow.addEventListener("change", close);
  document.addEventListener("click", (event) => {
    if (!isOpen() || !event.target.closest("a[href='#rubric']")) return;
    event.preventDefault();
    close();
  });
}
