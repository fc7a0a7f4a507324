// What was typed outlives a session that ended meanwhile: this tab keeps what a form sent until it is
// clear what became of it, and puts it back when the form is opened again after a log-in or a refusal.

const KEY = "amnuay-typed";
const OWN = new Set(["csrf", "form_key", "form_version", "form"]);
const here = location.pathname + location.search;
const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");

function save(typed) {
  sessionStorage.setItem(KEY, JSON.stringify(typed));
}

function formNamed(name) {
  return [...document.querySelectorAll("form[data-form]")].find(
    (form) => (form.elements.namedItem("form")?.value ?? "") === name,
  );
}

function restore({ name, fields }) {
  const form = formNamed(name);
  if (!form) return;
  const values = Map.groupBy(fields, ([field]) => field);
  for (const element of form.elements) {
    if (!element.name || OWN.has(element.name) || ["password", "file", "hidden"].includes(element.type)) continue;
    const typed = (values.get(element.name) ?? []).map(([, value]) => value);
    if (element.matches("[type=checkbox], [type=radio]")) element.checked = typed.includes(element.value);
    else if (typed.length) element.value = typed[0];
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.closest("details")?.setAttribute("open", "");
  form.dataset.restored = "yes"; // for one that saves itself
}

function typedInto(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OWN.has(name));
  return { page: here, name: form.elements.namedItem("form")?.value ?? "", fields };
}

document.addEventListener("submit", ({ target: form }) => {
  if (!form.matches("[data-form]") || form.querySelector("[type=password]")) return;
  save(typedInto(form));
});

// A form that saves itself says when it could not (`keep-typed`), and when all is safe again (`typed-safe`).
document.addEventListener("keep-typed", ({ target }) => save({ ...typedInto(target), interrupted: true }));
document.addEventListener("typed-safe", () => sessionStorage.removeItem(KEY));

if (kept && document.querySelector(".login, .problem")) {
  save({ ...kept, interrupted: true });
} else if (kept) {
  sessionStorage.removeItem(KEY);
  if (kept.interrupted && kept.page === here) restore(kept);
}
