// Pieces are dragged into another order, or moved by the buttons beside them, without leaving the page.
import Sortable from "sortablejs";
import { refresh } from "./refresh.js";
import { freshToken } from "../token.js";

function start() {
  const list = document.querySelector("[data-order]");
  if (!list?.querySelector("[data-grip]")) return;
  Sortable.create(list, {
    handle: "[data-grip]",
    draggable: "[data-piece]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    onEnd: () => keep(list),
  });
}

async function keep(list) {
  const form = list.closest("form");
  const body = new FormData();
  for (const piece of list.querySelectorAll("[data-piece]")) body.append("order", piece.dataset.piece);
  const post = () => {
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return fetch(list.dataset.order, { method: "POST", body });
  };
  // Without a network the old order comes back, as the server has it.
  const answer = await post().catch(() => undefined);
  if (answer?.status === 403 && (await freshToken(form).catch(() => false))) await post().catch(() => {});
  await refresh().catch(() => location.reload());
}

document.addEventListener("submit", async (event) => {
  const { name, value } = event.submitter ?? {};
  const step = name === "next" && value.split(":")[0];
  if (step !== "up" && step !== "down") return;
  event.preventDefault();
  const piece = event.submitter.closest("[data-piece]");
  if (step === "up") piece.previousElementSibling?.before(piece);
  else piece.nextElementSibling?.after(piece);
  await keep(piece.parentElement);
  // The page is the server's again: the same button once more, or at the end of the way the other.
  const ways = step === "up" ? ["up", "down"] : ["down", "up"];
  const buttons = ways.map((way) => document.querySelector(`button[value="${way}:${piece.dataset.piece}"]`));
  buttons.find((button) => button && !button.disabled)?.focus();
}, { capture: true });

start();
document.addEventListener("satchel:refreshed", start);
