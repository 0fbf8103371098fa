// Reads and fills the questions of a page, and says what is wrong with an answer. What counts as an
// answer is the server's to decide (qol_app/domain/answers.py); this says it before it is sent.

const WHOLE = /^[+-]?[0-9]{1,15}$/;
const DECIMAL = /^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$/;

function controls(question, item) {
  return Array.from(question.querySelectorAll("input, textarea")).filter(
    (control) => control.name === item.id,
  );
}

function refusals(question, item) {
  return Array.from(question.querySelectorAll(`input[name="none-${item.id}"]`));
}

// Returns { value, noAnswer } or { problem } with the remedy.
export function read(question, item) {
  const refused = refusals(question, item).find((box) => box.checked);
  const value = readValue(controls(question, item), item);
  if (value === undefined) return { problem: item.remedy };
  if (value !== null) return { value, noAnswer: null };
  return { value: null, noAnswer: refused ? refused.value : null };
}

function readValue(inputs, item) {
  if (item.type === "one_of" || item.type === "scale") {
    const chosen = inputs.find((input) => input.checked);
    return chosen ? Number(chosen.value) : null;
  }
  if (item.type === "several_of") {
    const chosen = inputs.filter((input) => input.checked).map((input) => Number(input.value));
    return chosen.length ? chosen.sort((one, other) => one - other) : null;
  }
  const text = inputs[0].value;
  if (item.type === "text") return text.trim() === "" ? null : text.replace(/\r\n?/g, "\n");
  return readNumber(text, item);
}

function readNumber(typed, item) {
  const text = typed.normalize("NFKC").trim().replace(/。/g, ".");
  if (text === "") return null;
  if (!(item.type === "number" ? DECIMAL : WHOLE).test(text)) return undefined;
  const value = Number(text);
  const isInside =
    (item.low === null || value >= item.low) && (item.high === null || value <= item.high);
  const digits = (text.split(".")[1] || "").replace(/0+$/, "").length;
  return isInside && digits <= item.decimals ? value : undefined;
}

export function fill(question, item, said) {
  const inputs = controls(question, item);
  for (const input of inputs) {
    if (input.type === "radio") input.checked = said.value !== null && Number(input.value) === said.value;
    else if (input.type === "checkbox") {
      input.checked = Array.isArray(said.value) && said.value.includes(Number(input.value));
    } else input.value = said.value === null ? "" : String(said.value);
    input.dispatchEvent(new Event("answer-filled"));
  }
  for (const box of refusals(question, item)) box.checked = box.value === said.noAnswer;
}

export function showProblem(question, item, problem, errorWord) {
  clearProblem(question, item);
  const line = document.createElement("p");
  line.className = "field__error";
  line.id = `${item.id}-error`;
  const label = document.createElement("span");
  label.className = "visually-hidden";
  label.textContent = `${errorWord} `;
  line.append(label, problem);
  const body = question.querySelector(".answer__body");
  body.parentNode.insertBefore(line, body);
  const target = controls(question, item)[0];
  target.setAttribute("aria-invalid", "true");
  describe(target, line.id, true);
  target.focus();
}

export function clearProblem(question, item) {
  const line = question.querySelector(".field__error");
  if (line) line.remove();
  const target = controls(question, item)[0];
  if (!target) return;
  target.removeAttribute("aria-invalid");
  describe(target, `${item.id}-error`, false);
}

function describe(target, id, isOn) {
  const ids = (target.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
  const kept = ids.filter((each) => each !== id).concat(isOn ? [id] : []);
  if (kept.length) target.setAttribute("aria-describedby", kept.join(" "));
  else target.removeAttribute("aria-describedby");
}
