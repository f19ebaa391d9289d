// Sentences for what only a script can say stand in the page, in its reader's language, with {names} to fill.
export const words = document.querySelector("[data-desk-words]")?.dataset ?? {};

export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

/** As players show it: 2:15, 1:02:15. */
export function clockOf(seconds) {
  const whole = Math.floor(seconds || 0);
  const minutes = Math.floor(whole / 60);
  const two = (number) => String(number).padStart(2, "0");
  const end = two(whole % 60);
  return minutes < 60 ? `${minutes}:${end}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${end}`;
}
