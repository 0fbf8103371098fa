// Makes the drawn ruler of a visual analogue question a slider that follows the number beside it.
// The number field is what is sent; without this module it is typed. No value is set before the
// person touches the ruler, a step button, a key or the field.

const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };

function isHold(target) {
  return target.matches(".ruler__grip, .ruler__hand");
}

class Analogue {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input");
    this.ruler = root.querySelector("svg");
    this.tube = root.querySelector(".ruler__tube");
    this.hand = root.querySelector(".ruler__hand");
    this.fill = root.querySelector(".ruler__fill");
    this.low = Number(root.dataset.low);
    this.high = Number(root.dataset.high);
    this.dragging = false;
    this.held = false;
    this.makeSlider();
    this.listen();
    this.draw();
  }

  get value() {
    const typed = this.input.value.normalize("NFKC").trim();
    const number = Number(typed);
    const valid = typed !== "" && Number.isInteger(number) && number >= this.low && number <= this.high;
    return valid ? number : null;
  }

  makeSlider() {
    const attributes = {
      role: "slider",
      tabindex: "0",
      "aria-orientation": "vertical",
      "aria-valuemin": this.low,
      "aria-valuemax": this.high,
      "aria-labelledby": this.root.dataset.label,
      "aria-describedby": this.root.dataset.ends,
    };
    for (const [name, value] of Object.entries(attributes)) this.ruler.setAttribute(name, value);
    this.ruler.removeAttribute("aria-hidden");
    this.root.classList.add("analogue--live");
    this.root.querySelector(".analogue__steps").hidden = false;
  }

  listen() {
    for (const kind of ["input", "answer-filled"]) this.input.addEventListener(kind, () => this.draw());
    this.ruler.addEventListener("keydown", (event) => this.onKey(event));
    this.ruler.addEventListener("pointerdown", (event) => this.onDown(event));
    this.ruler.addEventListener("click", (event) => this.onTap(event));
    this.ruler.addEventListener("touchstart", (event) => this.onTouch(event), { passive: false });
    this.ruler.addEventListener("pointermove", (event) => this.onMove(event));
    this.ruler.addEventListener("pointerup", () => this.onUp());
    this.ruler.addEventListener("pointercancel", () => this.onUp());
    for (const button of this.root.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
  }

  onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in KEYS) this.step(KEYS[event.key]);
    else if (event.key === "Home") this.choose(this.low, true);
    else if (event.key === "End") this.choose(this.high, true);
    else return;
    event.preventDefault();
  }

  // A finger takes hold of the tube at once. Beside the tube it may be scrolling the page: there
  // only a tap counts, which the browser reports as a click.
  onDown(event) {
    this.held = false;
    if (event.button !== 0 || (event.pointerType === "touch" && !isHold(event.target))) return;
    this.dragging = true;
    this.ruler.setPointerCapture(event.pointerId);
    this.choose(this.valueAt(event.clientY), false);
  }

  // The page does not scroll while the hand is held.
  onTouch(event) {
    if (isHold(event.target)) event.preventDefault();
  }

  onMove(event) {
    if (this.dragging) this.choose(this.valueAt(event.clientY), false);
  }

  onUp() {
    if (!this.dragging) return;
    this.dragging = false;
    this.held = true;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  onTap(event) {
    if (!this.held) this.choose(this.valueAt(event.clientY), true);
    this.held = false;
  }

  valueAt(clientY) {
    const box = this.tube.getBoundingClientRect();
    return Math.round(this.high - ((clientY - box.top) / box.height) * (this.high - this.low));
  }

  step(by) {
    const middle = Math.round((this.low + this.high) / 2);
    this.choose(this.value === null ? middle : this.value + by, true);
  }

  choose(value, done) {
    this.input.value = String(Math.min(this.high, Math.max(this.low, value)));
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    if (done) this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    const value = this.value;
    const shown = value === null ? this.low : value;
    const y = (100 * (this.high - shown)) / (this.high - this.low);
    this.hand.setAttribute("cy", `${y}%`);
    this.hand.setAttribute("visibility", value === null ? "hidden" : "visible");
    this.fill.setAttribute("y", `${y}%`);
    this.fill.setAttribute("height", value === null ? "0%" : `${100 - y}%`);
    this.ruler.setAttribute("aria-valuenow", shown);
    this.ruler.setAttribute("aria-valuetext", value === null ? this.root.dataset.unanswered : value);
  }
}

function setUp() {
  for (const root of document.querySelectorAll("[data-analogue]:not(.analogue--live)")) new Analogue(root);
}

document.addEventListener("page-shown", setUp);
setUp();
