// Remarks on places: text that is selected gets a button beside it; pressed, it puts the place and a field
// for the remark into the form that sends the draft back.

const text = document.querySelector("[data-review]");
const hint = document.querySelector("[data-review-hint]");
if (hint) hint.hidden = false;

const button = Object.assign(document.createElement("button"), {
  type: "button", className: "button button-small button-primary comment-here", textContent: text.dataset.comment, hidden: true,
});
text.append(button);
let chosen = null;

function inField(node) {
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-field]");
}

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const quote = selection.toString().trim();
  const field = selection.rangeCount && quote ? inField(selection.anchorNode) : null;
  if (!field || !text.contains(field) || field !== inField(selection.focusNode)) {
    if (document.activeElement !== button) button.hidden = true;
    return;
  }
  chosen = { field: field.dataset.field, label: field.dataset.label, quote: quote.slice(0, 1000) };
  const place = selection.getRangeAt(0).getBoundingClientRect();
  const frame = text.getBoundingClientRect();
  button.hidden = false;
  button.style.top = `${place.bottom - frame.top + 4}px`;
  button.style.left = `${Math.max(0, Math.min(place.left - frame.left, frame.width - button.offsetWidth))}px`;
});

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

// Before a press takes the selection away.
button.addEventListener("pointerdown", (event) => event.preventDefault());
button.addEventListener("click", () => {
  const list = document.querySelector("[data-comments]");
  const row = document.createElement("div");
  row.className = "comment-row";
  const id = `comment-${list.children.length + 1}`;
  const label = Object.assign(document.createElement("label"), { htmlFor: id });
  label.append(`${chosen.label}: `, Object.assign(document.createElement("q"), { textContent: chosen.quote }));
  const remark = Object.assign(document.createElement("textarea"), { id, name: "comment_text", rows: 2, maxLength: 2000 });
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: list.dataset.remove });
  remove.addEventListener("click", () => row.remove());
  row.append(label, hidden("comment_field", chosen.field), hidden("comment_quote", chosen.quote), remark, remove);
  list.append(row);
  list.closest("details")?.setAttribute("open", "");
  button.hidden = true;
  document.getSelection().removeAllRanges();
  remark.focus();
});
