// The border between evidence and rubric, which a pointer and the arrow keys move. Its place is kept on this device.
import { recall, remember } from "./remembered.js";

const USUAL = 58;
const STEP = 2;
const border = document.querySelector("[data-splitter]");
if (border) start(border.parentElement, border.querySelector("[role=separator]"));

function start(desk, splitter) {
  const least = Number(splitter.getAttribute("aria-valuemin"));
  const most = Number(splitter.getAttribute("aria-valuemax"));
  const isMirrored = () => getComputedStyle(desk).direction === "rtl";
  let share = USUAL;

  const set = (wanted) => {
    share = Math.min(Math.max(Math.round(wanted), least), most);
    desk.style.setProperty("--split", `${share}%`);
    splitter.setAttribute("aria-valuenow", share);
    splitter.setAttribute("aria-valuetext", `${share} %`);
  };
  const keep = () => remember("split", share === USUAL ? null : share);
  const put = (wanted) => {
    set(wanted);
    keep();
  };

  border.hidden = false;
  set(Number(recall("split", USUAL)) || USUAL);

  splitter.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const wider = isMirrored() ? "ArrowLeft" : "ArrowRight";
    const narrower = isMirrored() ? "ArrowRight" : "ArrowLeft";
    const wanted = { [wider]: share + STEP, [narrower]: share - STEP, Home: least, End: most, Enter: USUAL }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    put(wanted);
  });
  border.addEventListener("dblclick", () => put(USUAL));
  border.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    border.setPointerCapture(event.pointerId);
    // A frame under the pointer would take its movements.
    desk.classList.add("splitting");
  });
  border.addEventListener("pointermove", (event) => {
    if (!border.hasPointerCapture(event.pointerId)) return;
    const { left, right, width } = desk.getBoundingClientRect();
    set((100 * (isMirrored() ? right - event.clientX : event.clientX - left)) / width);
  });
  border.addEventListener("lostpointercapture", () => {
    desk.classList.remove("splitting");
    keep();
  });
}
