// After a letter was registered the next one stands ready: the same key registers it.

const first = document.querySelector("#tray tr[data-row] [data-key=r]");
if (document.getElementById("registered-number")) first?.focus({ preventScroll: true });
