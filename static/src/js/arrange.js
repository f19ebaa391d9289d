// An order made by dragging, with a finger as with a mouse, or step by step by the arrows.
for (const list of document.querySelectorAll("[data-arrange]")) {
  for (const grip of list.querySelectorAll(".grip")) {
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => lift(event, list, grip.closest("li")));
  }
  list.addEventListener("click", (event) => {
    const arrow = event.target.closest("[name=move]");
    if (!arrow) return;
    event.preventDefault();
    step(list, arrow);
  });
}

// One place up or down, without the page coming anew: who walks a part down the list stays at its arrow.
function step(list, arrow) {
  const row = arrow.closest("li");
  const up = arrow.value.endsWith(":up");
  const beside = up ? row.previousElementSibling : row.nextElementSibling;
  if (!beside) return;
  beside[up ? "before" : "after"](row);
  mark(list);
  (arrow.disabled ? row.querySelector("[name=move]:not(:disabled)") : arrow).focus();
  const said = document.querySelector(list.dataset.says);
  said.textContent = said.dataset.words.replace("PLACE", [...list.children].indexOf(row) + 1).replace("ALL", list.children.length);
  send(list, order(list));
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
    mark(list);
    if (order(list) !== before) send(list, order(list));
  };
  addEventListener("pointermove", follow);
  addEventListener("pointerup", drop, { once: true });
  addEventListener("pointercancel", drop, { once: true });
}

function order(list) {
  return [...list.children].map((row) => row.dataset.id).join(",");
}

// One after the other, so that the last order is the one that stays.
let sent = Promise.resolve();
function send(list, ids) {
  sent = sent.then(() => post(list, ids));
}

// The page comes again where it was not taken: what is shown is always what is kept.
async function post(list, ids) {
  const body = new FormData();
  body.set("order", ids);
  body.set("csrfmiddlewaretoken", list.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(list.dataset.arrange, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, keepalive: true }).catch(() => null);
  if (!answer?.ok) location.reload();
}

// The first can't go up, nor the last down.
function mark(list) {
  for (const row of list.children) {
    row.querySelector("[value$=':up']").disabled = row === list.firstElementChild;
    row.querySelector("[value$=':down']").disabled = row === list.lastElementChild;
  }
}
