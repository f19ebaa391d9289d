// A link with data-dialog="id" opens that dialog instead of the page that asks the same.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog.showModal();
  }
  const open = event.target.closest("dialog");
  if (open?.open && event.target.closest("[data-close]")) {
    event.preventDefault();
    open.close();
  }
  // A press on what lies around it lands on the dialog itself.
  if (event.target === open && outside(open, event)) open.close();
});

function outside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
