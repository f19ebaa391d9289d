// Evidence is added without leaving the form. A piece lies on the device first and goes to the server as soon as there
// is a network; sent twice, it is there once, since it has a key.
import { begunOf, dropPiece, dropWords, keepPiece, keepWords, leftOf, piecesOf, wordsOf } from "./kept.js";
import { count } from "./draft.js";
import { begin, kept, sendParts } from "../parts.js";
import { refresh } from "./refresh.js";
import { freshToken } from "../token.js";

const RETRY = 10_000;
const SIGNED_OUT = [401, 403];
// Asked too often, or in trouble, it has taken nothing and refused nothing: what was sent is sent again. A full disk says so.
const IN_TROUBLE = (status) => status === 429 || (status >= 500 && status !== 507);

const LARGEST_BEGUN = 200 * 1024 ** 2;

const panel = document.querySelector("[data-add]");
const form = document.querySelector("form[data-draft]");
if (panel && form) start(panel, form);

function start(panel, page) {
  const { draft: attempt, person } = page.dataset;
  const asked = panel.querySelector("form");
  const refused = panel.querySelector("[data-refused]");
  const drop = panel.querySelector("[data-uploads]");
  const list = document.querySelector("[data-waiting-list]");
  const told = new Map();
  const begun = new Map();
  const going = new Set();
  let sending = false;
  let timer = 0;
  // What is being sent while its panel is open.
  let here;

  // --- the panel

  async function open(kind, word) {
    const before = await wordsOf(keyOf(kind), person).catch(() => undefined);
    const held = before?.named && (await wordsOf(fileKeyOf(kind), person).catch(() => undefined))?.file;
    asked.reset();
    asked.elements.kind.value = kind;
    panel.querySelector("h2").textContent = `${panel.dataset.title} ${word}`;
    for (const part of asked.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind);
    const made = { image: "photo", audio: "audio", video: "video" }[kind];
    for (const box of asked.querySelectorAll("[data-record]")) {
      box.dispatchEvent(new Event("satchel:off"));
      box.classList.toggle("d-none", !made);
      for (const button of box.querySelectorAll("[data-start]")) button.hidden = button.dataset.start !== made;
    }
    const file = asked.querySelector("input[type=file]");
    file.accept = { image: "image/*", audio: "audio/*", video: "video/*" }[kind] ?? "";
    file.dispatchEvent(new Event("change", { bubbles: true }));
    // Who can be seen or heard is asked while one remembers.
    for (const choice of asked.elements.people) choice.required = Boolean(made);
    unobject();
    panel.dataset.word = word;
    if (before) restore(before, held, file);
    tellBegun(kind);
    count(asked.elements.text);
    panel.showModal();
    wanted().focus();
  }

  // --- what was begun in it, and not added yet: it comes back, whatever closes the panel or the page

  // Of the whole submission: what was not added before an attempt was handed in, the next one may still want.
  const keyOf = (kind) => `begun-${page.dataset.page}-${kind}`;
  const fileKeyOf = (kind) => `file-${page.dataset.page}-${kind}`;
  const said = () => [...new FormData(asked)].filter(([name, value]) => typeof value === "string" && value.trim() && !["csrfmiddlewaretoken", "kind", "sent"].includes(name));

  function keepBegun() {
    const kind = asked.elements.kind.value;
    const file = fileToKeep();
    const fields = said();
    if (fields.length === 0 && !file) return dropWords(keyOf(kind)).catch(() => {});
    const entry = { attempt: keyOf(kind), begun: page.dataset.page, person, kind, word: panel.dataset.word, fields };
    return keepWords({ ...entry, named: file?.name }).catch(() => {});
  }

  // A larger file is chosen again: a second copy of it would fill the device. What was made here is nowhere else.
  function fileToKeep() {
    const field = asked.querySelector("input[type=file]");
    const [file] = field.files;
    return file && (file.size <= LARGEST_BEGUN || file.name === field.dataset.made) ? file : null;
  }

  // Apart from the words, so that a keystroke doesn't write it once more.
  function keepFile() {
    const kind = asked.elements.kind.value;
    const file = fileToKeep();
    if (!file) return dropWords(fileKeyOf(kind)).catch(() => {});
    return keepWords({ attempt: fileKeyOf(kind), person, file }).catch(() => {});
  }

  function restore({ fields }, made, file) {
    for (const [name, words] of fields) {
      const field = asked.elements[name];
      // A criterion that the badge has no more.
      if (!field) continue;
      if (field instanceof RadioNodeList || field.type !== "checkbox") field.value = words;
      else field.checked = true;
    }
    if (!made) return;
    const chosen = new DataTransfer();
    chosen.items.add(made);
    file.files = chosen.files;
    file.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function dropBegun(kind) {
    for (const key of [keyOf(kind), fileKeyOf(kind)]) await dropWords(key).catch(() => {});
    tellBegun(kind);
  }

  function tellBegun(kind, entry) {
    takeOff(begun.get(kind));
    begun.delete(kind);
    if (entry) {
      const title = new Map(entry.fields).get("title") || entry.named || entry.word;
      const tile = tileOf(title, panel.dataset.begun, [
        [panel.dataset.goOn, () => open(kind, entry.word)],
        [panel.dataset.remove, () => dropBegun(kind)],
      ]);
      begun.set(kind, tile);
    }
  }

  async function tellAllBegun() {
    for (const entry of await begunOf(page.dataset.page, person).catch(() => [])) tellBegun(entry.kind, entry);
  }

  // While the panel is made ready, it is no person who changes it.
  asked.addEventListener("input", ({ target }) => {
    count(target);
    if (panel.open) keepBegun();
  });
  asked.addEventListener("change", ({ target }) => {
    if (!panel.open) return;
    if (target.type === "file") keepFile();
    keepBegun();
  });
  // A recording whose panel was closed meanwhile.
  asked.addEventListener("satchel:made", async () => {
    if (panel.open) return;
    await keepFile();
    await keepBegun();
    tellAllBegun();
  });
  // One key, or a press beside it, ends no recording.
  const isLive = () => panel.querySelector("[data-live-now]");
  panel.addEventListener("cancel", (event) => isLive() && event.preventDefault());
  panel.addEventListener("click", (event) => {
    if (!isLive() || (event.target !== panel && !event.target.closest("[data-close]"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    isLive().querySelector("[data-end]").focus();
  }, { capture: true });
  tellAllBegun();

  // A file field has no name while its file goes in parts.
  const wanted = () =>
    ({ link: asked.elements.url, text: asked.elements.text, reflection: asked.elements.text })[asked.elements.kind.value] ??
    asked.querySelector("input[type=file]");

  // At the head, where the field is that a piece can't be without.
  function object(field, words) {
    refused.textContent = words;
    refused.hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.focus({ preventScroll: true });
    panel.scrollTo(0, 0);
  }

  function ready() {
    here = undefined;
    asked.toggleAttribute("data-busy", false);
  }

  function unobject() {
    refused.hidden = true;
    for (const field of asked.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  page.addEventListener("submit", (event) => {
    const [step, kind] = (event.submitter?.value ?? "").split(":");
    if (step === "add" && kind !== "credential") {
      event.preventDefault();
      open(kind, event.submitter.dataset.word);
    } else if (step === "submit" && told.size > 0) {
      event.preventDefault();
      list.scrollIntoView();
      list.querySelector("[data-line]").textContent = panel.dataset.still;
    }
  }, { capture: true });

  asked.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (asked.hasAttribute("data-busy")) return;
    const first = wanted();
    // A large file has gone in parts already; its id stands in its place.
    const gone = asked.elements.sent.value;
    const empty = first.type === "file" ? first.files.length === 0 && !gone : first.value.trim() === "";
    if (empty || !first.checkValidity()) {
      const name = first.labels[0].textContent.trim();
      object(first, empty ? panel.dataset.needed.replace("{name}", name) : first.validationMessage);
      return;
    }
    const fields = [...new FormData(asked)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
    // Its parts may be there and its id lapse all the same, while it waits here for a network.
    const file = first.type === "file" ? (gone ? fileToKeep() : first.files[0]) : null;
    const title = asked.elements.title.value || (first.files?.[0] ?? file)?.name || first.value.slice(0, 60);
    const key = crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join("");
    const piece = { key, attempt, page: page.dataset.page, person, fields, file, title, at: Date.now() };
    const kind = asked.elements.kind.value;
    // Before anything is waited for: a second press would make a second piece.
    asked.toggleAttribute("data-busy", true);
    here = piece;
    // Without room on the device it is sent all the same.
    const isKept = await keepPiece(piece).then(() => true, () => false);
    asked.dispatchEvent(new Event("satchel:taken"));
    unobject();
    const answer = await sent(piece);
    const left = here !== piece;
    if (!left) ready();
    if (answer?.status === 201) {
      await taken(piece);
      await dropBegun(kind);
      if (!left) panel.close();
    } else if (left || (isKept && !answer) || SIGNED_OUT.includes(answer?.status)) {
      if (answer) refuse(piece, answer);
      else wait(piece);
      await dropBegun(kind);
      if (!left) panel.close();
    } else {
      // What was typed is still here: it is mended and sent as another.
      await forget(piece);
      asked.elements.sent.value = gone;
      object(first, (answer?.errors ?? [panel.dataset.unreached]).join(" "));
    }
  });
  panel.addEventListener("close", () => {
    // Closed while it is being sent: it goes on, and a line on the page tells.
    if (here) {
      tell(here, panel.dataset.sending);
      dropBegun(asked.elements.kind.value);
    } else tellAllBegun();
    ready();
    for (const box of asked.querySelectorAll("[data-record]")) box.dispatchEvent(new Event("satchel:off"));
  });

  // --- what waits

  function tell(piece, words, acts = []) {
    const tile = tileOf(piece.title, words, acts, told.get(piece.key));
    told.set(piece.key, tile);
    return tile;
  }

  function tileOf(title, words, acts, tile = undefined) {
    if (!tile) {
      tile = document.createElement("div");
      tile.className = "ev";
      tile.innerHTML = '<div class="body"><p class="name"></p><p class="small quiet" data-line role="status"></p><progress max="100" hidden></progress></div>';
      tile.querySelector(".name").textContent = title;
      list.append(tile);
    }
    tile.querySelector("[data-line]").textContent = words;
    for (const old of tile.querySelectorAll("button")) old.remove();
    for (const [word, act] of acts) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-sm", textContent: word });
      button.addEventListener("click", act);
      tile.append(button);
    }
    list.hidden = false;
    return tile;
  }

  function takeOff(tile) {
    tile?.remove();
    list.hidden = list.childElementCount === 0;
  }

  function forget(piece) {
    takeOff(told.get(piece.key));
    told.delete(piece.key);
    return dropPiece(piece.key).catch(() => {});
  }

  // Where its bar is: on the page, once the panel was closed.
  function far(piece, percent) {
    const bar = told.get(piece.key)?.querySelector("progress") ?? panel.querySelector("[data-panel-progress]");
    bar.hidden = percent === undefined;
    bar.value = percent ?? 0;
  }

  /** What the server said, with its status; nothing where it could not be reached. */
  async function sent(piece) {
    going.add(piece.key);
    let answer = await once(piece);
    if (answer?.status === 403 && (await freshToken(page).catch(() => false))) answer = await once(piece);
    // What was sent in parts has lapsed, or belongs to an attempt that was handed in: it goes once more.
    if (answer?.status === 422 && piece.file && sentAs(piece)) {
      piece.fields = piece.fields.filter(([name]) => name !== "sent");
      await keepPiece(piece).catch(() => {});
      answer = await once(piece);
    }
    going.delete(piece.key);
    return answer;
  }

  const sentAs = (piece) => new Map(piece.fields).get("sent");

  async function once(piece) {
    if (!navigator.onLine) return undefined;
    const body = new FormData();
    for (const [name, value] of piece.fields) body.append(name, value);
    body.set("csrfmiddlewaretoken", page.elements.csrfmiddlewaretoken.value);
    body.set("key", piece.key);
    try {
      const here = sentAs(piece) ? undefined : piece.file;
      if (here?.size > Number(drop.dataset.from)) body.set("sent", await inParts(piece));
      else if (here) body.set("upload", here, here.name);
      const answer = await post(panel.dataset.add, body, (percent) => far(piece, percent));
      return IN_TROUBLE(answer.status) ? undefined : answer;
    } catch (error) {
      return error.status >= 400 && error.status < 500 ? { status: error.status, errors: [error.message] } : undefined;
    } finally {
      far(piece);
    }
  }

  /** The id that stands for a large file once all of it is there. */
  async function inParts(piece) {
    const { file, fields } = piece;
    const token = () => page.elements.csrfmiddlewaretoken.value;
    const begun = await begin(drop.dataset.uploads, file, new Map(fields).get("kind"), token());
    await sendParts(begun, file, { token, far: (done) => far(piece, (100 * done) / file.size) });
    return begun.id;
  }

  async function send(piece) {
    tell(piece, panel.dataset.sending);
    const answer = await sent(piece);
    if (answer?.status === 201) await taken(piece);
    else if (answer) refuse(piece, answer);
    else wait(piece);
  }

  async function taken(piece) {
    if (piece.file) kept.set(kept.key(drop.dataset.uploads, piece.file), "");
    await forget(piece);
    await refresh().catch(() => {});
  }

  function refuse(piece, answer) {
    const again = [panel.dataset.again, () => send(piece)];
    const words = SIGNED_OUT.includes(answer.status) ? [panel.dataset.out] : answer.errors;
    tell(piece, (words ?? [panel.dataset.unreached]).join(" "), [again, [panel.dataset.remove, () => forget(piece)]]);
  }

  function wait(piece) {
    tell(piece, panel.dataset.waiting, [[panel.dataset.remove, () => forget(piece)]]);
    clearTimeout(timer);
    timer = setTimeout(flush, RETRY);
  }

  async function flush() {
    if (sending) return;
    sending = true;
    for (const piece of await piecesOf(attempt, person).catch(() => [])) {
      if (!going.has(piece.key)) await send(piece);
    }
    sending = false;
  }

  // Made here for an attempt that was then handed in elsewhere, without it.
  async function tellLeft() {
    for (const piece of await leftOf(page.dataset.page, person, attempt).catch(() => [])) {
      const adopt = async () => {
        takeOff(tile);
        await keepPiece(Object.assign(piece, { attempt })).catch(() => {});
        send(piece);
      };
      const drop = () => {
        takeOff(tile);
        return dropPiece(piece.key).catch(() => {});
      };
      const tile = tileOf(piece.title, panel.dataset.left, [[panel.dataset.addIt, adopt], [panel.dataset.remove, drop]]);
    }
  }

  addEventListener("online", flush);
  addEventListener("beforeunload", (event) => {
    if (told.size > 0) event.preventDefault();
  });
  flush();
  tellLeft();
}

/** fetch() tells nothing of how far sending has come. */
function post(url, body, far) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => far((100 * loaded) / total));
    request.addEventListener("load", () => resolve({ status: request.status, ...request.response }));
    request.addEventListener("error", reject);
    request.send(body);
  });
}
