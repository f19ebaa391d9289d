// The parts of the page that the server makes (data-refresh) as they are now.
export async function refresh() {
  const response = await fetch(location.pathname, { headers: { Accept: "text/html" } });
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
