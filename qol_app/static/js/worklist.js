// Keys for lists of rows: j and k move, e opens, / searches. The page works without them.

const rows = [...document.querySelectorAll("[data-row]")];
const search = document.querySelector('.filters input[type="search"]');
const hint = document.querySelector("[data-keys]");
let current = -1;

if (hint) hint.hidden = rows.length === 0;

function go(index) {
  if (rows.length === 0) return;
  if (rows[current]) rows[current].classList.remove("is-current");
  current = Math.min(Math.max(index, 0), rows.length - 1);
  const row = rows[current];
  row.classList.add("is-current");
  const link = row.querySelector("[data-open]");
  if (link) link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select") !== null;
}

const actions = {
  j: () => go(current + 1),
  k: () => go(current - 1),
  e: () => rows[current]?.querySelector("[data-open]")?.click(),
  "/": () => search?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
