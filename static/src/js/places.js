// A time that a learner named: pressing it plays the recording from there. Without this the link opens it there.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-place]");
  const media = link && document.getElementById(link.dataset.place);
  if (!media || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  media.currentTime = Number(link.dataset.seconds);
  media.focus({ preventScroll: true });
  media.scrollIntoView({ block: "nearest" });
  media.play().catch(() => {});
});

// Links to recordings last some minutes; who listens longer gets a fresh one from the page, and goes on where they were.
const tried = new WeakMap();

async function renew(media) {
  const now = Date.now();
  if (now - (tried.get(media) ?? 0) < 60_000) return;
  tried.set(media, now);
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(media.id);
  if (!fresh) return;
  const { currentTime, paused } = media;
  media.src = fresh.getAttribute("src");
  media.currentTime = currentTime;
  if (!paused) media.play().catch(() => {});
}

document.addEventListener("error", (event) => {
  const media = event.target;
  // It played before: so it is no file that this browser can't play.
  if (media.matches?.("audio[id], video[id]") && media.duration > 0) renew(media).catch(() => {});
}, true);
