// Choosing recipients: chips over the hidden field that the form sends. Those who are there already are not
// taken twice; arrows move among the chips, Delete takes one out, and what was done last can be undone.

const token = document.querySelector("meta[name=csrf]")?.content ?? "";
const plain = (text) => text.toLowerCase().replace(/\s+/g, "");

function identity(one) {
  if (one.organisation) return one.organisation;
  if (one.channel === "email" && one.address) return `email ${one.address.toLowerCase()}`;
  return `${one.channel} ${plain(one.name)} ${plain(one.address ?? "")}`;
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", textContent: words });
  made.addEventListener("click", act);
  return made;
}

class Picker {
  constructor(box) {
    this.box = box;
    this.words = box.dataset;
    this.field = box.querySelector("[name=recipients]");
    this.chips = box.querySelector("[data-chips]");
    this.search = box.querySelector("[data-search]");
    this.found = box.querySelector("[role=listbox]");
    this.ways = new Map(this.words.ways.split("|").map((way) => way.split("=")));
    this.choices = { organisations: [], lists: [], outside: [] };
    this.chosen = this.parsed();
    this.before = null;
    this.at = 0;
    box.querySelector("[data-recipients-tools]").hidden = false;
    this.listen();
    this.draw();
    this.learn();
  }

  part(name) {
    return this.box.querySelector(`[data-${name}]`);
  }

  parsed() {
    try {
      return JSON.parse(this.field.value || "[]");
    } catch {
      return [];
    }
  }

  async learn() {
    const answer = await fetch(this.words.choices, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    this.choices = await answer.json();
    const schools = this.choices.organisations.filter((one) => one.school);
    this.part("all-schools").textContent = `${this.words.all} (${schools.length.toLocaleString("en")})`;
    this.part("all-schools").hidden = !schools.length;
    this.part("kept-lists").replaceChildren(
      ...this.choices.lists.map((list) => button(`${list.name} (${list.members.length})`, () => this.add(list.members))),
    );
    this.draw();
  }

  listen() {
    this.part("all-schools").addEventListener("click", () => this.add(this.choices.organisations.filter((one) => one.school)));
    this.part("clear").addEventListener("click", () => this.become([]));
    this.part("undo").addEventListener("click", () => {
      const before = this.before;
      this.become(before);
      this.before = null;
      this.draw();
    });
    this.part("other-add").addEventListener("click", () => this.addOther());
    this.part("paste-add").addEventListener("click", () => this.addPasted());
    this.search.addEventListener("input", () => this.suggest());
    this.search.addEventListener("focus", () => this.search.value && this.suggest());
    this.search.addEventListener("blur", () => setTimeout(() => this.fold(), 150));
    this.search.addEventListener("keydown", (event) => this.searchKey(event));
    this.found.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]:not([aria-disabled])");
      if (option) this.take(option);
    });
    this.chips.addEventListener("click", (event) => {
      const remove = event.target.closest("[data-at]");
      if (remove) this.remove(Number(remove.dataset.at));
    });
    this.chips.addEventListener("keydown", (event) => this.chipKey(event));
    for (const input of this.box.querySelectorAll("[data-other-name], [data-other-address], [data-other-channel]")) {
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.ctrlKey) return;
        event.preventDefault();
        event.stopPropagation();
        this.addOther();
      });
    }
  }

  // What is chosen becomes `all`; the form hears of it.
  become(all) {
    this.before = this.chosen;
    this.chosen = all;
    this.field.value = JSON.stringify(all);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    this.draw();
  }

  add(some) {
    const known = new Set(this.chosen.map(identity));
    const fresh = [];
    for (const one of some) {
      if (known.has(identity(one))) continue;
      known.add(identity(one));
      fresh.push({ organisation: one.organisation ?? null, name: one.name, channel: one.channel, address: one.address ?? "" });
    }
    if (fresh.length) this.become([...this.chosen, ...fresh]);
    this.say(this.words.added.replace("{number}", fresh.length).replace("{twice}", some.length - fresh.length));
  }

  remove(at) {
    this.at = Math.max(0, Math.min(at, this.chosen.length - 2));
    this.become(this.chosen.filter((_, index) => index !== at));
    (this.chips.querySelector("[tabindex='0']") ?? this.search).focus();
  }

  say(words) {
    this.part("said").textContent = words;
  }

  draw() {
    const number = this.chosen.length;
    this.part("recipients-count").textContent = number ? this.words.count.replace("{number}", number.toLocaleString("en")) : "";
    this.part("undo").hidden = !this.before;
    this.part("clear").hidden = !number;
    this.at = Math.min(this.at, Math.max(0, number - 1));
    this.chips.replaceChildren(...this.chosen.map((one, at) => this.chip(one, at)));
    if (!number) this.chips.append(Object.assign(document.createElement("li"), { className: "soft", textContent: this.words.none }));
  }

  chip(one, at) {
    const made = Object.assign(document.createElement("li"), { className: "chip", title: one.address || one.name });
    made.append(Object.assign(document.createElement("span"), { textContent: one.name }));
    if (one.channel !== "system") made.append(" ", Object.assign(document.createElement("small"), { textContent: this.ways.get(one.channel) }));
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×", tabIndex: at === this.at ? 0 : -1 });
    remove.dataset.at = at;
    remove.setAttribute("aria-label", this.words.remove.replace("{name}", one.name));
    made.append(remove);
    return made;
  }

  chipKey(event) {
    const all = [...this.chips.querySelectorAll("[data-at]")];
    const here = all.indexOf(document.activeElement);
    if (here < 0) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -here, End: all.length - 1 - here }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") this.remove(here);
    else if (step !== undefined) {
      const next = all[Math.max(0, Math.min(all.length - 1, here + step))];
      all[here].tabIndex = -1;
      next.tabIndex = 0;
      this.at = all.indexOf(next);
      next.focus();
    } else return;
    event.preventDefault();
  }

  suggest() {
    const typed = plain(this.search.value);
    const known = new Set(this.chosen.map(identity));
    const fits = typed
      ? [...this.choices.organisations, ...this.choices.outside].filter(
          (one) => !known.has(identity(one)) && plain(`${one.name} ${one.code ?? ""} ${one.address ?? ""}`).includes(typed),
        )
      : [];
    this.offered = fits.slice(0, 12);
    this.found.replaceChildren(...this.offered.map((one, at) => this.option(one, at)));
    if (typed && !fits.length) {
      const there = this.chosen.some((one) => plain(`${one.name} ${one.address}`).includes(typed));
      const none = Object.assign(document.createElement("li"), { className: "soft", textContent: there ? this.words.there : this.words.nobody });
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      this.found.append(none);
    }
    this.found.hidden = !typed;
    this.search.setAttribute("aria-expanded", String(!this.found.hidden));
    this.mark(0);
  }

  option(one, at) {
    const made = document.createElement("li");
    made.id = `${this.found.id}-${at}`;
    made.setAttribute("role", "option");
    made.append(one.name, " ", Object.assign(document.createElement("small"), { textContent: one.address || this.ways.get(one.channel) }));
    return made;
  }

  mark(at) {
    const options = [...this.found.querySelectorAll("[role=option]:not([aria-disabled])")];
    this.marked = options.length ? (at + options.length) % options.length : -1;
    options.forEach((one, index) => one.setAttribute("aria-selected", String(index === this.marked)));
    options[this.marked]?.scrollIntoView({ block: "nearest" });
    if (this.marked >= 0) this.search.setAttribute("aria-activedescendant", options[this.marked].id);
    else this.search.removeAttribute("aria-activedescendant");
  }

  take(option) {
    this.add([this.offered[[...this.found.children].indexOf(option)]]);
    this.search.value = "";
    this.fold();
    this.search.focus();
  }

  fold() {
    this.found.hidden = true;
    this.search.setAttribute("aria-expanded", "false");
    this.search.removeAttribute("aria-activedescendant");
  }

  searchKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && !this.found.hidden && this.marked >= 0) this.take(this.found.children[this.marked]);
    else if (event.key === "ArrowDown" && !this.found.hidden) this.mark(this.marked + 1);
    else if (event.key === "ArrowUp" && !this.found.hidden) this.mark(this.marked - 1);
    else if (event.key === "Escape" && !this.found.hidden) this.fold();
    else if (event.key === "Backspace" && !this.search.value && this.chosen.length) {
      this.remove(this.chosen.length - 1);
      this.search.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  addOther() {
    const [name, address, channel] = ["name", "address", "channel"].map((one) => this.part(`other-${one}`));
    const mail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
    const right = name.value.trim() && (channel.value === "messenger" || (channel.value === "email" ? mail.test(address.value.trim()) : address.value.trim()));
    this.part("other-wrong").hidden = Boolean(right);
    if (!right) return (name.value.trim() ? address : name).focus();
    this.add([{ organisation: null, name: name.value.trim(), channel: channel.value, address: address.value.trim() }]);
    name.value = address.value = "";
    name.focus();
  }

  async addPasted() {
    const area = this.part("paste");
    const body = new FormData();
    body.append("names", area.value);
    const answer = await fetch(this.words.matches, { method: "POST", body, headers: { "X-CSRF-Token": token } }).catch(() => null);
    if (!answer?.ok) return;
    const { found, unknown } = await answer.json();
    this.add(found);
    area.value = unknown.map((one) => one.line).join("\n");
    if (!unknown.length) return;
    const said = this.part("said");
    const list = document.createElement("ul");
    for (const one of unknown.slice(0, 20)) {
      list.append(Object.assign(document.createElement("li"), {
        textContent: one.like.length ? `${one.line} (${this.words.like} ${one.like.join(", ")})` : one.line,
      }));
    }
    said.append(" ", Object.assign(document.createElement("strong"), { textContent: this.words.unknown.replace("{number}", unknown.length) }), list);
    area.focus();
  }
}

function ready() {
  for (const box of document.querySelectorAll("[data-recipients]:not([data-ready])")) {
    box.dataset.ready = "yes";
    new Picker(box);
  }
}

document.addEventListener("part-fresh", ready);
document.addEventListener("htmx:after:swap", ready);
ready();
