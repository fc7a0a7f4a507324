// Files dropped or chosen are taken in at once, each with its progress; the form sends their ids.

const token = document.querySelector("meta[name=csrf]")?.content ?? "";

function ready(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "yes";
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector(".upload-list");
  const take = (files) => {
    if (!input.multiple) list.replaceChildren();
    for (const file of input.multiple ? files : [...files].slice(0, 1)) send(box, list, file);
  };
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  list.addEventListener("click", (event) => {
    if (event.target.matches("[data-remove-upload]")) event.target.closest("li").remove();
  });
  input.form.addEventListener("submit", (event) => {
    if (!list.querySelector("progress")) return;
    event.preventDefault(); // a file is still on its way
    event.stopPropagation();
    list.querySelector("progress").scrollIntoView({ block: "center" });
  });
}

function readyAll() {
  document.querySelectorAll("[data-uploads]").forEach(ready);
}

document.addEventListener("part-fresh", readyAll);
readyAll();

function send(box, list, file) {
  const row = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { textContent: file.name });
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  const remove = Object.assign(document.createElement("button"), {
    type: "button", className: "link", textContent: box.dataset.remove,
  });
  remove.dataset.removeUpload = "";
  row.append(name, progress, remove);
  list.append(row);

  const request = new XMLHttpRequest(); // fetch tells nothing of how much has gone
  const data = new FormData();
  data.append("file", file);
  request.open("POST", box.dataset.address);
  request.setRequestHeader("X-CSRF-Token", token);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress.value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => {
    progress.remove();
    const answer = parsed(request.responseText);
    if (request.status === 201) {
      row.append(hidden(box.dataset.name, answer.id), hidden(`${box.dataset.name}-name`, answer.name));
      name.textContent = answer.name;
      box.dispatchEvent(new CustomEvent("uploaded", { detail: answer, bubbles: true }));
    } else {
      const words = Object.values(answer?.fields ?? {}).flat()[0] ?? answer?.detail ?? box.dataset.failed;
      row.append(Object.assign(document.createElement("span"), { className: "wrong", textContent: words }));
    }
  });
  remove.addEventListener("click", () => request.abort());
  request.send(data);
}

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
