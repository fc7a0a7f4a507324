// What the frame itself does: menus that close, and the place where reading begins after a form.

const menus = document.querySelectorAll("details[data-menu]");

document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const first = document.querySelector("[data-focus]");
first?.focus();
// Going to a place on the page, which Chromium may do only now, takes the focus away.
addEventListener("load", () => {
  if (location.hash && document.activeElement === document.body) first?.focus();
});

// Where tabs do not all fit, the one that is open is seen.
for (const tabs of document.querySelectorAll(".tabs")) {
  const here = tabs.querySelector("[aria-current]");
  if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.clientWidth) / 2;
}
