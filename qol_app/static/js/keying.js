// Keying from paper with the keyboard alone: a digit that can only mean one answer goes on by
// itself, Enter and the down arrow go on, the up arrow goes back. Questions that a rule skips turn
// pale; Enter and digits pass over them, the arrows reach them. Without this module the page is a
// plain form.

const form = document.getElementById("keying");
const cells = form ? [...form.querySelectorAll("[data-cell]")] : [];

const row = (cell) => cell.closest(".keying__row");
const codes = (cell) => (cell.dataset.codes || "").split(" ").filter(Boolean);
const marks = (cell) => (cell.dataset.marks || "").split(" ").filter(Boolean);

function isWhole(cell) {
  const text = cell.value.normalize("NFKC").trim();
  if (marks(cell).includes(text)) return true;
  const longer = codes(cell).some((code) => code !== text && code.startsWith(text));
  return codes(cell).includes(text) && !longer;
}

function isWrong(cell) {
  const text = cell.value.normalize("NFKC").trim();
  if (!text || !cell.dataset.codes || marks(cell).includes(text)) return false;
  return !codes(cell).some((code) => code.startsWith(text));
}

function chosen(name) {
  const cell = cells.find((each) => each.dataset.cell === name);
  return cell ? cell.value.normalize("NFKC").split(/[\s,;|、]+/) : [];
}

// Whether every rule on a question shows it, and shows the question that the rule asks.
function isShown(element) {
  if (!element || !element.dataset.rules) return true;
  return JSON.parse(element.dataset.rules).every((rule) => {
    const asked = document.getElementById(`item-${rule.item}`);
    if (!asked || asked.tagName === "OUTPUT") return !element.classList.contains("is-skipped");
    return rule.values.some((value) => chosen(rule.item).includes(String(value))) && isShown(row(asked));
  });
}

function repaint() {
  for (const element of form.querySelectorAll("[data-rules]")) {
    element.classList.toggle("is-skipped", !isShown(element));
  }
}

function focus(cell) {
  cell.focus();
  if (cell.select) cell.select();
  row(cell).scrollIntoView({ block: "nearest" });
}

function go(from, step, passes) {
  let index = cells.indexOf(from) + step;
  while (passes && cells[index] && row(cells[index]).classList.contains("is-skipped") && !cells[index].value) {
    index += step;
  }
  if (cells[index]) focus(cells[index]);
  else if (step > 0) form.querySelector("button[type=submit]").focus();
}

function onKey(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = event.target;
  if (!cell.matches("[data-cell]")) return;
  const isText = cell.tagName === "TEXTAREA";
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    go(cell, 1, true);
  } else if (event.key === "ArrowDown" && !(isText && cell.value.includes("\n"))) {
    event.preventDefault();
    go(cell, 1, false);
  } else if (event.key === "ArrowUp" && !(isText && cell.value.includes("\n"))) {
    event.preventDefault();
    go(cell, -1, false);
  }
}

function onInput(event) {
  const cell = event.target;
  if (!cell.matches("[data-cell]")) return;
  repaint();
  if (cell.dataset.codes) {
    if (isWrong(cell)) cell.setAttribute("aria-invalid", "true");
    else cell.removeAttribute("aria-invalid");
  }
  if (!event.isComposing && event.inputType === "insertText" && isWhole(cell)) go(cell, 1, true);
}

// A form that was stored once is not sent again by a second press.
function onSubmit(event) {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
}

if (form) {
  form.addEventListener("keydown", onKey);
  form.addEventListener("input", onInput);
  form.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) delete form.dataset.sent;
  });
  repaint();
}
