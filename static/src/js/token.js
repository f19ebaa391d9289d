// The session ended, and was begun anew in another tab: this page's token is then of no use. Whether there is another,
// for the same person, on the page that the nearest element with data-page names.
export async function freshToken(within) {
  const there = within.closest("[data-page]");
  if (!there) return false;
  const response = await fetch(there.dataset.page, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return false;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (fresh.body.dataset.person !== document.body.dataset.person) return false;
  const token = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token;
  return true;
}
