// Pressing a theme shows it at once; the server is told for the next page,
// also when the person leaves for it before the answer is there.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-theme-switch]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const { value } = event.submitter;
  document.documentElement.dataset.bsTheme = value;
  for (const button of document.querySelectorAll("[data-theme-switch] [name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  fetch(form.action, {
    method: "POST",
    body: new URLSearchParams({ theme: value }),
    headers: { Accept: "application/json" },
    keepalive: true,
  });
});
