// Draws each table that asks for it (`data-chart="bar"` or `line`) into the space above it: what a row
// is called stands in its head, how much in its last cell. Without script the tables say it all.

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();

function rows(table) {
  return [...table.tBodies[0].rows].map((row) => ({
    name: row.cells[0].textContent.trim(),
    number: Number(row.cells[row.cells.length - 1].dataset.number),
    colour: colour(row.dataset.colour ?? "accent"),
  }));
}

function draw(table) {
  const all = rows(table);
  const lying = table.dataset.lying !== undefined;
  const place = document.createElement("div");
  place.className = "chart-drawing";
  place.setAttribute("aria-hidden", "true");
  const canvas = document.createElement("canvas");
  place.append(canvas);
  if (lying) place.style.height = `${Math.max(6, all.length * 2.1 + 2)}rem`;
  table.before(place);
  new window.Chart(canvas, {
    type: "bar",
    data: {
      labels: all.map((row) => row.name),
      datasets: [{
        data: all.map((row) => row.number),
        backgroundColor: all.map((row) => row.colour),
        maxBarThickness: lying ? 20 : 44,
        borderRadius: 3,
      }],
    },
    options: {
      indexAxis: lying ? "y" : "x",
      maintainAspectRatio: false,
      animation: false,
      font: { family: "Sarabun" },
      plugins: { legend: { display: false }, tooltip: { displayColors: false } },
      scales: {
        [lying ? "x" : "y"]: { beginAtZero: true, ticks: { precision: 0, color: colour("soft") }, grid: { color: colour("line") } },
        [lying ? "y" : "x"]: { ticks: { color: colour("ink"), autoSkip: false, callback: short }, grid: { display: false } },
      },
    },
  });
}

// A name longer than its room is cut; the table has it whole.
function short(value) {
  const name = this.getLabelForValue(value);
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}

document.fonts.ready.then(() => {
  window.Chart.defaults.font.family = "Sarabun";
  window.Chart.defaults.font.size = 13;
  for (const table of document.querySelectorAll("table[data-chart]")) draw(table);
});
