// Passkeys: an element with `data-passkey` makes its form hold a ceremony in the browser's own dialog.
//
// data-passkey="confirm": holds a button. When it is pressed the person confirms `data-subject` by a passkey of theirs;
//   what proves it is put into the form's hidden field `confirmation`, and the form is sent. The element is `hidden` in the
//   page and stays so unless the person has a passkey that this browser can use here. In a template:
//   `{{ confirming.fields(form, id) }}` (macros/confirming.html); in the view: `confirming.confirmation(form, id)`.
// data-passkey="add": when the form is sent the device makes a passkey first; it goes into the hidden field `credential`.
//   The form has a field `password`, by which the person (`data-subject`) confirms that.
//
// What goes wrong is said in `[data-passkey-said]`, in the words of the element's data-cancelled, -known, -refused,
// -throttled and -failed, or in the server's own.

const token = document.querySelector("meta[name=csrf]")?.content ?? "";
const able = window.PublicKeyCredential !== undefined && navigator.credentials !== undefined;

class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

async function call(address, body) {
  const headers = { "X-CSRF-Token": token, "Content-Type": "application/json" };
  const response = await fetch(address, body ? { method: "POST", headers, body: JSON.stringify(body) } : {});
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer);
  return answer;
}

function decode(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function encode(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const known = (all) => all?.map((one) => ({ ...one, id: decode(one.id) }));

function written({ id, rawId, type, response }, names) {
  const parts = names.filter((name) => response[name]).map((name) => [name, encode(response[name])]);
  return JSON.stringify({ id, rawId: encode(rawId), type, response: Object.fromEntries(parts), clientExtensionResults: {} });
}

async function made(subject, password) {
  const { confirmation } = await call("/api/me/confirmations", { subject, password });
  const options = JSON.parse((await call("/api/me/passkeys/offers", { confirmation })).options);
  options.challenge = decode(options.challenge);
  options.user.id = decode(options.user.id);
  options.excludeCredentials = known(options.excludeCredentials);
  const credential = await navigator.credentials.create({ publicKey: options });
  return written(credential, ["clientDataJSON", "attestationObject"]);
}

async function confirmed(subject) {
  const options = JSON.parse((await call("/api/me/passkey-challenges", { subject })).options);
  options.challenge = decode(options.challenge);
  options.allowCredentials = known(options.allowCredentials);
  const found = await navigator.credentials.get({ publicKey: options });
  const credential = written(found, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
  return (await call("/api/me/passkey-confirmations", { subject, credential })).confirmation;
}

function words(error, { dataset }) {
  if (error instanceof Refused) {
    const { type, fields = {}, detail } = error.problem;
    if (fields.password) return dataset.refused;
    if (type === "throttled") return dataset.throttled;
    return Object.values(fields).flat()[0] ?? detail;
  }
  if (error.name === "NotAllowedError" || error.name === "AbortError") return dataset.cancelled;
  if (error.name === "InvalidStateError") return dataset.known;
  return dataset.failed;
}

// One ceremony at a time; what it yields goes into the field, and the form on its way.
async function hold(element, field, ceremony) {
  if (element.dataset.held) return;
  element.dataset.held = "yes";
  const said = element.querySelector("[data-passkey-said]");
  said.textContent = "";
  const form = element.closest("form");
  try {
    form.elements.namedItem(field).value = await ceremony();
    form.requestSubmit(form.querySelector("[data-submit]"));
  } catch (error) {
    said.textContent = words(error, element);
  } finally {
    delete element.dataset.held;
  }
}

async function readyToConfirm(element) {
  if (!able) return;
  const { items, site } = await call("/api/me/passkeys");
  if (!items.length || site !== location.origin) return;
  element.hidden = false;
  element.querySelector("button").addEventListener("click", () =>
    hold(element, "confirmation", () => confirmed(element.dataset.subject)),
  );
}

function readyToAdd(element) {
  const form = element.closest("form");
  if (!able) {
    document.querySelector("[data-passkey-unknown]").hidden = false;
    form.hidden = true;
    return;
  }
  form.addEventListener("submit", (event) => {
    const value = (name) => form.elements.namedItem(name).value;
    if (value("credential") || !value("name").trim() || !value("password")) return; // the server says what is missing
    event.preventDefault();
    event.stopPropagation();
    hold(element, "credential", () => made(element.dataset.subject, value("password")));
  });
}

const kinds = { confirm: readyToConfirm, add: readyToAdd };

function readyAll() {
  for (const element of document.querySelectorAll("[data-passkey]:not([data-ready])")) {
    element.dataset.ready = "yes";
    kinds[element.dataset.passkey](element);
  }
}

document.addEventListener("part-fresh", readyAll);
readyAll();
