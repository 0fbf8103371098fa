// Choosing "none of these" clears the other answers of the question, and the other way round.
// Without this module the server asks which of the two is meant.

function settle(changed) {
  if (!changed.checked) return;
  const alone = changed.hasAttribute("data-exclusive");
  for (const other of changed.closest("[data-several]").querySelectorAll("input[type=checkbox]")) {
    if (other === changed || !other.checked) continue;
    if (alone || other.hasAttribute("data-exclusive")) other.checked = false;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-several] input[type=checkbox]")) settle(event.target);
}, true);
