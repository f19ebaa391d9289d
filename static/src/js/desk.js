// The desk, and its evidence in a window of its own. Every part works without it, by plain links and forms.
import "./desk/splitter.js";
import "./desk/pieces.js";
import "./desk/marking.js";
import "./desk/quotes.js";
import "./desk/papers.js";
import "./desk/pictures.js";
import "./desk/recordings.js";
import "./desk/keys.js";
import "./desk/keep.js";
import "./desk/between.js";
import "./desk/bank.js";
import "./desk/notes.js";

for (const bar of document.querySelectorAll("[data-tools]")) bar.hidden = false;
