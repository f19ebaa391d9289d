// Notes are sent without leaving the desk, whose lists are then put anew. What is cited of a piece opens its form.
import { clockOf } from "./words.js";

const LISTS = "[data-notes]";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-note-form]");
  if (!form) return;
  event.preventDefault();
  send(form, form.action, new FormData(form));
});

// A citation stands within the form of the marks: only its own fields are sent.
function cite(button) {
  const fold = button.closest("[data-cite]");
  const data = new FormData();
  data.set("csrfmiddlewaretoken", button.form.elements.csrfmiddlewaretoken.value);
  data.set("cite", button.value);
  for (const field of fold.querySelectorAll("select, input:not([type=checkbox]), input:checked")) data.set(field.name, field.value);
  send(fold, fold.dataset.cite, data);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-cite] button[name=cite]");
  if (!button) return;
  event.preventDefault();
  cite(button);
});
// Choosing a piece changes no mark: nothing of it is to be saved.
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest?.("[data-cite]")) event.stopPropagation();
  }, true);
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  const citing = event.target.closest("[data-cite]");
  if (citing && event.target.matches("input, select")) {
    event.preventDefault();
    cite(citing.querySelector("button[name=cite]"));
  } else if ((event.ctrlKey || event.metaKey) && event.target.matches("form[data-note-form] textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

async function send(from, address, data) {
  if (from.dataset.sending) return;
  from.dataset.sending = "yes";
  let problem = document.querySelector("[data-failed]").dataset.failed;
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { "HX-Request": "true" } });
    const said = await answer.text();
    if (answer.ok) {
      problem = "";
      put(from, said);
    } else if (answer.status === 422) {
      problem = said;
    }
  } catch {
    // Said below, as what failed at the other end.
  } finally {
    delete from.dataset.sending;
  }
  tell(from, problem);
}

function tell(from, problem) {
  const line = from.querySelector("[data-problem]") ?? from.closest(".noted")?.querySelector(":scope > [data-problem]");
  if (!line) return;
  line.hidden = !problem;
  line.textContent = problem;
}

const isWriting = (list) => Array.from(list.querySelectorAll("textarea")).some((field) => field.value !== field.defaultValue);

/** Put the lists anew, but for those in which somebody is writing elsewhere; then go to what was written. */
function put(from, html) {
  const own = from.closest(LISTS);
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const fold = from.closest(".note-new, .cite");
  for (const list of Array.from(fresh.querySelectorAll(LISTS))) {
    const old = document.getElementById(list.id);
    if (old && (old === own || !isWriting(old))) old.replaceWith(document.adoptNode(list));
  }
  if (fold) {
    clear(fold);
    fold.open = false;
    fold.querySelector("summary").focus();
  }
  const now = document.querySelector(`${LISTS} [data-new]`);
  if (now) now.focus();
  else if (own) document.getElementById(own.id)?.closest(".notes")?.querySelector("summary")?.focus();
}

function clear(fold) {
  if (fold.matches(".note-new")) return fold.querySelector("form").reset();
  for (const field of fold.querySelectorAll("select, input:not([type=checkbox])")) field.value = "";
}

// {piece, seconds | page | quote, criterion}: as the server reads a place that was typed.
document.addEventListener("desk:cite", (event) => {
  const { piece, seconds, page, quote, criterion } = event.detail;
  const fold = document.getElementById(`note-new-${piece}`);
  if (!fold) return;
  event.preventDefault();
  const parts = [];
  if (page !== undefined) parts.push(fold.dataset.page.replace("{n}", page));
  if (seconds !== undefined) parts.push(clockOf(seconds));
  if (quote) parts.push(`“${quote}”`);
  const { elements } = fold.querySelector("form");
  fold.open = true;
  elements.place.value = parts.join(" · ");
  if (criterion) elements.criterion.value = criterion;
  elements.text.focus({ preventScroll: true });
  fold.scrollIntoView({ block: "nearest" });
});
