// Buttons that print the page: hidden where nothing would answer them.
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// On paper nothing can be unfolded: what is folded to be read is printed, what is folded to be filled in is not.
const unfolded = [];
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("main details:not([open])")) {
    // What shows who somebody is opens by a person's hand alone.
    if (folded.closest(".no-print, .veil") || folded.querySelector("form, input, textarea, select")) continue;
    folded.open = true;
    unfolded.push(folded);
  }
});
addEventListener("afterprint", () => {
  for (const one of unfolded.splice(0)) one.open = false;
});
