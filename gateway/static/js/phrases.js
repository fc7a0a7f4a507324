// Phrases that are often written: a press puts one at the end of the text.

function reveal() {
  for (const phrases of document.querySelectorAll("[data-phrases][hidden]")) phrases.hidden = false;
}

document.addEventListener("click", (event) => {
  const phrases = event.target.closest?.("[data-phrases]");
  if (!phrases || !event.target.matches("button")) return;
  const text = document.getElementById(phrases.dataset.phrases);
  text.value = [text.value.trim(), event.target.textContent.trim()].filter(Boolean).join(" ");
  text.focus();
});

document.addEventListener("part-fresh", reveal);
reveal();
