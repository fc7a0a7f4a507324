// An open letter that others move on: its parts are put anew, but none that holds typed text.

const live = document.getElementById("letter-live");
const notice = document.getElementById("moved");
let version = Number(live.dataset.version);
let again = false;
let busy = false;

function touched(part) {
  if (!part.hasAttribute("data-typed")) return false;
  return [...part.querySelectorAll("input, textarea, select")].some(
    (field) =>
      field === document.activeElement ||
      (field.type === "hidden" ? field.name === "uploads" : field.matches("[type=checkbox], [type=radio]")
        ? field.checked !== field.defaultChecked
        : field.matches("select")
          ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0
          : field.value !== field.defaultValue),
  );
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("letter-live");
  if (!found || Number(found.dataset.version) <= version) return;
  version = Number(found.dataset.version);
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.getElementById(part.id);
    if (touched(part)) notice.hidden = false;
    else if (!fresh) part.replaceChildren();
    else if (fresh.innerHTML !== part.innerHTML) {
      part.replaceWith(document.importNode(fresh, true));
      window.htmx?.process(document.getElementById(part.id));
      document.dispatchEvent(new CustomEvent("part-fresh", { detail: part.id }));
    }
  }
}

live.addEventListener("letter-moved", async (event) => {
  if (event.detail?.version && event.detail.version <= version) return;
  if (busy) return void (again = true);
  busy = true;
  do {
    again = false;
    await refresh().catch(() => {});
  } while (again);
  busy = false;
});
