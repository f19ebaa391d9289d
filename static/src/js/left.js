// Pieces that were made on this device for work that was handed in elsewhere, without them: they are told, and can be saved
// as files. The form of the next attempt takes them in (attempt/waiting.js).
import { dropPiece, leftOf } from "./attempt/kept.js";

const section = document.querySelector("[data-left]");
if (section) tell(section).catch(() => {});

async function tell(section) {
  const list = section.querySelector("ul");
  for (const piece of await leftOf(section.dataset.left, section.dataset.person)) {
    const line = section.querySelector("template").content.cloneNode(true).firstElementChild;
    const words = new Map(piece.fields);
    const typed = words.get("text") || words.get("url") || "";
    const link = line.querySelector("a");
    link.textContent = piece.title;
    // Of a large file, sent before, nothing is here but what was said of it.
    if (piece.file || typed) {
      link.href = URL.createObjectURL(piece.file ?? new Blob([typed], { type: "text/plain" }));
      link.download = piece.file?.name ?? `${piece.title}.txt`;
    } else link.removeAttribute("href");
    line.querySelector("button").addEventListener("click", async () => {
      await dropPiece(piece.key);
      line.remove();
      section.hidden = list.childElementCount === 0;
    });
    list.append(line);
  }
  section.hidden = list.childElementCount === 0;
}
