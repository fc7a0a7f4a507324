// Trays worked by keyboard: `/` searches, `j` and `k` move over rows, Enter opens, `?` shows all keys.
// A row is `tr[data-row]`; its first link is what Enter opens. A link or button with `data-key="a"`
// is pressed by that key: in the present row if it is in one, else on the page.

const help = document.getElementById("keys");
const rows = () => [...document.querySelectorAll("[data-row]")];
let here = null;

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here);
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
  here?.classList.remove("row-here");
  here = next;
  here.classList.add("row-here");
  here.scrollIntoView({ block: "nearest" });
  here.querySelector("a, button")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help?.open || typing(event.target)) return;
  const wanted = document.getElementById("search");
  if (event.key === "/" && wanted) wanted.focus();
  else if (event.key === "?") help?.showModal();
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (/^[a-z]$/.test(event.key)) {
    const marked = `[data-key="${event.key}"]`;
    const found = here?.querySelector(marked) ?? document.querySelector(`${marked}:not([data-row] *)`);
    if (!found) return;
    found.focus();
    found.click();
  } else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row || row === here) return;
  here?.classList.remove("row-here");
  here = row;
  here.classList.add("row-here");
});

for (const button of document.querySelectorAll("[data-keys]")) {
  button.addEventListener("click", () => help?.showModal());
}
