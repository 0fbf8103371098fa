// Draws each chart of the page from the figures in the JSON beside it: the one that fits the
// page's width and its light or dark theme, again whenever either changes. Needs plotly.js.

const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  doubleClick: false,
  responsive: true,
  scrollZoom: false,
  showTips: false,
};

const narrow = matchMedia("(max-width: 599.98px)");
const dark = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  return document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
}

function draw(plot, figures) {
  const figure = figures[theme()][narrow.matches ? "narrow" : "wide"];
  // plotly.js writes into what it is given, so it gets a copy.
  const { data, layout } = structuredClone(figure);
  window.Plotly.react(plot, data, { ...layout, autosize: true, dragmode: false }, CONFIG);
}

for (const plot of document.querySelectorAll("[data-figures]")) {
  const figures = JSON.parse(document.getElementById(plot.dataset.figures).textContent);
  const redraw = () => draw(plot, figures);
  redraw();
  narrow.addEventListener("change", redraw);
  dark.addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
