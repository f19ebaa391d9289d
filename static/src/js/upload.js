// A file field with data-uploads sends a large file at once, in parts, while the rest of the form is filled in; the form
// then carries its id (the field named sent) in place of the file. Whatever breaks off costs one part: it is sent again
// by itself, and after the page was left, once the same file is chosen again. Small files go with the form.

import { Refusal, ask, begin, kept, sendParts } from "./parts.js";

const WAITS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const SPEAK_EVERY = 4000;

const language = () => document.documentElement.lang || undefined;

function percent(share) {
  return new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(share);
}

function amount(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), 3);
  const style = { style: "unit", unit: units[step], maximumFractionDigits: step > 1 ? 1 : 0 };
  return new Intl.NumberFormat(language(), style).format(bytes / 1024 ** step);
}

function start(drop) {
  const input = drop.querySelector("input[type=file]");
  const form = input.form;
  const sent = form.elements.sent;
  const panel = drop.querySelector("[data-parts]");
  const bar = panel.querySelector("progress");
  const said = panel.querySelector("[data-said]");
  const problem = drop.querySelector("[data-problem]");
  const [pause, goOn, cancel] = ["pause", "go-on", "cancel"].map((name) => panel.querySelector(`[data-${name}]`));
  const fieldName = input.name;
  drop.querySelector("[data-large]").hidden = false;
  let now = null; // {file, id, done, stop, state: sending|waiting|paused|sent}
  let adding = false;
  let spoke = 0;

  const token = () => form.elements.csrfmiddlewaretoken.value;
  const say = (name, facts = {}) => {
    spoke = Date.now();
    said.textContent = panel.dataset[name].replace(/\{(\w+)\}/g, (_all, fact) => facts[fact] ?? "");
  };
  const complain = (words) => {
    problem.hidden = !words;
    problem.textContent = words ?? "";
  };
  const show = () => {
    panel.hidden = !now;
    if (!now) return;
    pause.hidden = !["sending", "waiting"].includes(now.state);
    goOn.hidden = now.state !== "paused";
    bar.value = Math.floor((1000 * now.done) / now.file.size);
  };
  const far = () => percent(now.done / now.file.size);

  function forget() {
    if (now) kept.set(kept.key(drop.dataset.uploads, now.file), "");
    now = null;
    adding = false;
    sent.value = "";
    input.name = fieldName;
  }

  // The session may have ended, and another tab may have begun one: this page's token is then of no use.
  async function freshToken() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const found = page.querySelector(`[data-uploads] input[name=sent]`) && page.querySelector("input[name=csrfmiddlewaretoken]");
    if (found) form.elements.csrfmiddlewaretoken.value = found.value;
    return Boolean(found);
  }

  async function send(mine, signal) {
    const { file } = mine;
    // Paused and gone on with before the first answer came: still one beginning.
    mine.beginning ??= begin(drop.dataset.uploads, file, form.elements.kind.value, token()).finally(() => {
      mine.beginning = null;
    });
    const told = await mine.beginning;
    mine.id = told.id;
    const speeds = [];
    await sendParts(told, file, {
      token,
      signal,
      far(done) {
        mine.done = done;
        mine.tries = 0;
        speeds.push([Date.now(), done]);
        while (speeds.length > 2 && speeds[0][0] < Date.now() - 10_000) speeds.shift();
        const [[then, less]] = speeds;
        show();
        if (Date.now() - spoke < SPEAK_EVERY || Date.now() === then) return;
        const speed = amount((1000 * (done - less)) / (Date.now() - then));
        say("far", { percent: far(), size: amount(file.size), speed });
      },
    });
  }

  async function run() {
    const mine = now;
    mine.stop = new AbortController();
    const { signal } = mine.stop;
    mine.state = "sending";
    complain();
    show();
    try {
      await send(mine, signal);
    } catch (error) {
      if (mine === now && !signal.aborted) await broken(mine, error);
      return;
    }
    if (mine !== now || signal.aborted) return;
    mine.state = "sent";
    sent.value = mine.id;
    say("sent");
    show();
    if (adding) form.requestSubmit();
  }

  // The line, a busy server, or a part that was spoilt on its way: again, by itself, ever more slowly. Else it is said.
  async function broken(mine, error) {
    const again = error.status === 0 || error.status === 429 || error.status >= 500;
    mine.tries += 1;
    if (error.status === 403 && mine.tries < 3 && (await freshToken().catch(() => false))) return run();
    if (error.status === 401 || error.status === 403) {
      mine.state = "paused";
      complain(error.message || panel.dataset.signedOut);
    } else if ((again && error.status !== 507) || (error.status === 422 && mine.id && mine.tries < 4)) {
      mine.state = "waiting";
      say("lost", { percent: far() });
      mine.timer = setTimeout(() => mine === now && mine.state === "waiting" && run(), error.wait || WAITS[Math.min(mine.tries - 1, 5)]);
    } else if (error.status === 507 || !(error instanceof Refusal)) {
      mine.state = "paused";
      complain(error.message);
      say("paused", { percent: far() });
    } else {
      forget();
      input.value = "";
      complain(error.message || problem.dataset.lost);
    }
    adding = adding && mine.state === "waiting";
    show();
  }

  function stop() {
    clearTimeout(now.timer);
    now.state = "paused";
    now.stop.abort();
  }

  function dropIt() {
    if (!now) return;
    const { file, id, beginning } = now;
    stop();
    forget();
    Promise.resolve(id || beginning?.then((told) => told.id))
      .then((known) => {
        kept.set(kept.key(drop.dataset.uploads, file), "");
        return known && ask("DELETE", `/uploads/${known}/`, { token: token() });
      })
      .catch(() => {}); // it lapses by itself
  }

  input.addEventListener("change", () => {
    const [file] = input.files;
    dropIt();
    sent.value = "";
    input.name = fieldName;
    complain(input.validationMessage);
    // Without a network it waits on the device with the rest, where the page keeps it.
    if (file && !input.validationMessage && file.size > Number(drop.dataset.from) && navigator.onLine) {
      now = { file, id: "", done: 0, tries: 0, state: "sending" };
      input.name = ""; // the form carries its id instead
      say("begun");
      run();
    }
    show();
  });
  form.addEventListener("satchel:taken", () => {
    forget();
    show();
  });
  pause.addEventListener("click", () => {
    stop();
    say("paused", { percent: far() });
    show();
    goOn.focus();
  });
  goOn.addEventListener("click", () => {
    now.tries = 0;
    run();
    pause.focus();
  });
  cancel.addEventListener("click", () => {
    dropIt();
    input.value = "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
    complain(panel.dataset.cancelled);
    input.focus();
  });
  window.addEventListener("online", () => {
    if (now?.state !== "waiting") return;
    clearTimeout(now.timer);
    run();
  });
  // Before anybody else hears of it: the form goes once the file is there.
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || !now) return;
      if (now.state === "sent") {
        kept.set(kept.key(drop.dataset.uploads, now.file), "");
        return;
      }
      // A page that keeps pieces by itself sends the rest: its panel may be closed, and used again, meanwhile.
      if (form.hasAttribute("data-keeps")) {
        stop();
        now = null;
        input.name = fieldName;
        show();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      adding = true;
      say("adding");
      if (now.state === "paused") run();
    },
    true,
  );
  window.addEventListener("beforeunload", (event) => {
    if (now && now.state !== "sent") event.preventDefault();
  });

  // The form came back with something to mend: what was sent still is.
  if (sent.value) {
    panel.hidden = false;
    bar.value = 1000;
    input.name = "";
    for (const button of [pause, goOn, cancel]) button.hidden = true;
    say("sent");
    return;
  }
  // Begun before this page was opened: said, since only a person can choose the file again.
  const [unfinished] = kept.all(drop.dataset.uploads);
  if (unfinished) {
    ask("GET", `/uploads/${kept.get(unfinished)}/`, { token: token() })
      .then((told) => {
        if (told.state !== "receiving") throw new Refusal(404, "");
        if (now) return;
        const done = Math.min(told.parts.length * told.part_size, told.size);
        complain();
        panel.hidden = false;
        bar.value = Math.floor((1000 * done) / told.size);
        for (const button of [pause, goOn, cancel]) button.hidden = true;
        say("unfinished", { name: told.name, percent: percent(done / told.size) });
      })
      .catch((refusal) => refusal.status === 404 && kept.set(unfinished, ""));
  }
}

const started = new WeakSet();
function startAll() {
  for (const drop of document.querySelectorAll("[data-uploads]")) {
    if (!started.has(drop)) start(drop);
    started.add(drop);
  }
}

startAll();
document.addEventListener("htmx:load", startAll);
