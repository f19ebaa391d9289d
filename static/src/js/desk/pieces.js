// Which piece of the evidence is at hand: the one that was asked for, or else the one that is looked at.
import * as drawer from "./drawer.js";

const side = document.querySelector(".evidence-side");
const list = document.querySelector(".ev-tabs");
const pieces = side ? Array.from(side.querySelectorAll(".piece[id]")) : [];
let asked = null;
let atHand = pieces[0] ?? null;

export const current = () => atHand;

/** Out of what is within it, to the piece itself. */
export function stayAt(piece) {
  asked = piece;
  piece.tabIndex = -1;
  piece.focus({ preventScroll: true });
}

export function goTo(piece) {
  if (!piece) return;
  if (drawer.wanted()) drawer.open();
  stayAt(piece);
  piece.scrollIntoView({ block: "start" });
  show(piece);
}

export const step = (by) => goTo(pieces[Math.min(Math.max(pieces.indexOf(atHand) + by, 0), pieces.length - 1)]);

function show(piece) {
  atHand = piece;
  for (const link of list.querySelectorAll("a")) {
    if (link.hash === `#${piece.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const link = list.querySelector("[aria-current]")?.getBoundingClientRect();
  if (!link) return;
  const { left, right } = list.getBoundingClientRect();
  if (link.left < left + 40 || link.right > right - 40) list.scrollBy({ left: (link.left + link.right - left - right) / 2 });
}

function look() {
  const view = side.getBoundingClientRect();
  const top = Math.max(view.top, 0);
  const bottom = Math.min(view.bottom, innerHeight);
  const isSeen = (piece) => {
    const box = piece.getBoundingClientRect();
    return box.bottom > top && box.top < bottom;
  };
  if (asked && !isSeen(asked)) asked = null;
  const line = top + (bottom - top) / 3;
  const seen = asked ?? pieces.findLast((piece) => piece.getBoundingClientRect().top <= line) ?? pieces[0];
  if (seen !== atHand) show(seen);
}

if (pieces.length && list) {
  let waits = false;
  document.addEventListener("scroll", () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      look();
    });
  }, { capture: true, passive: true });
  // What is pressed or focused within a piece is about that piece.
  for (const kind of ["focusin", "pointerdown"]) {
    side.addEventListener(kind, (event) => {
      const piece = event.target.closest(".piece[id]");
      if (!piece) return;
      asked = piece;
      if (piece !== atHand) show(piece);
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".ev-tabs a, .mark-crit .cites a");
    const piece = link && pieces.find((one) => `#${one.id}` === link.hash);
    if (!piece || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goTo(piece);
  });
  show(atHand);
}
