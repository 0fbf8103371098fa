// "I prefer not to answer" clears the answer of its question, and an answer clears it. Without this
// module the server tells which of the two was marked last. Both happen while the event is still on
// its way down, so whoever listens for it finds the question as it now is.

const CONTROLS = "input:not([type=hidden]), textarea";

function isWord(control) {
  return control.hasAttribute("data-no-answer");
}

function isMark(control) {
  return control.type === "radio" || control.type === "checkbox";
}

function holds(control) {
  return isMark(control) ? control.checked : control.value.trim() !== "";
}

function clear(answers) {
  const cleared = answers.filter(holds);
  for (const answer of cleared) {
    if (isMark(answer)) answer.checked = false;
    else answer.value = "";
  }
  for (const answer of cleared) {
    for (const type of ["input", "change"]) {
      answer.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
}

function settle(event) {
  const changed = event.target;
  const question = changed.matches && changed.matches(CONTROLS) && changed.closest("[data-item]");
  if (!question || !holds(changed)) return;
  const controls = Array.from(question.querySelectorAll(CONTROLS));
  for (const word of controls.filter(isWord)) {
    if (word !== changed) word.checked = false;
  }
  if (isWord(changed)) clear(controls.filter((control) => !isWord(control)));
}

document.addEventListener("input", settle, true);
document.addEventListener("change", settle, true);
