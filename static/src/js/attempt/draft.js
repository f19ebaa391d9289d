// The words of an attempt, and what is said of a piece: kept on the device at once, on the server after two seconds of rest and on leaving. What another tab wrote
// comes back merged.
import { dropWords, keepWords, wordsOf } from "./kept.js";
import { freshToken } from "../token.js";

const REST = 2000;
const RETRY = 10_000;
// What a browser still sends after a page is gone.
const MOST_ON_LEAVING = 60_000;

const form = document.querySelector("form[data-draft]");
if (form) start(form);

function start(form) {
  const { draft: attempt, person } = form.dataset;
  const line = document.querySelector("[data-saved]");
  const others = new BroadcastChannel(`attempt-${attempt}`);
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
  let edition = form.elements.edition.value;
  let timer = 0;
  let sending = false;
  let changed = false;
  let leaving = false;
  let refused = false;
  let tried = false;
  const typed = new Set();

  const value = (field) => {
    if (field.type === "checkbox") return field.checked;
    return field.type === "radio" ? form.elements[field.name].value : field.value;
  };
  const put = (field, words) => {
    if (field.type === "checkbox") field.checked = words;
    else if (field.type === "radio") field.checked = field.value === words;
    else field.value = words;
    count(field);
  };
  const values = () => Object.fromEntries(fields.map((field) => [field.name, value(field)]));
  const say = (state, words) => {
    line.hidden = false;
    line.dataset.state = state;
    line.querySelector("[data-words]").textContent = words;
  };
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  };
  // A copy on the device, unless it has no room, or the server never takes these words.
  let safe = true;
  const keep = () =>
    keepWords({ attempt, person, edition, values: values(), at: Date.now() }).then(
      () => (safe = true),
      () => (safe = false),
    );

  async function send() {
    if (sending) return later(REST);
    clearTimeout(timer);
    sending = true;
    changed = false;
    refused = false;
    const sent = values();
    if (!navigator.onLine) {
      sending = false;
      return failed(line.dataset.failed);
    }
    say("saving", line.dataset.saving);
    try {
      const body = new FormData(form);
      body.set("edition", edition);
      const post = () => fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      let response = await post();
      if (response.status === 403 && (await freshToken(form))) {
        body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        response = await post();
      }
      if (response.redirected || [401, 403].includes(response.status)) return failed(line.dataset.out);
      const answer = await response.json();
      if (!response.ok) return failed((answer.errors ?? [answer.detail ?? line.dataset.failed]).join(" "), 0);
      if (merge(sent, answer)) others.postMessage("saved");
      if (!changed) await dropWords(attempt).catch(() => {});
      if (answer.missing) list(answer.missing);
      const merged = Object.keys(answer.merged).length > 0;
      say("saved", merged ? line.dataset.merged : `${line.dataset.kept} ${answer.saved}`);
    } catch {
      failed(line.dataset.failed);
    } finally {
      sending = false;
    }
  }

  // A refusal comes again until something is changed; a lost network is tried again by itself.
  function failed(words, pause = RETRY) {
    changed = true;
    say("unsaved", words);
    keep();
    refused = !pause;
    if (pause) later(pause);
  }

  // Whether the server has a new edition. A field that was typed in meanwhile is left as it is, and so is the edition
  // that it began from: the next save merges it.
  function merge(sent, answer) {
    const typed = fields.filter((field) => field.name in answer.merged && value(field) !== sent[field.name]);
    if (typed.length > 0) return false;
    for (const field of fields) {
      if (field.name in answer.merged) put(field, answer.merged[field.name]);
    }
    const isNew = edition !== String(answer.edition);
    edition = String(answer.edition);
    form.elements.edition.value = edition;
    return isNew;
  }

  async function restore() {
    const kept = await wordsOf(attempt, person);
    if (!kept) return;
    // What somebody has begun to type meanwhile stays.
    const differs = fields.filter(
      (field) => field.name in kept.values && kept.values[field.name] !== value(field) && !typed.has(field.name),
    );
    if (differs.length === 0) return dropWords(attempt);
    for (const field of differs) put(field, kept.values[field.name]);
    edition = kept.edition;
    changed = true;
    say("unsaved", line.dataset.restored);
    later(0);
  }

  form.addEventListener("input", ({ target }) => {
    if (!fields.includes(target)) return;
    typed.add(target.name);
    changed = true;
    count(target);
    keep();
    later(REST);
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    if (sending) {
      // Let the save under way end first: it brings the edition that this one must carry.
      event.preventDefault();
      setTimeout(() => form.requestSubmit(event.submitter), 200);
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      failed(line.dataset.failed);
      // Said where the button is, too: the line may be far up.
      const bar = document.querySelector(".action-bar p");
      if (bar) bar.textContent = line.dataset.offline;
      return;
    }
    // Saved first, which lets go of the copy here: it would come back over what another device writes meanwhile; and
    // which tells anew what is missing.
    const isHandingIn = event.submitter?.value === "submit";
    if ((changed || (isHandingIn && firstGap())) && !tried) {
      event.preventDefault();
      tried = true;
      send().finally(() => form.requestSubmit(event.submitter));
      return;
    }
    tried = false;
    if (isHandingIn && firstGap()) {
      event.preventDefault();
      return goTo(firstGap());
    }
    leaving = true;
    form.elements.edition.value = edition;
  });
  document.addEventListener("visibilitychange", () => {
    if (!changed || leaving) return;
    // Back from another tab, where somebody may have signed in.
    if (document.visibilityState !== "hidden") return later(0);
    const body = new FormData(form);
    body.set("edition", edition);
    const size = [...body.values()].reduce((sum, words) => sum + new Blob([words]).size, 0);
    if (size < MOST_ON_LEAVING) fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
  });
  addEventListener("beforeunload", (event) => {
    if (changed && !leaving && (refused || !safe)) event.preventDefault();
  });
  // It came back by the browser's arrows: what was typed after that lies in the copy.
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("online", () => changed && later(0));
  others.addEventListener("message", () => later(0));
  for (const field of fields) count(field);
  restore().catch(() => {});
}

export function count(field) {
  const line = document.getElementById(`${field.id}_count`);
  if (!line) return;
  const words = field.value.split(/\s+/).filter(Boolean).length;
  line.textContent = words === 1 ? line.dataset.one : line.dataset.more.replace("%(n)s", words);
}

function list(missing) {
  const title = document.querySelector("[data-missing-title]");
  title.textContent = missing.length ? title.dataset.some : title.dataset.none;
  document.querySelector("[data-missing]").replaceChildren(
    ...missing.map(({ words, href }) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("a"), { href, textContent: words }));
      return item;
    }),
  );
  const said = missing.length ? `${title.dataset.some}: ${missing.length}` : title.dataset.none;
  document
    .querySelector(".action-bar p")
    .replaceChildren(Object.assign(document.createElement("a"), { href: "#missing", textContent: said }));
}

const firstGap = () => document.querySelector("[data-missing] a");

/** To what is missing on this page; else to the line that leads to its own page. The bar says what it is. */
function goTo(gap) {
  const here = gap.getAttribute("href").startsWith("#") ? document.querySelector(gap.hash) : null;
  const place = here ?? gap;
  if (!place.matches("a, input, textarea, select")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: place.offsetHeight > innerHeight / 2 ? "start" : "center" });
  document.querySelector(".action-bar p").textContent = gap.textContent;
}
