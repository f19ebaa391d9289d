// A moment, a page or words of a piece are cited for the criterion at hand. `desk:cite` tells of it, on the document:
// {piece, seconds | page | quote, criterion}. Whoever keeps citations prevents its default; else they come into the comment.
import { criterionAtHand, write } from "./marking.js";
import { clockOf, fill, words } from "./words.js";

const form = document.querySelector("form[data-desk]");
const alone = document.querySelector("[data-alone]");
const attempt = document.querySelector("[data-attempt]")?.dataset.attempt;
const between = attempt && "BroadcastChannel" in window ? new BroadcastChannel(`desk-${attempt}`) : null;
const WAIT = 1500;
let unanswered = 0;

export function cite(piece, place) {
  const detail = { piece: piece.dataset.piece, ...place };
  if (!alone) return say(piece, take(detail));
  // In a window of its own the evidence has no rubric: the desk, in another, takes it.
  clearTimeout(unanswered);
  unanswered = setTimeout(() => say(piece, words.nowhere), WAIT);
  between.onmessage = ({ data }) => {
    if (!data.taken) return;
    clearTimeout(unanswered);
    say(piece, data.taken);
  };
  between.postMessage({ cited: detail });
}

function take(detail) {
  const criterion = criterionAtHand(detail.piece);
  const event = new CustomEvent("desk:cite", { detail: { ...detail, criterion: criterion.id }, cancelable: true });
  if (!document.dispatchEvent(event)) return words.handed;
  const piece = document.querySelector(`.piece[data-piece="${CSS.escape(detail.piece)}"]`);
  write(criterion, fill(words.cited, { n: piece.dataset.number, place: inWords(detail) }));
  return fill(words.taken, { name: criterion.dataset.name });
}

function inWords({ seconds, page, quote }) {
  const parts = [];
  if (page !== undefined) parts.push(fill(words.page, { n: page }));
  if (seconds !== undefined) parts.push(clockOf(seconds));
  if (quote !== undefined) parts.push(`“${quote}”`);
  return parts.join(" · ");
}

function say(piece, sentence) {
  piece.querySelector("[data-said]").textContent = sentence;
}

if (form && between) {
  between.onmessage = ({ data }) => {
    if (data.cited) between.postMessage({ taken: take(data.cited) });
  };
}
// Who only reads cites nothing.
for (const button of document.querySelectorAll("[data-cites]")) button.hidden = !(form || (alone && between));
