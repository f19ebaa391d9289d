// The frame with a PDF, on the evidence host, says which page is looked at and which words are marked in it.
import { cite } from "./cite.js";
import { quoteOf } from "./quotes.js";

for (const bar of document.querySelectorAll("[data-tools='pdf']")) {
  const piece = bar.closest(".piece");
  const frame = piece.querySelector("iframe");
  const host = new URL(frame.src).origin;
  const button = bar.querySelector("[data-cite-page]");
  let page = 1;
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== host) return;
    page = Number(data.page) || 1;
    button.querySelector("[data-now]").textContent = page;
    button.hidden = false;
    quoteOf(piece).keep(String(data.quote ?? ""), page);
  });
  button.addEventListener("click", () => cite(piece, { page }));
}
