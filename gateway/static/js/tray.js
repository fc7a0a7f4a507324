// A tray: how many are marked stands on the button that does them; a fresh tray keeps the place.

let place = null;

function count() {
  const button = document.querySelector("[data-marked]");
  if (!button) return;
  const number = document.querySelectorAll("#tray [name=task]:checked").length;
  button.textContent = button.dataset.words.replace("{number}", number);
  button.disabled = !number;
}

document.addEventListener("change", (event) => {
  if (event.target.name === "task") count();
});

document.addEventListener("htmx:before:swap", () => {
  place = document.querySelector("#tray .row-here")?.id ?? null;
});

document.addEventListener("htmx:after:swap", () => {
  const row = place && document.getElementById(place);
  if (row && !row.contains(document.activeElement)) row.querySelector("a")?.focus({ preventScroll: true });
  row?.classList.add("row-here");
  count();
});

count();
