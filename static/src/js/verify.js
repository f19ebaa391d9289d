// The page that checks badges: drop or paste anywhere, read a QR code, say that it is at work, and lead to the verdict.
// Everything here ends in an ordinary form that is sent; without scripts that form is filled in by hand.

const ADDRESS = /^(https?:\/\/\S+|[\w-]+(\.[\w-]+)+(:\d+)?\/\S*)$/i;
// Around this many pixels a code is read as well as in a larger picture, and much sooner.
const MOST_PIXELS = 1600;
// The server gives up long before; whoever stopped the browser meanwhile gets the button back.
const PATIENCE = 45_000;

const main = document.querySelector("form[data-give]");
const picture = main.querySelector("input[type=file]");
const field = (name) => main.elements.namedItem(name);

// --- sending -----------------------------------------------------------------------------------------------------------

function busy(form, is) {
  form.toggleAttribute("data-busy", is);
  form.querySelector("button[type=submit]").setAttribute("aria-disabled", is);
  const line = form.querySelector("[data-checking]");
  line.textContent = is ? line.dataset.checking : "";
}

for (const form of document.querySelectorAll("form[data-verify]")) {
  form.addEventListener("submit", async (event) => {
    if (form.hasAttribute("data-busy")) {
      event.preventDefault();
      return;
    }
    busy(form, true);
    setTimeout(() => busy(form, false), PATIENCE);
    const file = form === main && picture.files.length === 1 && picture.files[0];
    if (!file || !file.type.startsWith("image/")) return;
    // A photograph of a code is no badge, but it leads to one.
    event.preventDefault();
    await followCode(file).catch(() => {});
    form.submit();
  });
}

// Going back shows the page as it was left: at work.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-verify]")) busy(form, false);
});

/** Fill in one thing and send it; whatever was in the other fields goes, but not whose badge it should be. */
function check(fill) {
  if (main.hasAttribute("data-busy")) return;
  for (const name of ["url", "several", "text"]) field(name).value = "";
  picture.value = "";
  fill();
  picture.dispatchEvent(new Event("change", { bubbles: true }));
  main.requestSubmit();
}

const checkFiles = (files) => check(() => (picture.files = files));

function checkText(text) {
  const words = text.trim();
  if (words) check(() => (field(ADDRESS.test(words) ? "url" : "text").value = words));
}

// --- dropping and pasting ----------------------------------------------------------------------------------------------

const cover = document.querySelector("[data-drop-cover]");
// What is dragged from one place of the page to another is none of ours.
let own = false;
addEventListener("dragstart", () => (own = true));
addEventListener("dragend", () => (own = false));
const takes = ({ types }) => !own && ["Files", "text/uri-list", "text/plain"].some((one) => types.includes(one));

addEventListener("dragover", (event) => {
  if (!takes(event.dataTransfer)) return;
  event.preventDefault();
  cover.hidden = false;
});
// Leaving the window, rather than one thing on it for another.
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) cover.hidden = true;
});
addEventListener("drop", (event) => {
  cover.hidden = true;
  if (!takes(event.dataTransfer)) return;
  const { files } = event.dataTransfer;
  const text = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
  // Words that are dragged into a field stay words in a field.
  if (files.length === 0 && (!text || event.target.closest?.("input, textarea"))) return;
  event.preventDefault();
  if (files.length > 0) checkFiles(files);
  else checkText(text);
});
addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  if (files.length > 0) checkFiles(files);
  else if (!event.target.closest?.("input, textarea")) checkText(event.clipboardData.getData("text/plain"));
  else return;
  event.preventDefault();
});

// --- QR codes ----------------------------------------------------------------------------------------------------------

/** A function that reads a code from something drawn: the browser's own reader where it has one, else ours. */
async function reader(patient) {
  if ((await globalThis.BarcodeDetector?.getSupportedFormats())?.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? "";
  }
  const { read } = await import(main.dataset.give);
  return async (canvas) =>
    read(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), patient);
}

function drawn(source, width, height, canvas = document.createElement("canvas")) {
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // under a picture that one can see through
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Where a picture holds no badge but a code that is an address, put the address in its place. */
async function followCode(file) {
  const letters = new TextDecoder("latin1").decode(await file.arrayBuffer());
  if (letters.includes("openbadge")) return;
  const bitmap = await createImageBitmap(file);
  const said = (await (await reader(true))(drawn(bitmap, bitmap.width, bitmap.height))).trim();
  if (!ADDRESS.test(said)) return;
  picture.value = "";
  field("url").value = said;
}

const dialog = document.getElementById("scan");
const video = dialog.querySelector("video");
const line = dialog.querySelector("[role=status]");
const say = (name) => (line.textContent = line.dataset[name]);

async function scan() {
  dialog.showModal();
  say("starting");
  let stream;
  const stop = () => stream?.getTracks().forEach((track) => track.stop());
  dialog.addEventListener("close", stop, { once: true });
  try {
    const [read, film] = await Promise.all([
      reader(false),
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }),
    ]);
    stream = film;
    if (!dialog.open) return stop(); // closed while the browser asked
    video.srcObject = stream;
    await video.play();
    say("seeking");
    const canvas = document.createElement("canvas");
    while (dialog.open) {
      const said = video.videoWidth ? (await read(drawn(video, video.videoWidth, video.videoHeight, canvas))).trim() : "";
      if (ADDRESS.test(said)) {
        dialog.close();
        return checkText(said);
      }
      if (said) say("other");
      await new Promise(requestAnimationFrame);
    }
  } catch {
    stop();
    say("denied");
  }
}

async function offerScan() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  if (!devices.some((one) => one.kind === "videoinput")) return;
  const place = main.querySelector("[data-scan]");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", scan);
}

// --- when the page is there --------------------------------------------------------------------------------------------

for (const words of document.querySelectorAll("[data-scripted]")) words.hidden = false;
offerScan().catch(() => {});
document.querySelector("[data-told], [aria-invalid=true]")?.focus();
