// A link with data-dialog="id" opens that dialog instead of the page that asks the same.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest("dialog [data-close]")) event.target.closest("dialog").close();
});
