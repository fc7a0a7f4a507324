// An open letter or document that others move on: its parts are put anew, but none that holds typed text.

const live = document.getElementById("letter-live");
const notice = document.getElementById("moved");
let version = Number(live.dataset.version);
let again = false;
let busy = false;

function changed(field) {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected;
  if (field.type === "hidden") return field.name === "uploads";
  return field.value !== field.defaultValue;
}

function touched(part) {
  if (!part.hasAttribute("data-typed")) return false;
  return [...part.querySelectorAll("input, textarea, select")].some(
    (field) => field === document.activeElement || changed(field),
  );
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("letter-live");
  if (!found || Number(found.dataset.version) <= version) return;
  version = Number(found.dataset.version);
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.getElementById(part.id);
    if (touched(part)) notice.hidden = false;
    else if (fresh) {
      part.replaceWith(document.importNode(fresh, true));
      window.htmx?.process(document.getElementById(part.id));
      document.dispatchEvent(new CustomEvent("part-fresh", { detail: part.id }));
    }
  }
}

live.addEventListener(`${live.dataset.live.split(":")[0]}-moved`, async (event) => {
  if (event.detail?.version && event.detail.version <= version) return;
  if (busy) return void (again = true);
  busy = true;
  do {
    again = false;
    await refresh().catch(() => {});
  } while (again);
  busy = false;
});
