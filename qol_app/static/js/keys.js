// Digits choose answers: the n-th tile of the question that has the focus, or of the first one
// without an answer; on a scale the number itself. Enter goes on. All other keys, Backspace and
// the arrows among them, do what they do in any form. Without this module nothing is missing
// but these keys.

const TEN_WITHIN = 600; // milliseconds between the "1" and the "0" of a ten
const HINTS = "keys-used";

let lastOne = { question: null, at: 0 };

function isTyping(target) {
  return target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])") || target.isContentEditable;
}

function inputs(question) {
  const item = question.dataset.item;
  return [...question.querySelectorAll("input, textarea")].filter(
    (input) => input.type !== "hidden" && (input.name === item || input.name === `none-${item}`),
  );
}

function isAnswered(question) {
  return inputs(question).some((input) => {
    return /^(radio|checkbox)$/.test(input.type) ? input.checked : input.value.trim() !== "";
  });
}

function asked(target) {
  const focused = target.closest(".question");
  if (focused) return focused;
  const all = [...document.querySelectorAll("main .question")];
  return all.find((question) => !isAnswered(question)) || (all.length === 1 ? all[0] : null);
}

function tiles(question) {
  return inputs(question).filter((input) => input.matches(".tile__input") && input.name === question.dataset.item);
}

function valueOnScale(question, digit, now) {
  const isTen = digit === "0" && lastOne.question === question && now - lastOne.at <= TEN_WITHIN;
  const codes = tiles(question);
  const ten = codes.find((input) => input.value === "10");
  return isTen && ten ? ten : codes.find((input) => input.value === digit);
}

function choose(input) {
  input.click();
  input.focus();
}

// A question that is answered with a typed number gets the digit in its field.
function type(question) {
  const field = inputs(question).find((input) => input.matches("[inputmode]"));
  if (!field) return;
  field.focus();
  field.select();
}

function onDigit(event) {
  const question = asked(event.target);
  if (!question) return;
  const isScale = question.dataset.type === "scale";
  const codes = tiles(question);
  if (codes.length === 0) {
    type(question);
    return;
  }
  const found = isScale ? valueOnScale(question, event.key, event.timeStamp) : codes[Number(event.key) - 1];
  lastOne = { question: event.key === "1" ? question : null, at: event.timeStamp };
  if (!found) return;
  event.preventDefault();
  if (found.type !== "radio" || !found.checked) choose(found);
  else found.focus();
}

function onEnter(event) {
  if (event.target.closest("a, button, summary, input")) return;
  const forward = document.querySelector("main .actions__next");
  if (!forward) return;
  event.preventDefault();
  forward.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.isComposing || event.keyCode === 229) return;
  if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
  document.documentElement.classList.add(HINTS);
  if (/^[0-9]$/.test(event.key)) onDigit(event);
  else if (event.key === "Enter" && !event.shiftKey) onEnter(event);
});

document.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "touch") document.documentElement.classList.remove(HINTS);
});
