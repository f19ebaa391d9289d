// Recordings: how fast they play is kept for the next one; the time is said, to be cited; times in a transcript lead to
// their moment, and a transcript that names its times is shown as captions too.
import { cite } from "./cite.js";
import { recall, remember } from "./remembered.js";
import { clockOf } from "./words.js";

const TIME = /\b(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)(?:[.,](\d{3}))?\b/g;
const CUE = /^((?:\d+:)?\d+:\d\d[.,]\d{3})\s+-->\s+((?:\d+:)?\d+:\d\d[.,]\d{3})[^\n]*\n([\s\S]+?)(?=\n\s*\n|$(?![\s\S]))/gm;
const rates = document.querySelectorAll("[data-rate]");

const secondsOf = ([, hours, minutes, seconds, part]) => ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) + Number(part ?? 0) / 1000;
const secondsIn = (words) => secondsOf([...words.matchAll(TIME)][0]);

function start(bar) {
  const piece = bar.closest(".piece");
  const media = piece.querySelector("audio, video");
  const now = bar.querySelector("[data-now]");
  const transcript = piece.querySelector("[data-transcript]");

  media.addEventListener("timeupdate", () => {
    now.textContent = clockOf(media.currentTime);
  });
  media.addEventListener("seeking", () => {
    now.textContent = clockOf(media.currentTime);
  });
  bar.querySelector("[data-cite-moment]").addEventListener("click", () => cite(piece, { seconds: Math.floor(media.currentTime) }));
  if (!transcript) return;
  if (media.matches("video")) addCaptions(media, plain(transcript), bar.dataset.captions);
  linkTimes(transcript, media);
}

function plain(transcript) {
  const copy = transcript.cloneNode(true);
  copy.querySelectorAll("br").forEach((one) => one.replaceWith("\n"));
  return Array.from(copy.children, (one) => one.textContent).join("\n\n");
}

function addCaptions(video, text, label) {
  const cues = [...text.matchAll(CUE)];
  if (!cues.length) return;
  const track = video.addTextTrack("captions", label, document.documentElement.lang);
  for (const [, from, to, said] of cues) track.addCue(new VTTCue(secondsIn(from), secondsIn(to), said));
  track.mode = "showing";
}

// Links that places.js follows.
function linkTimes(transcript, media) {
  const texts = document.createTreeWalker(transcript, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode);
  for (const text of found) {
    const times = [...text.data.matchAll(TIME)];
    if (!times.length) continue;
    let from = 0;
    const parts = times.flatMap((time) => {
      const link = Object.assign(document.createElement("a"), { href: `#${media.id}`, textContent: time[0], className: "num" });
      Object.assign(link.dataset, { place: media.id, seconds: secondsOf(time) });
      const before = text.data.slice(from, time.index);
      from = time.index + time[0].length;
      return [before, link];
    });
    text.replaceWith(...parts, text.data.slice(from));
  }
}

function playAt(rate) {
  rates.forEach((choice) => {
    choice.value = rate;
  });
  document.querySelectorAll("audio, video").forEach((media) => {
    // The first holds for the same recording under a fresh link, too.
    media.defaultPlaybackRate = Number(rate);
    media.playbackRate = Number(rate);
  });
}

document.querySelectorAll("[data-tools='audio'], [data-tools='video']").forEach(start);
rates.forEach((choice) => choice.addEventListener("change", () => {
  remember("rate", choice.value);
  playAt(choice.value);
}));
if (rates.length) playAt(recall("rate", "1"));

/** Play it, or let it rest. */
export function playOf(piece) {
  const media = piece?.querySelector("audio, video");
  if (!media) return;
  if (media.paused) media.play().catch(() => {});
  else media.pause();
}
