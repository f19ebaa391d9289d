// The rubric that is filled in: what is at hand in it, what is still missing, and what the bar at its foot says of that.
import { fill, words } from "./words.js";

const form = document.querySelector("form[data-desk]");
const bar = document.querySelector(".action-bar p");
const each = (selector) => (form ? Array.from(form.querySelectorAll(selector)) : []);
const criteria = each("fieldset.mark-crit");
/** What is gone through one after another: each criterion, then each question. */
export const stops = each("fieldset.mark-crit, fieldset.yes-no");
let atHand = null;

export const current = () => atHand;
export const isQuestion = (stop) => Boolean(stop?.matches(".yes-no"));

// Between two markers, who gives their own level has chosen once they have.
const chosen = (stop) => {
  const first = stop.querySelector("input[type=radio]:checked:not(.asked-step *)");
  return first?.closest(".own") ? stop.querySelector(".own-levels .lvl input:checked") : first;
};
const isBelow = (criterion) => Boolean(chosen(criterion)?.closest(".below"));
const nameOf = (stop) => stop.dataset.name ?? stop.querySelector("legend").textContent.replace(/\s+/g, " ").trim();

/** Where something may be said about it: under the criterion, under the piece that is asked about, or to the learner. */
export const commentOn = (stop) => stop?.closest(".mark-crit, fieldset.panel")?.querySelector(":scope > textarea, .comment textarea") ?? form.elements.note;

// What lies in something folded can't have the focus.
function unfold(within) {
  for (let fold = within.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

export function go(stop) {
  unfold(stop);
  (chosen(stop) ?? stop.querySelector("input[type=radio]")).focus({ preventScroll: true });
  stop.scrollIntoView({ block: stop.offsetHeight > innerHeight / 2 ? "start" : "nearest" });
}

export function writeIn(field) {
  unfold(field);
  field.focus();
}

/** The criterion that something of a piece is cited for: the one at hand, or the first that the piece supports. */
export function criterionAtHand(piece) {
  const supported = criteria.find((one) => one.querySelector(`.cites a[href="#piece-${CSS.escape(piece)}"]`));
  return atHand?.matches(".mark-crit") ? atHand : (supported ?? criteria[0]);
}

function writeHere(criterion) {
  const folded = criterion.querySelector("details.comment");
  if (folded) folded.open = true;
}

function gaps() {
  const found = [];
  for (const [index, stop] of stops.entries()) {
    const name = nameOf(stop);
    if (!chosen(stop)) {
      found.push({ place: stop.querySelector("input[type=radio]"), said: fill(isQuestion(stop) ? words.answer : form.dataset.first, { name }) });
    } else if (isBelow(stop) && !commentOn(stop).value.trim()) {
      found.push({ place: commentOn(stop), said: fill(words.say, { name }) });
    }
    // Of a piece of prior learning: after its four questions, why one is answered by no.
    const about = stop.closest("fieldset.panel");
    const isLast = about && stops[index + 1]?.closest("fieldset.panel") !== about;
    if (isLast && about.querySelector("input[value=no]:checked") && !commentOn(stop).value.trim()) {
      found.push({ place: commentOn(stop), said: fill(words.wrong, { name: nameOf(about) }) });
    }
  }
  return found;
}

// What was written to the learner and not sent would go with the page.
function unsent() {
  const message = document.querySelector("#thread textarea[name=text]");
  return message?.value.trim() ? [{ place: message, said: form.dataset.unsent }] : [];
}

const isShort = (criterion) => "required" in criterion.dataset && isBelow(criterion);

// What the button does as things stand; nothing while that is open, or would be refused.
function outcome() {
  const against = form.querySelector("input[name=against]:checked")?.value;
  if (against) return against;
  if (!criteria.every(chosen)) return "";
  const declines = form.elements.declines?.checked;
  if (criteria.some(isShort)) return declines ? "declined" : "not_yet";
  const isDoubted = form.querySelector("fieldset.yes-no:not(fieldset.panel *) input[value=no]:checked");
  return declines || isDoubted ? "" : "meets";
}

function name(button) {
  const decide = (button.dataset.plain ??= button.textContent);
  const said = form.dataset[`decide${{ meets: "Meets", not_yet: "NotYet", declined: "Declined" }[outcome()]}`];
  const label = said ? fill(said, { decide }) : decide;
  if (button.textContent !== label) button.textContent = label;
}

function tell() {
  if (!bar || "quiet" in form.dataset) return;
  const button = document.querySelector(".action-bar [name=decide][value=yes]");
  if (button) name(button);
  const marked = criteria.filter(chosen).length;
  const short = criteria.filter(isShort);
  const sentences = [fill(form.dataset.marked, { marked, of: criteria.length })];
  if (short.length) sentences.push(fill(form.dataset.notYet, { names: short.map(nameOf).join(", ") }));
  else if (marked === criteria.length) sentences.push(form.dataset.meets);
  const [gap] = marked === criteria.length ? gaps() : [];
  if (gap) sentences.push(gap.said);
  const said = sentences.join(" ");
  if (bar.textContent !== said) bar.textContent = said;
}

if (form) {
  form.addEventListener("focusin", (event) => {
    const stop = event.target.closest("fieldset.mark-crit, fieldset.yes-no");
    if (!stop || stop === atHand) return;
    atHand?.removeAttribute("aria-current");
    stop.setAttribute("aria-current", "true");
    atHand = stop;
  });
  form.addEventListener("change", (event) => {
    const touched = event.target.closest("fieldset.mark-crit");
    if (touched && event.target.type === "radio") {
      const neither = touched.querySelector('.asked-step input[value=""]');
      if (isBelow(touched)) writeHere(touched);
      // There is no next step to a level that is enough: the server clears it too.
      else if (neither) neither.checked = true;
    }
    tell();
  });
  form.addEventListener("submit", (event) => {
    const [gap] = event.submitter?.name === "decide" ? [...gaps(), ...unsent()] : [];
    if (!gap) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    bar.textContent = gap.said;
    writeIn(gap.place);
  });
  tell();
}
