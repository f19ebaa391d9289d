// Pages that are kept for when there is no network belong to one person: they go as soon as another, or nobody, is here.
const person = document.body.dataset.person ?? "";
const before = localStorage.getItem("person") ?? "";

if (person !== before) {
  globalThis.caches?.delete("satchel-pages");
  if (person) localStorage.setItem("person", person);
  else localStorage.removeItem("person");
}
