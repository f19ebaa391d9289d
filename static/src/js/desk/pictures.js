// A picture is looked at closely where it stands: larger, smaller, turned; moved about by scrolling or by dragging.
const STEP = 1.25;
const MOST = 8;
const tools = new Map();

class Picture {
  constructor(viewer, bar) {
    this.viewer = viewer;
    this.link = viewer.querySelector("a");
    this.image = viewer.querySelector("img");
    this.scale = bar.querySelector("[data-scale]");
    this.zoom = 1;
    this.turns = 0;
    viewer.tabIndex = 0;
    viewer.setAttribute("role", "region");
    viewer.setAttribute("aria-label", this.image.alt);
    bar.addEventListener("click", (event) => {
      const act = event.target.closest("[data-picture]")?.dataset.picture;
      if (act) this[act]();
    });
    viewer.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.to(this.zoom * (event.deltaY < 0 ? STEP : 1 / STEP), event);
    }, { passive: false });
    new ResizeObserver(() => this.isPlain() || this.draw()).observe(viewer);
    this.drags();
  }

  isPlain = () => this.zoom === 1 && this.turns === 0;
  larger = () => this.to(this.zoom * STEP);
  smaller = () => this.to(this.zoom / STEP);
  whole = () => this.to(1);
  turn = () => {
    this.turns = (this.turns + 1) % 4;
    this.draw();
  };

  /** What lies at a place of the window, or in the middle, stays there. */
  to(zoom, at = null) {
    const box = this.viewer.getBoundingClientRect();
    const [x, y] = at ? [at.clientX - box.left, at.clientY - box.top] : [box.width / 2, box.height / 2];
    const { scrollLeft, scrollTop, scrollWidth, scrollHeight } = this.viewer;
    const [across, down] = [(scrollLeft + x) / scrollWidth, (scrollTop + y) / scrollHeight];
    this.zoom = Math.abs(zoom - 1) < 0.01 ? 1 : Math.min(Math.max(zoom, 1), MOST);
    this.draw();
    this.viewer.scrollTo(across * this.viewer.scrollWidth - x, down * this.viewer.scrollHeight - y);
  }

  draw() {
    this.scale.textContent = `${Math.round(this.zoom * 100)} %`;
    this.viewer.classList.toggle("close", !this.isPlain());
    const { link, image } = this;
    if (this.isPlain()) {
      for (const one of [link, image]) one.removeAttribute("style");
      this.viewer.style.height = "";
      return;
    }
    const lies = this.turns % 2 === 1;
    const [width, height] = [image.naturalWidth || image.width, image.naturalHeight || image.height];
    const [across, down] = lies ? [height, width] : [width, height];
    const room = this.viewer.clientWidth;
    const fit = Math.min(room / across, (innerHeight * 0.7) / down);
    this.viewer.style.height = `${Math.ceil(down * fit) + this.viewer.offsetHeight - this.viewer.clientHeight}px`;
    const by = fit * this.zoom;
    Object.assign(link.style, { width: `${across * by}px`, height: `${down * by}px` });
    Object.assign(image.style, { width: `${width * by}px`, height: `${height * by}px`, transform: `translate(-50%, -50%) rotate(${this.turns * 90}deg)` });
  }

  drags() {
    let from = null;
    let moved = false;
    this.viewer.addEventListener("dragstart", (event) => event.preventDefault());
    this.viewer.addEventListener("pointerdown", (event) => {
      moved = false;
      if (event.pointerType === "mouse" && event.button === 0 && this.zoom > 1) from = event;
    });
    this.viewer.addEventListener("pointermove", (event) => {
      if (!from) return;
      if (event.buttons !== 1) {
        from = null;
        return;
      }
      this.viewer.scrollBy({ left: from.clientX - event.clientX, top: from.clientY - event.clientY, behavior: "instant" });
      moved ||= Math.hypot(event.movementX, event.movementY) > 2;
      from = event;
    });
    addEventListener("pointerup", () => {
      from = null;
    });
    // Letting go after a drag is no press on the link around the picture.
    this.viewer.addEventListener("click", (event) => moved && event.preventDefault(), true);
  }
}

for (const bar of document.querySelectorAll("[data-tools='picture']")) {
  const piece = bar.closest(".piece");
  tools.set(piece, new Picture(piece.querySelector(".viewer"), bar));
}

/** The picture of a piece, where it is one. */
export const pictureOf = (piece) => tools.get(piece);
