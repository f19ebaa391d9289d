// An order made by dragging, with a finger as with a mouse. Without it, and by keyboard, the arrows do the same.
for (const list of document.querySelectorAll("[data-arrange]")) {
  for (const grip of list.querySelectorAll(".grip")) {
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => lift(event, list, grip.closest("li")));
  }
}

function lift(event, list, row) {
  if (event.button) return;
  event.preventDefault();
  const before = order(list);
  row.classList.add("lifted");
  const follow = (move) => {
    const under = [...list.children].find((one) => {
      const box = one.getBoundingClientRect();
      return one !== row && move.clientY >= box.top && move.clientY <= box.bottom;
    });
    if (!under) return;
    const box = under.getBoundingClientRect();
    under[move.clientY < box.top + box.height / 2 ? "before" : "after"](row);
  };
  const drop = () => {
    removeEventListener("pointermove", follow);
    row.classList.remove("lifted");
    if (order(list) !== before) send(list, order(list));
  };
  addEventListener("pointermove", follow);
  addEventListener("pointerup", drop, { once: true });
  addEventListener("pointercancel", drop, { once: true });
}

function order(list) {
  return [...list.children].map((row) => row.dataset.id).join(",");
}

// The page comes again where it was not taken: what is shown is always what is kept.
async function send(list, ids) {
  const body = new FormData();
  body.set("order", ids);
  body.set("csrfmiddlewaretoken", list.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(list.dataset.arrange, { method: "POST", body, headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) location.reload();
  for (const row of list.children) {
    row.querySelector("[value$=':up']").disabled = row === list.firstElementChild;
    row.querySelector("[value$=':down']").disabled = row === list.lastElementChild;
  }
}
