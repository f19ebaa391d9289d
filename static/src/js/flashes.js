// What went well floats, can be sent away, and goes by itself when nobody is reading it.
const STAYS = 10_000;

for (const box of document.querySelectorAll("[data-toasts]")) {
  for (const note of box.querySelectorAll("[role=status]")) {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "icon-btn";
    close.setAttribute("aria-label", box.dataset.close);
    close.addEventListener("click", () => note.remove());
    note.append(close);
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, STAYS / 4) : note.remove());
    setTimeout(leave, STAYS);
  }
}
