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

document.addEventListener("htmx:after:swap", narrow);

// A recipient is opened beside the rows, which stay where they are, and closed again.
let opened = null;

async function open(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return void location.assign(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const panel = document.importNode(page.getElementById("delivery"), true);
  document.getElementById("delivery").replaceWith(panel);
  window.htmx?.process(panel);
  opened = link;
  panel.querySelector("[data-close]").focus();
}

function close() {
  const panel = document.getElementById("delivery");
  if (panel.hidden) return;
  panel.hidden = true;
  panel.replaceChildren();
  if (opened?.isConnected) opened.focus();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.("[data-open]");
  if (!link && !event.target.closest?.("[data-close]")) return;
  event.preventDefault();
  if (link) open(link);
  else close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("#delivery")) close();
});
