// The desk without a mouse: single keys act where nobody is typing. They can be switched off, on this device.
import * as drawer from "./drawer.js";
import * as marking from "./marking.js";
import * as pieces from "./pieces.js";
import { pictureOf } from "./pictures.js";
import { playOf } from "./recordings.js";
import { recall, remember } from "./remembered.js";

const SEQUENCE = 1500;
const map = document.getElementById("keys");
const form = document.querySelector("form[data-desk]");
const { stops } = marking;
let on = recall("keys", "on") === "on";
let wentAt = -Infinity;

const clamp = (index) => stops[Math.min(Math.max(index, 0), stops.length - 1)];
const press = (selector) => pieces.current()?.querySelector(`:is(${selector}):not([hidden], [hidden] *)`)?.click();

function move(by) {
  if (!stops.length) return;
  const here = stops.indexOf(marking.current());
  marking.go(here < 0 ? stops[0] : clamp(here + by));
}

function level(digit) {
  const stop = marking.current();
  // Nothing is at hand yet: the first is, before anything is chosen in it.
  if (!stop) return move(1);
  if (marking.isQuestion(stop)) return;
  // Between two markers a digit takes a side, until the last of them: a level of one's own.
  const sides = stop.querySelectorAll(".sides input");
  if (sides.length && !stop.querySelector(".own input:checked")) choose(sides[digit - 1]);
  else choose(stop.querySelector(`.lvl input[value="${digit}"]`));
}

// The same key again takes it back.
function nextStep(said) {
  const step = (value) => marking.current()?.querySelector(`.asked-step input[value="${value}"]`);
  // Hidden, unless the level is below the one needed.
  if (step(said)?.offsetParent) choose(step(said).checked ? step("") : step(said));
}

function answer(said) {
  const stop = marking.current();
  if (!stop) return move(1);
  if (!marking.isQuestion(stop) || !stop.contains(document.activeElement)) return;
  const radio = stop.querySelector(`input[value="${said}"]`);
  choose(radio);
  if (radio) move(1);
}

function choose(radio) {
  if (!radio) return;
  radio.focus();
  radio.click();
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  y: () => answer("yes"),
  x: () => answer("no"),
  v: () => nextStep("revise"),
  b: () => nextStep("new_evidence"),
  c: () => form && marking.writeIn(marking.commentOn(marking.current())),
  n: () => pieces.step(1),
  p: () => pieces.step(-1),
  e: () => pieces.goTo(pieces.current()),
  r: toRubric,
  s: () => form?.dispatchEvent(new CustomEvent("satchel:save")),
  d: () => document.querySelector(".action-bar .btn-primary, .paper-side .btn-primary")?.focus(),
  D: () => document.querySelector(".action-bar .onward")?.focus(),
  m: () => playOf(pieces.current()),
  t: () => press("[data-cite-moment], [data-cite-page]"),
  w: () => press("[data-cite-quote]"),
  "+": () => pictureOf(pieces.current())?.larger(),
  "=": () => pictureOf(pieces.current())?.larger(),
  "-": () => pictureOf(pieces.current())?.smaller(),
  0: () => pictureOf(pieces.current())?.whole(),
  R: () => pictureOf(pieces.current())?.turn(),
  "?": () => map.showModal(),
};

function toRubric() {
  drawer.close();
  if (stops.length) return marking.go(marking.current() ?? stops[0]);
  const rubric = document.getElementById("rubric");
  if (!rubric) return;
  rubric.tabIndex = -1;
  rubric.focus();
}

function leave(event) {
  const field = event.target.closest("form[data-desk] textarea");
  const around = field?.closest("fieldset.mark-crit, fieldset.panel");
  const stop = field && (stops.findLast((one) => around?.contains(one)) ?? marking.current() ?? stops[0]);
  const piece = isTyped(event.target) && event.target.closest(".piece");
  if (stop) marking.go(stop);
  else if (piece) pieces.stayAt(piece);
  else if (!event.target.closest(".menu")) drawer.close();
}

const isTyped = (target) => target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return leave(event);
  if (!on || isTyped(event.target)) return;
  const went = performance.now() - wentAt < SEQUENCE;
  wentAt = event.key === "g" ? performance.now() : -Infinity;
  const act = went && event.key === "q" ? () => document.querySelector("a[data-queue]")?.click() : acts[event.key];
  if (act) act();
  else if (/^[1-9]$/.test(event.key)) level(event.key);
  else return;
  event.preventDefault();
});

if (map) {
  const opener = document.querySelector("[data-dialog='keys']");
  const choice = map.querySelector("[data-single-keys]");
  const show = () => {
    choice.checked = on;
    opener.querySelector("kbd").hidden = !on;
  };
  opener.hidden = false;
  choice.addEventListener("change", () => {
    on = choice.checked;
    remember("keys", on ? null : "off");
    show();
  });
  show();
}
