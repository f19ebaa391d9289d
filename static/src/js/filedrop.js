// Dropping files on a file field, their names and sizes below it, and how far sending has come.
import htmx from "htmx.org";

function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log(bytes || 1) / Math.log(1024)), units.length - 1);
  return `${(bytes / 1024 ** step).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${units[step]}`;
}

function tell(drop, words) {
  const problem = drop.querySelector("[data-problem]");
  problem.hidden = !words;
  problem.textContent = words ?? "";
}

function start(drop) {
  const input = drop.querySelector("input[type=file]");
  const names = drop.querySelector("[data-names]");
  const limit = Number(drop.dataset.limit) || Infinity;

  input.addEventListener("change", () => {
    const files = Array.from(input.files);
    names.hidden = files.length === 0;
    names.replaceChildren(
      ...files.map((file) => Object.assign(document.createElement("li"), { textContent: `${file.name}, ${size(file.size)}` })),
    );
    // Said before anything is sent: the browser then holds the form back, too.
    const words = files.some((file) => file.size > limit) ? drop.dataset.tooBig : "";
    input.setCustomValidity(words);
    tell(drop, words);
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  for (const end of ["dragleave", "drop"]) drop.addEventListener(end, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  drop.querySelector("[data-stop]").addEventListener("click", () => htmx.trigger(input.form, "htmx:abort"));
}

// What is dropped beside the field, on any place of the page, goes to it too. What is dragged within the page is none of ours.
function takeAnywhere(drop) {
  const cover = document.querySelector("[data-drop-cover]");
  const brings = (event) => event.dataTransfer.types.includes("Files");
  document.querySelector("[data-anywhere]").hidden = false;
  addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    cover.hidden = false;
  });
  // Leaving the window, rather than one thing on it for another.
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) cover.hidden = true;
  });
  addEventListener("drop", (event) => {
    cover.hidden = true;
    if (event.defaultPrevented || !brings(event)) return;
    event.preventDefault();
    const input = drop.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

document.querySelectorAll("[data-drop-anywhere]").forEach(takeAnywhere);

htmx.onLoad((part) => part.querySelectorAll("[data-drop]").forEach(start));

// A form with hx-encoding="multipart/form-data" is sent by htmx, which tells how far it is.
document.addEventListener("htmx:xhr:progress", (event) => {
  const line = event.target.querySelector?.("[data-sending]");
  if (!line || !event.detail.lengthComputable) return;
  const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
  line.hidden = false;
  line.querySelector("progress").value = percent;
  line.querySelector("[data-percent]").textContent = percent;
});

function ended(event, word) {
  const drop = event.target.querySelector?.("[data-drop]");
  if (!drop) return;
  drop.querySelector("[data-sending]").hidden = true;
  tell(drop, drop.querySelector("[data-problem]").dataset[word]);
}

document.addEventListener("htmx:sendError", (event) => ended(event, "lost"));
document.addEventListener("htmx:responseError", (event) => ended(event, "lost"));
document.addEventListener("htmx:sendAbort", (event) => ended(event, "stopped"));
