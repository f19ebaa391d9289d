// A menu (<details class="menu">) closes when one looks elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

// On a phone the parts of the account and the views of a list are one sideways row: the one that is open should be in
// sight, without moving the page to a row further down.
for (const open of document.querySelectorAll(".account-nav [aria-current], .filters [aria-current]")) {
  if (open.getBoundingClientRect().bottom < innerHeight) open.scrollIntoView({ block: "nearest", inline: "center" });
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
