// The session ended, and was begun anew in another tab: this page's token is then of no use. Whether there is another,
// for the same person.
export async function freshToken(form) {
  const response = await fetch(form.dataset.page, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return false;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("form[data-draft]");
  if (fresh?.dataset.person !== form.dataset.person) return false;
  const token = fresh.elements.csrfmiddlewaretoken.value;
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token;
  return true;
}
