// A button with data-copy (the id of a field) copies what stands in it. It is there only where a script can do that.
import htmx from "htmx.org";

function start(button) {
  if (!navigator.clipboard) return;
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
  });
}

htmx.onLoad((part) => part.querySelectorAll("[data-copy]").forEach(start));
