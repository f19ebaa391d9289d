// Words that are marked in a piece can be cited: a button under them says so.
import { cite } from "./cite.js";

const LONGEST = 500;
const SHOWN = 40;
const WITHIN = ".viewer, [data-transcript]";
const found = new Map();

class Quote {
  constructor(piece, button) {
    Object.assign(this, { button, words: "", page: undefined });
    button.addEventListener("click", () => cite(piece, this.page ? { quote: this.words, page: this.page } : { quote: this.words }));
  }

  /** What was marked last stays to be cited: a press elsewhere may take the marking away. */
  keep(marked, page) {
    const words = marked.replace(/\s+/g, " ").trim().slice(0, LONGEST);
    if (!words || !this.button) return;
    Object.assign(this, { words, page });
    this.button.hidden = false;
    this.button.querySelector("[data-now]").textContent = words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words;
  }
}

export const quoteOf = (piece) => found.get(piece);

for (const button of document.querySelectorAll("[data-cite-quote]")) {
  const piece = button.closest(".piece");
  found.set(piece, new Quote(piece, button));
}

document.addEventListener("selectionchange", () => {
  const marked = getSelection();
  if (!marked.rangeCount || marked.isCollapsed) return;
  const within = marked.getRangeAt(0).commonAncestorContainer;
  const element = within.nodeType === Node.ELEMENT_NODE ? within : within.parentElement;
  const piece = element?.closest(WITHIN)?.closest(".piece");
  if (piece) found.get(piece)?.keep(String(marked));
});
