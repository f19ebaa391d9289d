// The comment bank at a field of the marks: `/` in an empty line, or the button, opens it below the field. Without this the
// button leads to a page with the same comments.
import { fill } from "./words.js";

const WAIT = 250;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let open = null;
let numbers = 0;
// What a field was offered last, by criterion: there at once when its picker opens again, and put right when the server answers.
const offered = new Map();

class Picker {
  constructor(acts) {
    this.acts = acts;
    this.field = document.getElementById(acts.dataset.bank);
    this.box = document.getElementById("bank-picker").content.firstElementChild.cloneNode(true);
    this.words = this.box.dataset;
    this.find = this.box.querySelector("[role=combobox]");
    this.list = this.box.querySelector("[role=listbox]");
    this.told = this.box.querySelector("[role=status]");
    this.list.id = `bank-list-${(numbers += 1)}`;
    this.find.setAttribute("aria-controls", this.list.id);
    Object.assign(this, offered.get(acts.dataset.code) ?? { comments: [], more: false });
    this.shown = [];
    this.at = 0;
    this.turn = 0; // of asking the server: an answer that was overtaken counts for nothing
    this.listen();
    acts.after(this.box);
    this.find.focus();
    if (this.comments.length) this.filter({ again: false });
    this.fetch();
  }

  listen() {
    const { box, find, list } = this;
    // What is typed here is no mark: it neither saves nor sends anything.
    for (const kind of ["input", "change"]) box.addEventListener(kind, (event) => event.stopPropagation());
    find.addEventListener("input", () => this.filter());
    find.addEventListener("keydown", (event) => this.press(event));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.insert(this.shown[Number(option.dataset.at)]);
    });
    box.querySelector("[data-shut]").addEventListener("click", () => this.close());
    box.querySelector("[data-edit]").addEventListener("click", () => this.edit());
    box.querySelector("[data-back]").addEventListener("click", () => this.back());
    box.querySelector("[data-save]").addEventListener("click", () => this.save());
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (box.querySelector("[data-editing]").hidden) this.close();
      else this.back();
    });
  }

  level() {
    const code = this.acts.dataset.code;
    return code ? (this.field.form.querySelector(`input[name="${code}-level"]:checked`)?.value ?? "") : "";
  }

  async fetch() {
    const turn = (this.turn += 1);
    const asked = new URLSearchParams({ criterion: this.acts.dataset.code, level: this.level(), q: this.asked ?? "" });
    try {
      const answer = await fetch(`${this.acts.dataset.comments}?${asked}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const { comments, more } = await answer.json();
      if (turn !== this.turn) return;
      const chosen = this.shown[this.at]?.id;
      Object.assign(this, { comments, more });
      if (!this.asked) offered.set(this.acts.dataset.code, { comments, more });
      this.filter({ again: false });
      this.choose(Math.max(this.shown.findIndex(({ id }) => id === chosen), 0));
    } catch {
      this.told.textContent = this.words.failed;
    }
  }

  /** Every word typed stands in it, whatever its accents. Where there are more than came, the server is asked too. */
  filter({ again = true } = {}) {
    const wanted = plain(this.find.value).split(/\s+/).filter(Boolean);
    this.shown = this.comments.filter(({ text }) => wanted.every((word) => plain(text).includes(word)));
    this.at = 0;
    this.draw();
    if (!again || (!this.more && !this.asked)) return;
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      this.asked = this.find.value.trim();
      this.fetch();
    }, WAIT);
  }

  draw() {
    this.list.replaceChildren(...this.shown.map((comment, at) => this.option(comment, at)));
    const none = this.comments.length || this.asked ? this.words.none : this.words.empty;
    this.told.textContent = this.shown.length ? fill(this.words.found, { n: this.shown.length }) : none;
    this.box.querySelector("[data-edit]").hidden = !this.shown.length;
    this.choose(this.at);
  }

  option({ text, uses }, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.setAttribute("role", "option");
    option.dataset.at = at;
    const said = Object.assign(document.createElement("span"), { textContent: text, dir: "auto", className: "words" });
    const used = Object.assign(document.createElement("span"), { className: "small quiet num" });
    const { never, once, used: often } = this.words;
    used.textContent = [never, once][uses] ?? fill(often, { n: uses });
    option.append(said, used);
    return option;
  }

  choose(at) {
    this.at = at;
    for (const option of this.list.children) option.setAttribute("aria-selected", String(Number(option.dataset.at) === at));
    const chosen = this.list.children[at];
    if (!chosen) return this.find.removeAttribute("aria-activedescendant");
    this.find.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    const last = this.shown.length - 1;
    const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, Home: 0, End: last, PageDown: this.at + 5, PageUp: this.at - 5 }[event.key];
    if (to !== undefined && !(["Home", "End"].includes(event.key) && this.find.value)) {
      event.preventDefault();
      if (last >= 0) this.choose(event.key.startsWith("Page") ? Math.min(Math.max(to, 0), last) : (to + last + 1) % (last + 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.shown[this.at]) this.insert(this.shown[this.at]);
    } else if (event.key === "/" && !this.find.value) {
      // Twice: the sign itself was meant.
      event.preventDefault();
      this.close();
      write(this.field, "/");
    }
  }

  insert({ id, text }) {
    this.close();
    write(this.field, text);
    post(this.field.form, `${this.acts.dataset.comments}${id}/use/`, { criterion: this.acts.dataset.code, level: this.level() }).catch(() => {});
  }

  edit() {
    const comment = this.shown[this.at];
    if (!comment) return;
    this.swap(true);
    const field = this.box.querySelector("[data-editing] textarea");
    field.value = comment.text;
    field.focus();
  }

  back() {
    this.swap(false);
    this.find.focus();
  }

  swap(editing) {
    this.box.querySelector("[data-list]").hidden = editing;
    this.box.querySelector("[data-editing]").hidden = !editing;
    this.box.querySelector("[data-editing] [role=alert]").hidden = true;
  }

  async save() {
    const comment = this.shown[this.at];
    const line = this.box.querySelector("[data-editing] [role=alert]");
    const text = this.box.querySelector("[data-editing] textarea").value;
    this.turn += 1;
    try {
      const answer = await post(this.field.form, `${this.words.bank}${comment.id}/edit/`, { text });
      if (answer.errors) throw new Error(answer.errors.join(" "));
      comment.text = answer.text;
      const at = this.at;
      this.draw();
      this.choose(at);
      this.back();
    } catch (error) {
      line.hidden = false;
      line.textContent = error.name === "Error" ? error.message : this.words.failed;
    }
  }

  close() {
    clearTimeout(this.later);
    this.box.remove();
    open = null;
    this.field.focus();
  }
}

/** Where the cursor is; behind what stands there, where it is nowhere in particular. */
function write(field, text) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const before = value.slice(0, from);
  const gap = before.trim() && !before.endsWith("\n") && text !== "/" ? "\n\n" : "";
  field.setRangeText(`${gap}${text}`, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function post(form, address, values) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  return answer.json();
}

function pick(acts) {
  if (open?.acts === acts) return open.find.focus();
  open?.close();
  open = new Picker(acts);
}

async function keep(acts, button) {
  const said = acts.querySelector("[data-said]");
  const field = document.getElementById(acts.dataset.bank);
  try {
    const answer = await post(button.form, button.formAction, { keep: button.value, [field.name]: field.value });
    said.textContent = answer.done ?? answer.errors.join(" ");
  } catch {
    said.textContent = document.getElementById("bank-picker").content.firstElementChild.dataset.failed;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".bank-acts button");
  if (!button) return;
  event.preventDefault();
  const acts = button.closest(".bank-acts");
  if (button.name === "pick") pick(acts);
  else keep(acts, button);
});
document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !target.matches("textarea")) return;
  const acts = target.id && document.querySelector(`.bank-acts[data-bank="${CSS.escape(target.id)}"]`);
  const line = target.value.slice(target.value.lastIndexOf("\n", target.selectionStart - 1) + 1).split("\n")[0];
  if (!acts || line.trim() || target.selectionStart !== target.selectionEnd) return;
  event.preventDefault();
  pick(acts);
});
for (const sign of document.querySelectorAll(".bank-acts kbd")) sign.hidden = false;
