// On a telephone: a bar within reach of the thumb leads to what is to be done, and goes when that is in view.

document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.("[data-choose]")?.dataset.choose;
  const kind = chosen && document.querySelector(`#offers [name=choice][value="${chosen}"]`);
  if (kind) kind.checked = true;
  const wanted = event.target.closest?.("[data-focuses]")?.dataset.focuses;
  if (!wanted) return;
  event.preventDefault(); // following the link would take the focus away again
  document.getElementById("offers").scrollIntoView();
  document.getElementById(wanted)?.focus({ preventScroll: true });
});

const watch = new IntersectionObserver(([seen]) => {
  document.getElementById("thumb")?.classList.toggle("away", seen.isIntersecting);
}, { rootMargin: "0px 0px -35% 0px" });

function begin() {
  watch.disconnect();
  watch.observe(document.getElementById("offers"));
}

document.addEventListener("part-fresh", begin);
begin();
