// The form of an attempt: it saves itself, keeps a copy on the device, takes evidence without a network, and records.
// Every part works without it, by plain forms.
import "./attempt/draft.js";
import "./attempt/order.js";
import "./attempt/recorder.js";
import "./attempt/waiting.js";

const form = document.querySelector("form[data-worker]");
if (form && navigator.serviceWorker) keep(form).catch(() => {});

/** The first time, the worker comes after the page: so the page, and what it is drawn with, are laid by here. */
async function keep(form) {
  await navigator.serviceWorker.register(form.dataset.worker, { scope: "/submissions/" });
  const parts = await caches.open("satchel-parts");
  const drawn = performance.getEntriesByType("resource").map((one) => new URL(one.name));
  const ours = drawn.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
  for (const url of ours) if (!(await parts.match(url.href))) await parts.add(url.href);
  const pages = await caches.open("satchel-pages");
  if (!(await pages.match(form.dataset.page))) await pages.add(form.dataset.page);
}
