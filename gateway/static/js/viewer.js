// The papers in place: zoom by button or key. Delegated, since the viewer is put anew for each file.

const STEPS = [50, 75, 100, 125, 150, 200, 300];
let at = STEPS.indexOf(100);

function show() {
  const viewer = document.getElementById("viewer");
  const zoom = viewer?.querySelector("[data-zoom]");
  if (!zoom) return;
  zoom.hidden = false;
  zoom.querySelector("output").textContent = `${STEPS[at]}%`;
  const pages = viewer.querySelector(".viewer-pages");
  const middle = (pages.scrollTop + pages.clientHeight / 2) / pages.scrollHeight;
  pages.style.setProperty("--zoom", STEPS[at] / 100);
  pages.scrollTop = middle * pages.scrollHeight - pages.clientHeight / 2;
  for (const picture of pages.querySelectorAll("img")) {
    picture.sizes = `${Math.ceil((pages.clientWidth * STEPS[at]) / 100)}px`;
  }
}

function by(step) {
  at = Math.max(0, Math.min(STEPS.length - 1, at + step));
  show();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zoom-by]");
  if (button) by(Number(button.dataset.zoomBy));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  if (event.key === "+" || event.key === "=") by(1);
  else if (event.key === "-") by(-1);
  else return;
  event.preventDefault();
});

document.addEventListener("htmx:after:swap", show);
show();
