// Pieces are dragged into another order; the buttons beside them do the same.
import Sortable from "sortablejs";
import { refresh } from "./refresh.js";

function start() {
  const list = document.querySelector("[data-order]");
  if (!list?.querySelector("[data-grip]")) return;
  Sortable.create(list, {
    handle: "[data-grip]",
    draggable: "[data-piece]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    async onEnd() {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", list.closest("form").elements.csrfmiddlewaretoken.value);
      for (const piece of list.querySelectorAll("[data-piece]")) body.append("order", piece.dataset.piece);
      // Without a network the old order comes back, as the server has it.
      await fetch(list.dataset.order, { method: "POST", body }).catch(() => {});
      await refresh().catch(() => location.reload());
    },
  });
}

start();
document.addEventListener("satchel:refreshed", start);
