// Whether a file is the very document: its SHA-256 is computed here, so that the file need not leave the
// device. Where browsers do not compute (no TLS), the form sends it and the server does.

const form = document.querySelector("[data-verify]");
const said = document.getElementById("verdict");

form.elements.namedItem("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  said.className = "file-verdict";
  said.textContent = "";
  if (!file || !crypto.subtle) return;
  said.textContent = form.dataset.reading;
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const same = hex === form.dataset.verify;
    said.classList.add(same ? "file-same" : "file-other");
    said.replaceChildren(
      Object.assign(document.createElement("strong"), { textContent: file.name }),
      ` ${same ? form.dataset.same : form.dataset.other}`,
    );
  } catch {
    said.textContent = form.dataset.failed;
  }
});
