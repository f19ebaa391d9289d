// A button with data-copy (the id of a field) copies what stands in it; one with data-share (an address) hands it to
// another app; one with data-copy-rich (the id of a field with HTML) copies it as mail programs paste it, with data-plain
// beside it for those that take plain text. Each is there only where a script can do that.
import htmx from "htmx.org";

function startCopy(button) {
  if (!navigator.clipboard) return;
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span") ?? button;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    words.textContent = button.dataset.done;
  });
}

function startCopyRich(button) {
  if (!navigator.clipboard?.write || !window.ClipboardItem) return;
  const field = document.getElementById(button.dataset.copyRich);
  const words = button.querySelector("span") ?? button;
  const as = (type, text) => new Blob([text], { type });
  button.hidden = false;
  button.addEventListener("click", async () => {
    const html = as("text/html", field.value);
    await navigator.clipboard.write([new ClipboardItem({ "text/html": html, "text/plain": as("text/plain", button.dataset.plain) })]);
    words.textContent = button.dataset.done;
  });
}

function startShare(button) {
  if (!navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    // Who closes the list of apps has changed their mind; that is no error.
    navigator.share({ title: button.dataset.shareName, url: button.dataset.share }).catch(() => {});
  });
}

htmx.onLoad((part) => {
  part.querySelectorAll("[data-copy]").forEach(startCopy);
  part.querySelectorAll("[data-copy-rich]").forEach(startCopyRich);
  part.querySelectorAll("[data-share]").forEach(startShare);
});
