// A moment, a page or words of a piece are cited. `desk:cite` tells of it, on the document: {piece, seconds | page | quote,
// criterion}, the last being the one at hand. Whoever keeps citations (see notes.js) prevents its default.
import { criterionAtHand } from "./marking.js";
import { words } from "./words.js";

const isKept = Boolean(document.querySelector("[data-note-form]"));
const alone = document.querySelector("[data-alone]");
const attempt = document.querySelector("[data-attempt]")?.dataset.attempt;
const between = attempt && "BroadcastChannel" in window ? new BroadcastChannel(`desk-${attempt}`) : null;
const WAIT = 1500;
let unanswered = 0;

export function cite(piece, place) {
  const detail = { piece: piece.dataset.piece, ...place };
  if (!alone) return take(detail);
  // In a window of its own the evidence has no rubric: the desk, in another, takes it.
  const say = (sentence) => {
    piece.querySelector("[data-said]").textContent = sentence;
  };
  clearTimeout(unanswered);
  unanswered = setTimeout(() => say(words.nowhere), WAIT);
  between.onmessage = ({ data }) => {
    if (!data.taken) return;
    clearTimeout(unanswered);
    say(words.taken);
  };
  between.postMessage({ cited: detail });
}

function take(detail) {
  const criterion = criterionAtHand(detail.piece);
  document.dispatchEvent(new CustomEvent("desk:cite", { detail: { ...detail, criterion: criterion?.id }, cancelable: true }));
}

if (isKept && between) {
  between.onmessage = ({ data }) => {
    if (!data.cited) return;
    take(data.cited);
    between.postMessage({ taken: true });
  };
}
// Who only reads cites nothing.
for (const button of document.querySelectorAll("[data-cites]")) button.hidden = !(isKept || (alone && between));
