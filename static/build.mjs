// Makes dist/ from src/ and node_modules/: style sheets (left-to-right and right-to-left), scripts, icons, typeface.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build, transformSync } from "esbuild";
import rtlcss from "rtlcss";
import { compile } from "sass";

process.chdir(import.meta.dirname);
rmSync("dist", { recursive: true, force: true });
for (const folder of ["css", "js", "fonts"]) mkdirSync(`dist/${folder}`, { recursive: true });

const target = ["chrome111", "firefox113", "safari16.4"];

// Styles: ours lie over Bootstrap's. Ours are written with logical properties, so only Bootstrap's are mirrored.
const bootstrap = compile("src/css/bootstrap.scss", {
  loadPaths: ["node_modules"],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
}).css;
const read = (name) => readFileSync(`src/css/${name}.css`, "utf8");
const dark = read("dark");
const ours = [
  read("tokens"),
  // On the screen alone: paper is white.
  `@media screen { ${dark.replace(":root", '[data-bs-theme="dark"]')} }`,
  `@media screen and (prefers-color-scheme: dark) { ${dark.replace(":root", '[data-bs-theme="auto"]')} }`,
  ...["base", "components", "pages", "desk", "notes", "print"].map(read),
];
for (const [name, theirs] of [["satchel", bootstrap], ["satchel.rtl", rtlcss.process(bootstrap)]]) {
  const css = [theirs, ...ours].join("\n");
  const { code } = transformSync(css, { loader: "css", minify: true, target, legalComments: "none" });
  writeFileSync(`dist/css/${name}.css`, code);
}

// The page on the evidence host that shows a PDF knows no theme but the system's.
const viewer = [
  read("tokens"),
  `@media screen and (prefers-color-scheme: dark) { ${dark} }`,
  read("viewer"),
].join("\n");
writeFileSync("dist/css/viewer.css", transformSync(viewer, { loader: "css", minify: true, target }).code);

// What other sites show of ours in a frame: the theme is the system's, and it is all that such a page loads.
const framed = [
  read("tokens"),
  `@media (prefers-color-scheme: dark) { ${dark} }`,
  read("framed"),
].join("\n");
writeFileSync("dist/css/framed.css", transformSync(framed, { loader: "css", minify: true, target }).code);

// Scripts: htmx and our own small enhancements, in one deferred file.
await build({
  entryPoints: ["src/js/satchel.js"],
  outfile: "dist/js/satchel.js",
  bundle: true,
  minify: true,
  target,
  format: "iife",
  legalComments: "none",
});

// Of one page each: the form of an attempt, what of it stayed on a device, and what sends large files in parts; the
// assessor's desk; what checks a badge, and the reader of QR codes, which that page fetches when it is needed.
await build({
  entryPoints: ["src/js/attempt.js", "src/js/desk.js", "src/js/left.js", "src/js/upload.js", "src/js/verify.js", "src/js/worker.js"],
  outdir: "dist/js",
  bundle: true,
  minify: true,
  target,
  format: "iife",
  legalComments: "none",
});
await build({
  entryPoints: ["src/js/qr.js"],
  outdir: "dist/js",
  bundle: true,
  minify: true,
  target,
  format: "esm",
  legalComments: "none",
});

// pdf.js: our page around it, its worker, and what some papers need: tables of characters, stand-in typefaces, decoders.
await build({
  entryPoints: ["src/js/viewer.js"],
  outdir: "dist/js",
  bundle: true,
  minify: true,
  target,
  format: "esm",
  legalComments: "none",
});
const pdfjs = "node_modules/pdfjs-dist";
copyFileSync(`${pdfjs}/legacy/build/pdf.worker.min.mjs`, "dist/js/pdf.worker.js");
mkdirSync("dist/pdf", { recursive: true });
const parts = [];
for (const [folder, endings] of [["cmaps", /\.bcmap$/], ["standard_fonts", /\.(pfb|ttf)$/], ["wasm", /\.wasm$/]]) {
  for (const name of readdirSync(`${pdfjs}/${folder}`).filter((one) => endings.test(one))) {
    copyFileSync(`${pdfjs}/${folder}/${name}`, `dist/pdf/${name}`);
    parts.push(`pdf/${name}`);
  }
}
writeFileSync("dist/pdf.json", JSON.stringify(parts.sort()));

// Icons: the ones named in icons.txt, as `name -> inside of the svg`; the `icon` template tag reads this file.
const icons = {};
for (const name of readFileSync("icons.txt", "utf8").split(/\s+/).filter(Boolean)) {
  const svg = readFileSync(`node_modules/bootstrap-icons/icons/${name}.svg`, "utf8");
  icons[name] = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
}
writeFileSync("dist/icons.json", JSON.stringify(icons));

// The pictures of the badge composer, as one file that a browser keeps: `<use href="badge-icons.svg#heart">`.
mkdirSync("dist/img", { recursive: true });
const glyphs = Object.entries(JSON.parse(readFileSync("../apps/issuers/art/icons/icons.json", "utf8")));
const symbols = glyphs.map(([name, paths]) => `<symbol id="${name}" viewBox="0 0 16 16">${paths}</symbol>`).join("");
writeFileSync("dist/img/badge-icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols}</svg>`);

// Typeface: both halves, since Māori vowels with macrons lie in the second.
for (const half of ["latin", "latin-ext"]) {
  const file = `atkinson-hyperlegible-next-${half}-wght-normal.woff2`;
  copyFileSync(`node_modules/@fontsource-variable/atkinson-hyperlegible-next/files/${file}`, `dist/fonts/${file}`);
}

// Typefaces that paper is set in, whole, for the server alone: our own, and what stands in for letters that it lacks.
rmSync("dist-paper", { recursive: true, force: true });
for (const folder of ["house", "others"]) mkdirSync(`dist-paper/${folder}`, { recursive: true });
const noto = (script, name) => [`@expo-google-fonts/noto-sans${script}`, `NotoSans${name}`];
const whole = [["@expo-google-fonts/atkinson-hyperlegible-next", "AtkinsonHyperlegibleNext"], noto("", "")];
whole.push(noto("-arabic", "Arabic"), noto("-devanagari", "Devanagari"), noto("-hebrew", "Hebrew"));
for (const [home, name] of whole) {
  for (const weight of ["400Regular", "700Bold"]) {
    const folder = name.startsWith("Noto") ? "others" : "house";
    copyFileSync(`node_modules/${home}/${weight}/${name}_${weight}.ttf`, `dist-paper/${folder}/${name}_${weight}.ttf`);
  }
}
for (const file of ["sc/fonts/NotoSansHans-Regular", "kr/fonts/NotoSansKR-Regular"]) {
  copyFileSync(`node_modules/@embedpdf/fonts-${file}.otf`, `dist-paper/others/${file.split("/")[2]}.otf`);
}

const scripts = ["satchel", "attempt", "desk", "upload", "verify", "qr", "worker", "viewer", "pdf.worker"];
const told = ["css/satchel.css", "css/satchel.rtl.css", "css/viewer.css", "css/framed.css", ...scripts.map((name) => `js/${name}.js`), "icons.json"];
for (const file of [...told, "img/badge-icons.svg"]) {
  const bytes = readFileSync(`dist/${file}`);
  console.log(`${file.padEnd(20)} ${bytes.length} bytes, ${gzipSync(bytes).length} compressed`);
}
