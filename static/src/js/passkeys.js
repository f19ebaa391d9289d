// allauth's scripts make and use passkeys; when one of them fails, the page says why in its own words.
document.addEventListener("allauth.error", (event) => {
  const note = document.querySelector("[data-passkey-trouble]");
  if (!note) return;
  event.preventDefault();
  const sentences = [...note.querySelectorAll("[data-when]")];
  const name = window.PublicKeyCredential ? event.detail.exception.name : "ReferenceError";
  const fits = sentences.find((one) => one.dataset.when === name) ?? sentences.find((one) => one.dataset.when === "");
  for (const one of sentences) one.hidden = one !== fits;
  note.hidden = false;
});
