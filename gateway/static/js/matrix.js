// The matrix: what is typed narrows the rows at once, as the address would; a fresh matrix stays narrowed.

const plain = (text) => text.toLowerCase().replace(/\s+/g, "");

function narrow() {
  const field = document.querySelector("[data-narrow]");
  if (!field) return;
  const typed = plain(field.value);
  for (const row of document.querySelectorAll("#matrix [data-row]")) {
    row.hidden = Boolean(typed) && !plain(row.dataset.name).includes(typed);
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-narrow]")) narrow();
});

// A delivery that was opened is seen, and can be closed without leaving.
document.addEventListener("htmx:after:swap", () => {
  narrow();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-close]")) return;
  event.preventDefault();
  const panel = document.getElementById("delivery");
  panel.hidden = true;
  panel.replaceChildren();
});
