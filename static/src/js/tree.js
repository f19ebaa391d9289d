// A tree arranged by dragging, with a finger as with a mouse. Without it, and by keyboard, the arrows do the same.
// The server answers with the tree as it is then, so what is shown is always what is kept.
const editors = new WeakSet();

function ready() {
  for (const editor of document.querySelectorAll("[data-tree]")) {
    if (editors.has(editor)) continue;
    editors.add(editor);
    for (const grip of editor.querySelectorAll(".grip")) {
      grip.hidden = false;
      grip.addEventListener("pointerdown", (event) => lift(event, editor, grip.closest("li")));
    }
  }
}
ready();
document.addEventListener("htmx:load", ready);

function lift(event, editor, node) {
  if (event.button) return;
  event.preventDefault();
  node.classList.add("lifted");
  let place = null;
  const follow = (move) => {
    place = under(editor, node, move.clientY) ?? place;
    mark(editor, place);
  };
  const drop = (end) => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", drop);
    removeEventListener("pointercancel", drop);
    removeEventListener("keydown", leave, true);
    node.classList.remove("lifted");
    mark(editor, null);
    if (end.type === "pointerup" && place) send(node, place);
  };
  const leave = (press) => {
    if (press.key === "Escape") drop(press);
  };
  addEventListener("pointermove", follow);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", drop);
  addEventListener("keydown", leave, true);
}

// Above or below a row; over the lower half of a group, into it.
function under(editor, node, y) {
  for (const row of editor.querySelectorAll(".branch-row")) {
    const box = row.getBoundingClientRect();
    const other = row.parentElement;
    if (y < box.top || y > box.bottom || node.contains(other)) continue;
    if (y < box.top + box.height / 2) return { other, where: "before" };
    return { other, where: "group" in other.dataset ? "into" : "after" };
  }
  return null;
}

function mark(editor, place) {
  for (const one of editor.querySelectorAll("[data-drop]")) delete one.dataset.drop;
  if (place) place.other.dataset.drop = place.where;
}

function send(node, { other, where }) {
  const list = where === "into" ? other.querySelector(":scope > .branches") : other.parentElement;
  const others = [...list.children].filter((one) => one !== node);
  const at = where === "into" ? 0 : others.indexOf(other) + (where === "after" ? 1 : 0);
  const form = document.getElementById("drop");
  form.elements.code.value = node.dataset.code;
  form.elements.into.value = list.dataset.code;
  form.elements.position.value = at;
  form.requestSubmit();
}
