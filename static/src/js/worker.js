// Runs beside the pages of a learner's work, so that the form of an attempt opens without a network. What was typed and
// made lies elsewhere (attempt/kept.js); here are only the page and what it is drawn with.
const PAGES = "satchel-pages";
const PARTS = "satchel-parts";
const FORM = /^\/submissions\/[a-z2-7]{26}\/$/;

addEventListener("install", (event) => {
  skipWaiting();
  // What is sent as a page is left must not wait for this worker to say that it has nothing to do with it: by then nobody
  // is there to send it. Browsers without such routes keep it on the device alone, and send it when the form is opened.
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" }).catch(() => {});
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && FORM.test(url.pathname)) event.respondWith(page(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
});

/** As the server has it now; without a network, as it was last seen here. */
async function page(event) {
  const { request } = event;
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    // One person has one page of an address here, whatever else the answer varied by.
    const known = await (await caches.open(PAGES)).match(request, { ignoreSearch: true, ignoreVary: true });
    if (known) return known;
    throw error;
  }
  // Where nothing more can be kept (a full device), what the server said is shown all the same.
  event.waitUntil(remember(request, response.clone()).catch(() => {}));
  return response;
}

async function remember(request, response) {
  const kept = await caches.open(PAGES);
  if (response.ok && !response.redirected) await kept.put(request, response);
  // Where one is sent elsewhere, or it is gone, the old page must not come back. A server that is in trouble says nothing
  // of the page.
  else if (response.status < 500 && response.status !== 429) await kept.delete(request);
}

/** Named by what it holds, it never changes. */
async function part(request) {
  const kept = await caches.open(PARTS);
  const known = await kept.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok && response.status === 200) await kept.put(request, response.clone());
  return response;
}
