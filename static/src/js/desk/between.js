// Whose level is chosen between two markers brings that one's words along, unless others were typed meanwhile.
document.addEventListener("change", (event) => {
  const criterion = event.target.closest("fieldset.between");
  if (!criterion || !event.target.matches(".whose input")) return;
  const said = Array.from(criterion.querySelectorAll("[data-comment]"), (radio) => radio.dataset.comment);
  const words = criterion.querySelector("textarea");
  const isTheirs = !words.value.trim() || said.some((one) => one.trim() === words.value.trim());
  if (!isTheirs) return;
  words.value = event.target.dataset.comment ?? "";
  words.dispatchEvent(new Event("input", { bubbles: true }));
});
