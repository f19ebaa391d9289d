// A PDF, page under page, drawn as it comes into view. Lives on the evidence host, in a frame or in a tab of its own.
// `#page=4&quote=…` says where to look; the page around it may change that at any time.
import { AnnotationMode, getDocument, GlobalWorkerOptions, TextLayer } from "pdfjs-dist/legacy/build/pdf.mjs";

const words = document.body.dataset;
const pages = document.getElementById("pages");
const at = document.getElementById("at");
const said = document.getElementById("said");
const addresses = JSON.parse(document.getElementById("parts").textContent);
const WIDEST = 1100;
// A phone gives a page's canvas no more than this, and shows nothing where one asks for it.
const MOST_PIXELS = 16_000_000;

// Tables, typefaces and decoders carry their sum in their name, so pdf.js can't put their addresses together itself.
class Parts {
  async fetch({ filename }) {
    const answer = await fetch(addresses[filename]);
    if (!answer.ok) throw new Error(filename);
    return new Uint8Array(await answer.arrayBuffer());
  }
}

GlobalWorkerOptions.workerSrc = words.worker;
let paper;
let zoom = 1;
let quoted = "";
const sheets = [];

const plain = (text) => text.normalize("NFKC").replace(/\s+/g, " ").toLowerCase();

async function open() {
  paper = await getDocument({
    url: words.file,
    isEvalSupported: false,
    enableXfa: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    BinaryDataFactory: Parts,
    cMapUrl: "./",
    cMapPacked: true,
    standardFontDataUrl: "./",
    wasmUrl: "./",
    verbosity: 0,
  }).promise;
  document.getElementById("of").textContent = `/ ${paper.numPages}`;
  at.max = paper.numPages;
  const first = await paper.getPage(1);
  for (let number = 1; number <= paper.numPages; number += 1) {
    const sheet = document.createElement("section");
    sheet.className = "sheet";
    sheet.setAttribute("aria-label", words.page.replace("{n}", number));
    sheet.dataset.number = number;
    pages.append(sheet);
    // Until its own is known, a page is as large as the first.
    sheets.push({ sheet, size: first.getViewport({ scale: 1 }), drawn: 0 });
  }
  measure();
  const near = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => {
    const one = sheets[target.dataset.number - 1];
    one.near = isIntersecting;
    if (isIntersecting) draw(one);
  }), { root: pages, rootMargin: "100% 0px" });
  sheets.forEach(({ sheet }) => near.observe(sheet));
  said.textContent = "";
  tell();
  await look();
}

const widthOf = () => Math.min(pages.clientWidth - 24, WIDEST) * zoom;

function measure() {
  for (const { sheet, size } of sheets) {
    sheet.style.width = `${widthOf()}px`;
    sheet.style.height = `${(widthOf() * size.height) / size.width}px`;
  }
}

async function draw(one) {
  const width = widthOf();
  if (one.drawn === width) return;
  one.drawn = width;
  const page = await paper.getPage(Number(one.sheet.dataset.number));
  one.size = page.getViewport({ scale: 1 });
  one.sheet.style.height = `${(width * one.size.height) / one.size.width}px`;
  const viewport = page.getViewport({ scale: width / one.size.width });
  const most = Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height));
  const sharp = Math.min(devicePixelRatio || 1, most);
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width * sharp);
  canvas.height = Math.floor(viewport.height * sharp);
  const text = document.createElement("div");
  text.className = "textLayer";
  text.style.setProperty("--total-scale-factor", viewport.scale);
  try {
    await page.render({
      canvas,
      viewport,
      transform: sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0],
      annotationMode: AnnotationMode.ENABLE,
    }).promise;
    const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
    await layer.render();
    if (one.drawn !== width) return;
    one.layer = layer;
    one.sheet.replaceChildren(canvas, text);
    mark(one);
  } catch {
    one.sheet.textContent = words.broken;
  }
}

// The words asked for may begin in one piece of text and end in another.
function mark({ layer }) {
  if (!layer) return null;
  const pieces = layer.textContentItemsStr.map(plain);
  layer.textDivs.forEach((div) => div.classList.remove("found"));
  if (!quoted) return null;
  const whole = pieces.join(" ").replace(/ +/g, " ");
  const begins = whole.indexOf(quoted);
  if (begins < 0) return null;
  let place = 0;
  let first = null;
  pieces.forEach((piece, number) => {
    const from = place;
    place += piece.trim() ? piece.length + (piece.endsWith(" ") ? 0 : 1) : 0;
    if (piece.trim() && from < begins + quoted.length && from + piece.length > begins) {
      layer.textDivs[number].classList.add("found");
      first ??= layer.textDivs[number];
    }
  });
  return first;
}

async function holds(number) {
  const content = await (await paper.getPage(number)).getTextContent();
  return plain(content.items.map((item) => item.str ?? "").join(" ")).includes(quoted);
}

async function look() {
  if (!paper) return;
  const asked = new URLSearchParams(location.hash.slice(1));
  quoted = plain(asked.get("quote") ?? "").trim();
  let number = Math.min(Math.max(Number.parseInt(asked.get("page"), 10) || 0, 0), paper.numPages);
  said.textContent = "";
  if (quoted) {
    const order = [number, ...sheets.map((_one, index) => index + 1)].filter(Boolean);
    let found = 0;
    for (const page of order) {
      if (await holds(page)) {
        found = page;
        break;
      }
    }
    if (!found) said.textContent = words.nowhere;
    number = found || number;
  }
  sheets.forEach(mark);
  if (!number) return;
  const one = sheets[number - 1];
  go(number);
  if (quoted) {
    await draw(one);
    mark(one)?.scrollIntoView({ block: "center" });
  }
}

function go(number) {
  const one = sheets[number - 1];
  if (one) pages.scrollTop = one.sheet.offsetTop - pages.offsetTop - 8;
}

function here() {
  const middle = pages.scrollTop + pages.clientHeight / 3;
  const index = sheets.findLastIndex(({ sheet }) => sheet.offsetTop - pages.offsetTop <= middle);
  if (document.activeElement !== at) at.value = Math.max(index, 0) + 1;
  tell();
}

// The page around the frame can cite the page that is looked at, and the words that are marked in it.
function tell() {
  if (parent !== window) parent.postMessage({ page: Number(at.value), quote: String(getSelection()) }, words.portal);
}

pages.addEventListener("scroll", here, { passive: true });
document.addEventListener("selectionchange", tell);
addEventListener("hashchange", look);
at.form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(Number(at.value));
});
at.addEventListener("change", () => go(Number(at.value)));
document.querySelectorAll("[data-by]").forEach((button) => button.addEventListener("click", () => {
  const number = Number(at.value);
  zoom = Math.min(Math.max(zoom * Number(button.dataset.by), 0.5), 4);
  measure();
  go(number);
  sheets.filter((one) => one.near).forEach(draw);
}));
let rest;
addEventListener("resize", () => {
  clearTimeout(rest);
  rest = setTimeout(() => {
    measure();
    sheets.filter((one) => one.near).forEach(draw);
  }, 150);
});

open().catch(() => {
  said.textContent = "";
  const told = document.createElement("p");
  told.className = "plain";
  told.setAttribute("role", "alert");
  told.textContent = words.broken;
  pages.replaceChildren(told);
});
