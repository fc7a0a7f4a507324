// One stream of server-sent events a page, for all topics that its elements name in `data-live`.
// When `letter:<id>` moves, each such element gets the event `letter-moved`, with the version it is at.

const elements = () => [...document.querySelectorAll("[data-live]")];
const topics = [...new Set(elements().map((one) => one.dataset.live))];
let source = null;

function open() {
  if (source || !topics.length || document.hidden) return;
  source = new EventSource(`/live?topics=${encodeURIComponent(topics.join(","))}`);
  source.addEventListener("moved", (event) => {
    for (const [topic, version] of Object.entries(JSON.parse(event.data))) {
      for (const element of elements().filter((one) => one.dataset.live === topic)) {
        element.dispatchEvent(new CustomEvent(`${topic.split(":")[0]}-moved`, { detail: { version } }));
      }
    }
  });
}

function close() {
  source?.close();
  source = null;
}

// Streams are few: a page nobody looks at gives its own back, and looks for itself when it is seen again.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return close();
  open();
  for (const element of elements()) {
    element.dispatchEvent(new CustomEvent(`${element.dataset.live.split(":")[0]}-moved`, { detail: {} }));
  }
});
window.addEventListener("pagehide", close);
open();
