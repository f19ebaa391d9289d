// The parts of the page that the server makes (data-refresh) as they are now. (A form that was refused stands at another
// address than its page.)
export async function refresh() {
  const response = await fetch(document.querySelector("form[data-page]").dataset.page, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-refresh]")) {
    const now = fresh.getElementById(part.id);
    if (now) part.replaceWith(document.adoptNode(now));
  }
  const bar = ".action-bar p";
  document.querySelector(bar).textContent = fresh.querySelector(bar).textContent;
  document.dispatchEvent(new Event("satchel:refreshed"));
}
