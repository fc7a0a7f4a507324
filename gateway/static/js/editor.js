// A draft that saves itself and shows the page as it will print. Nothing of another's is overwritten:
// each save names the version that it was begun at, and where that is past, both are shown to choose from.

const form = document.querySelector(".draft-form");
const { dataset: words } = document.getElementById("draft-words");
const saved = document.getElementById("saved");
const conflict = document.getElementById("conflict");
const pages = document.getElementById("paper-pages");
const count = document.getElementById("page-count");
const missing = document.getElementById("missing");
const counted = document.getElementById("missing-count");
const submit = document.getElementById("submit");
const AFTER_TYPING = 900; // milliseconds until it is saved
const DRAWN_AFTER = 250;
const AGAIN = 10_000; // until a save that did not come through is tried again

const version = () => form.elements.namedItem("form_version");
let changed = false; // since what is being saved was read
let saving = false;
let halted = false; // while a choice between two versions is to be made
let pressed = null; // a button, while a save is still on its way
let besides = {}; // what is to be sent along with the next save
let timer = 0;

function say(text, wrong = false) {
  saved.textContent = text;
  saved.classList.toggle("wrong", wrong);
}

function key() {
  // randomUUID is there only where the page came safely
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function body(more = {}) {
  const data = new FormData(form);
  data.set("form_key", key());
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  return data;
}

async function send(address, data) {
  const headers = { Accept: "application/json", "HX-Request": "true" };
  const answer = await fetch(address, { method: "POST", body: data, headers });
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  return { status: answer.status, told };
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(() => save(), wait);
}

async function save(more = {}) {
  clearTimeout(timer);
  Object.assign(besides, more);
  if (saving || halted) return void (changed = true);
  saving = true;
  changed = false;
  say(words.saving);
  const taken = [...form.querySelectorAll("[name=uploads]")];
  try {
    const sent = body(besides);
    besides = {};
    const { status, told } = await send(form.action, sent);
    if (status === 200) done(told, taken);
    else if (status === 412) meet(told);
    else if (status === 401) keep(words.session);
    else if (status >= 500 || status === 429) retry();
    else refused(told);
  } catch {
    retry();
  } finally {
    saving = false;
  }
  if (pressed && !halted) form.requestSubmit(pressed);
  else if (changed && !halted) later(AFTER_TYPING);
  pressed = null;
}

function done(told, taken) {
  version().value = told.version;
  for (const upload of taken) upload.closest("li")?.remove();
  const box = document.getElementById("enclosures");
  if (box.innerHTML.trim() !== told.enclosures.trim()) box.innerHTML = told.enclosures;
  for (const field of form.querySelectorAll(".field-wrong")) unmark(field);
  if (changed) return;
  say(told.saved);
  lacks(told.missing);
  document.dispatchEvent(new Event("typed-safe"));
}

function keep(text) {
  changed = true;
  say(text, true);
  form.dispatchEvent(new Event("keep-typed", { bubbles: true }));
}

function retry() {
  keep(words.offline);
  later(AGAIN);
  changed = false; // it is tried again anyhow
}

function unmark(field) {
  field.classList.remove("field-wrong");
  field.querySelector(".wrong")?.remove();
}

function refused(told) {
  say(`${words.refused} ${told.errors?.map((one) => one.message).join(" ") || told.detail || ""}`, true);
  form.dispatchEvent(new Event("keep-typed", { bubbles: true }));
  for (const { field, message } of told.errors ?? []) {
    const box = document.getElementById(field)?.closest(".field");
    if (!box) continue;
    unmark(box);
    box.classList.add("field-wrong");
    box.querySelector("label, legend")?.after(Object.assign(document.createElement("p"), { className: "wrong", textContent: message }));
  }
}

// Somebody else saved meanwhile.
function meet(told) {
  version().value = told.version;
  if (!told.html) return later(0); // it says the same
  halted = true;
  say(words.conflict, true);
  conflict.innerHTML = told.html;
  conflict.firstElementChild.focus();
  conflict.scrollIntoView({ block: "start" });
  document.documentElement.classList.add("in-conflict");
}

function settle() {
  let again = false;
  for (const box of conflict.querySelectorAll("[data-differs]")) {
    if (box.querySelector("input:checked").value !== "theirs") continue;
    const name = box.dataset.differs;
    const value = box.querySelector("[data-theirs]").value;
    const field = form.elements.namedItem(name);
    if ("flag" in box.dataset) field.checked = value === "1";
    else field.value = value;
    if (field.type === "hidden") again = true; // the picker over it reads it when the page is opened
  }
  conflict.replaceChildren();
  document.documentElement.classList.remove("in-conflict");
  halted = false;
  draw();
  save().then(() => again && !changed && location.reload());
}

// What is still missing, before it can be proposed.
function lacks(names) {
  const found = Object.keys(names);
  missing.hidden = counted.hidden = !found.length;
  counted.textContent = counted.dataset.words.replace("{number}", found.length);
  for (const mark of form.querySelectorAll("[data-lacks]")) mark.hidden = !(mark.dataset.lacks in names);
  submit.disabled = found.length > 0;
  submit.title = found.length ? missing.querySelector("p").textContent : "";
  const list = missing.querySelector("ul");
  list.replaceChildren(
    ...found.map((name) => {
      const id = form.elements.namedItem(`c-${name}`) ? `c-${name}` : name;
      const label = document.querySelector(`label[for="${id}"]`)?.firstChild?.textContent.trim() || names[name];
      const row = document.createElement("li");
      row.append(Object.assign(document.createElement("a"), { href: `#${id}`, textContent: label }));
      return row;
    }),
  );
}

// The page as it will print.
let drawing = false;
let stale = false;
let drawTimer = 0;

function soon() {
  clearTimeout(drawTimer);
  drawTimer = setTimeout(draw, DRAWN_AFTER);
}

async function draw() {
  if (drawing) return void (stale = true);
  drawing = true;
  do {
    stale = false;
    try {
      const { status, told } = await send(words.preview, body());
      if (status === 200 && !stale) {
        await show(told.pages);
        lacks(told.missing);
      } else if (status !== 200) count.textContent = words.undrawn;
    } catch {
      count.textContent = words.undrawn;
    }
  } while (stale);
  drawing = false;
}

async function show(drawn) {
  const made = drawn.map((svg, index) => {
    const page = new Image(595, 842);
    page.className = "paper-page";
    page.alt = words.page.replace("{number}", index + 1);
    page.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    return page;
  });
  await Promise.allSettled(made.map((page) => page.decode())); // so that nothing flickers
  const { scrollTop } = pages;
  pages.replaceChildren(...made);
  pages.scrollTop = scrollTop;
  pages.dataset.drawn = Number(pages.dataset.drawn ?? 0) + 1;
  count.textContent = words.pages.replace("{number}", drawn.length);
}

form.addEventListener("input", (event) => {
  if (event.target.closest("#as-template")) return;
  changed = true;
  if (!halted) say(words.unsaved);
  soon();
  if (!saving) later(AFTER_TYPING);
});
form.addEventListener("change", (event) => {
  if (event.target.matches("select, [type=checkbox]")) soon();
});
form.addEventListener("uploaded", () => save());
form.addEventListener("submit", (event) => {
  if (saving) {
    pressed = event.submitter;
    event.preventDefault();
    event.stopPropagation(); // it is not sent yet
    return;
  }
  changed = halted = false;
  clearTimeout(timer);
});
form.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove-enclosure]");
  if (!remove) return;
  event.preventDefault();
  save({ remove: remove.value });
});
conflict.addEventListener("click", (event) => {
  if (event.target.closest("[data-settle]")) settle();
});

window.addEventListener("beforeunload", (event) => {
  if (changed || halted) event.preventDefault();
});
window.addEventListener("online", () => changed && later(0));

// On a telephone: the form, or the page.
const both = document.getElementById("editing");
const tabs = both.querySelector(".editing-tabs");
tabs.hidden = false;
both.dataset.show = "form";
tabs.addEventListener("click", (event) => {
  const shows = event.target.closest("[data-shows]")?.dataset.shows;
  if (!shows) return;
  both.dataset.show = shows;
  for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.shows === shows));
});

// A remark's place in the text.
for (const find of document.querySelectorAll("[data-find]")) {
  find.hidden = false;
  find.addEventListener("click", () => {
    const field = document.getElementById(find.dataset.find);
    const at = field.value.indexOf(find.dataset.quote);
    field.focus();
    if (at >= 0) field.setSelectionRange(at, at + find.dataset.quote.length);
  });
}
document.querySelector("[data-opens]")?.addEventListener("click", (event) => {
  document.getElementById(event.target.dataset.opens).open = true;
});

if (!missing.hidden) submit.disabled = true;
if (form.dataset.restored) {
  changed = true;
  later(0);
  draw();
}
