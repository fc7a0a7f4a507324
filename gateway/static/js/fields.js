// Forms from the keyboard: Enter goes to the next field, Ctrl-Enter sends; a form is sent once a press.

function next(field) {
  const all = [...field.form.elements].filter( // but none that is folded away in a <details>
    (one) => !one.disabled && one.type !== "hidden" && one.tabIndex >= 0 && one.checkVisibility(),
  );
  return all[all.indexOf(field) + 1];
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const form = field.form ?? field.closest("form"); // also from the summary of what is wrong
  if (event.key !== "Enter" || event.isComposing || !form?.matches("[data-form]")) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-submit]"));
  } else if (field.matches("input:not([type=submit], [type=button], [type=file], [type=password]), select, textarea[data-line]")) {
    event.preventDefault();
    next(field)?.focus();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("[data-submit]")) button.setAttribute("aria-disabled", "true");
});

// Back by the browser's own button shows the page as it was left: its forms can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[data-submit]")) button.removeAttribute("aria-disabled");
  }
});

// A day picked from the calendar is as good as typed; a press anywhere else folds the calendar away.
document.addEventListener("click", (event) => {
  const day = event.target.closest("[data-day]");
  if (day) {
    const field = day.closest(".field").querySelector("input");
    field.value = day.dataset.day;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }
  for (const picker of document.querySelectorAll(".picker")) {
    if (day || !picker.contains(event.target)) picker.replaceChildren();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const picker of document.querySelectorAll(".picker")) picker.replaceChildren();
});
