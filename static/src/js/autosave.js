// A form with data-autosave (an address) sends itself there while one types and reads JSON: {edition, saved: "10:32",
// missing: ["Write the overview."]}; the last for a page that lists what is missing.
import htmx from "htmx.org";
import { freshToken } from "./token.js";

const PAUSE = 1500;
const RETRY = 10_000;

function start(form) {
  const line = document.querySelector("[data-saved]");
  const words = line?.querySelector("[data-words]");
  let timer = 0;
  let sending = false;
  let changed = false;

  // `short`: for the line itself, where a note beside it says the rest.
  const say = (state, text, { short = text, link = null } = {}) => {
    if (!line) return;
    line.hidden = false;
    line.dataset.state = state;
    words.textContent = short;
    // The line may be far above what is typed; the bar at the foot is always there.
    const bar = document.querySelector("[data-unsaved]");
    if (!bar) return;
    bar.hidden = state !== "unsaved";
    bar.textContent = state === "unsaved" ? text : "";
    if (link) bar.append(" ", Object.assign(document.createElement("a"), { target: "_blank", rel: "noopener", ...link }));
  };
  const list = (missing) => {
    const title = document.querySelector("[data-missing-title]");
    if (!missing || !title) return;
    title.textContent = missing.length ? title.dataset.some : title.dataset.none;
    document.querySelector("[data-missing]").replaceChildren(
      ...missing.map((words) => Object.assign(document.createElement("li"), { textContent: words })),
    );
    document.querySelector(".action-bar p").textContent = missing.length ? `${title.dataset.some}: ${missing.length}` : title.dataset.none;
  };
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  };

  async function send() {
    if (sending) return later(PAUSE);
    sending = true;
    changed = false;
    say("saving", line?.dataset.saving);
    try {
      const body = new FormData(form);
      const post = () => fetch(form.dataset.autosave, { method: "POST", body, headers: { Accept: "application/json" } });
      let response = await post();
      if (response.status === 403 && (await freshToken(form))) {
        body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        response = await post();
      }
      if (response.redirected || [401, 403].includes(response.status)) {
        changed = true;
        say("unsaved", line?.dataset.out, { link: { href: line?.dataset.signIn, textContent: line?.dataset.signInWord } });
        return later(RETRY);
      }
      if (response.status === 404) {
        // It would never be taken: what was typed stays on the page, to be copied.
        changed = true;
        return say("unsaved", line?.dataset.gone);
      }
      const answer = await response.json();
      if (response.ok) {
        if (form.elements.edition) form.elements.edition.value = answer.edition;
        say("saved", `${line?.dataset.kept} ${answer.saved}`);
        list(answer.missing);
        document.body.dispatchEvent(new CustomEvent("satchel:saved"));
      } else {
        // Refused: it would be refused again, so say why and wait for the next change. Leaving would lose it.
        changed = true;
        const errors = answer.errors ?? [answer.detail ?? line?.dataset.failed];
        const lost = response.status === 409;
        const isNoted = lost && document.querySelector("[data-lost]");
        say("unsaved", errors.join(" "), isNoted ? { short: line?.dataset.unsavedWord } : {});
        document.body.dispatchEvent(new CustomEvent("satchel:refused", { detail: { errors, lost, clash: answer.clash, gone: answer.gone } }));
      }
    } catch {
      changed = true;
      say("unsaved", line?.dataset.failed);
      later(RETRY);
    } finally {
      sending = false;
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    changed = true;
    later(PAUSE);
  });
  // Asked for by a key: at once, and the page stays.
  form.addEventListener("satchel:save", () => later(0));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    changed = false;
    if (!sending) return;
    // Let the save under way end first: it brings the edition that this one must carry.
    event.preventDefault();
    setTimeout(() => form.requestSubmit(event.submitter), 200);
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

htmx.onLoad((part) => part.querySelectorAll("form[data-autosave]").forEach(start));
