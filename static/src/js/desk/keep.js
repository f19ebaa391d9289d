// While somebody is at the desk, a form with data-keep says so every few minutes, and tells until when it is theirs. When
// the lease is lost, or another window saved, or the work went away, a note says so; what was typed stays.
import { freshToken } from "../token.js";

function start(form) {
  const until = form.querySelector("[data-until]");
  let isActive = false;

  form.querySelector("[data-by-hand]").hidden = true;
  for (const kind of ["input", "keydown", "pointerdown", "scroll"]) {
    document.addEventListener(kind, () => (isActive = true), { capture: true, passive: true });
  }
  setInterval(async () => {
    if (!isActive || document.hidden) return;
    isActive = false;
    try {
      const post = () => fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      let response = await post();
      if (response.status === 403 && (await freshToken(form))) response = await post();
      const answer = await response.json();
      if (response.ok) until.textContent = answer.until;
      else if (response.status === 409) lost(answer);
    } catch {
      // Without a network nothing can be kept; the next time tries again.
    }
  }, Number(form.dataset.every) * 1000);
}

function lost({ errors, clash, gone }) {
  const note = document.querySelector("[data-lost]");
  if (!note) return;
  note.querySelector("[data-words]").textContent = errors.join(" ");
  note.querySelector("[data-again]").hidden = Boolean(clash || gone);
  for (const one of note.querySelectorAll("[data-over]")) one.hidden = !clash;
  note.hidden = false;
  const bar = document.querySelector("[data-unsaved]");
  bar.hidden = false;
  bar.textContent = errors.join(" ");
  // What went away takes no decision; all else is answered by the note, which the words at the foot lead to.
  for (const button of document.querySelectorAll(".action-bar [type=submit]")) button.disabled = Boolean(gone);
  const queue = document.querySelector("a[data-queue]");
  const way = gone ? { href: queue.href, textContent: queue.ariaLabel } : { href: "#lost", textContent: note.dataset.lost };
  bar.append(" ", Object.assign(document.createElement("a"), way));
}

// Decide leads to what is in the way of it.
document.addEventListener(
  "submit",
  (event) => {
    const note = document.querySelector("[data-lost]:not([hidden])");
    if (!note || event.submitter?.name !== "decide") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    note.querySelector("button:not([hidden])").focus({ preventScroll: true });
    note.scrollIntoView({ block: "center" });
  },
  { capture: true },
);
document.body.addEventListener("satchel:saved", () => {
  const note = document.querySelector("[data-lost]");
  if (note) note.hidden = true;
});
document.body.addEventListener("satchel:refused", (event) => {
  if (event.detail.lost) lost(event.detail);
});
document.querySelectorAll("form[data-keep]").forEach(start);
