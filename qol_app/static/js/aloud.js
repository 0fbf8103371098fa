// Reads a page's questions aloud by the device's own voice: question, hint, then each answer. What
// is being read is marked, word by word where the voice says where it is. Only voices that live
// on the device are used: with others the text would leave it. Where there is none for the page's
// language, the button stays hidden.

const READ = ".answer__legend, .answer__hint, .tile__label, .scale__end, .analogue__end, .no-answer__label";
const MARK = "is-read";
const synthesis = window.speechSynthesis;

let reading = null; // the parts still to be read, and the button that started it

// The tags that voices use for a page's language, best first. Simplified Chinese is spoken as
// Mandarin, and a voice may call that zh-CN, zh, cmn or cmn-Hans-CN.
function isSpoken(tag, language) {
  const voice = tag.replace(/_/g, "-").toLowerCase();
  const page = language.toLowerCase();
  if (page.startsWith("zh-hant")) return /^(zh-(tw|hk|mo|hant)|yue)\b/.test(voice);
  if (page.startsWith("zh")) return /^(zh|cmn)($|-(cn|sg|hans|cmn))/.test(voice);
  return voice.split("-")[0] === page.split("-")[0];
}

function voiceFor(language) {
  const own = synthesis.getVoices().filter((voice) => voice.localService && isSpoken(voice.lang, language));
  const page = language.toLowerCase();
  return own.find((voice) => voice.lang.toLowerCase() === page) || own.find((voice) => voice.default) || own[0];
}

function isShown(element) {
  return element.getClientRects().length > 0 && !element.closest(".scale__cells");
}

function parts() {
  return [...document.querySelectorAll("main .question")].flatMap((question) => {
    return [...question.querySelectorAll(READ)].filter(isShown);
  });
}

function texts(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

function unmark() {
  for (const element of document.querySelectorAll(`.${MARK}`)) element.classList.remove(MARK);
  if (window.CSS && CSS.highlights) CSS.highlights.delete("aloud");
}

// Marks the word at a place of the read text without touching the page's elements.
function markWord(element, start, length) {
  if (!window.CSS || !CSS.highlights || !length) return;
  let before = 0;
  for (const node of texts(element)) {
    const from = start - before;
    if (from >= 0 && from < node.data.length) {
      const range = new Range();
      range.setStart(node, from);
      range.setEnd(node, Math.min(from + length, node.data.length));
      CSS.highlights.set("aloud", new Highlight(range));
      return;
    }
    before += node.data.length;
  }
}

function lengthOfWord(text, start) {
  const word = /^\S+/.exec(text.slice(start));
  return word ? word[0].length : 0;
}

function show(element) {
  unmark();
  element.classList.add(MARK);
  element.scrollIntoView({ block: "nearest" });
}

function speak(run) {
  const element = run.parts.shift();
  if (!element) {
    stop();
    return;
  }
  const text = texts(element).map((node) => node.data).join("");
  const utterance = new SpeechSynthesisUtterance(text);
  const language = element.closest("[lang]").lang;
  utterance.voice = voiceFor(language) || run.voice;
  utterance.lang = utterance.voice.lang;
  utterance.rate = 0.9;
  utterance.onstart = () => reading === run && show(element);
  utterance.onboundary = (event) => {
    if (reading !== run || (event.name && event.name !== "word")) return;
    markWord(element, event.charIndex, event.charLength || lengthOfWord(text, event.charIndex));
  };
  utterance.onend = () => reading === run && speak(run);
  utterance.onerror = () => reading === run && stop();
  run.utterance = utterance; // kept, for a browser may drop one that nobody holds
  synthesis.speak(utterance);
}

function label(button, isReading) {
  if (!button.dataset.start) button.dataset.start = button.textContent;
  button.textContent = isReading ? button.dataset.stop : button.dataset.start;
  button.classList.toggle("aloud--reading", isReading);
}

function stop() {
  const run = reading;
  reading = null;
  if (run) label(run.button, false);
  if (synthesis) synthesis.cancel();
  unmark();
}

function start(button) {
  stop();
  const voice = voiceFor(document.documentElement.lang);
  if (!voice) return;
  reading = { button, voice, parts: parts() };
  label(button, true);
  speak(reading);
}

function offer() {
  const button = document.querySelector("[data-aloud]");
  if (button) button.hidden = !voiceFor(document.documentElement.lang);
}

function setUp() {
  if (reading) stop();
  offer();
}

if (synthesis && window.SpeechSynthesisUtterance) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-aloud]");
    if (!button) return;
    if (reading) stop();
    else start(button);
  });
  document.addEventListener("page-shown", setUp);
  document.addEventListener("submit", stop);
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  window.addEventListener("pagehide", stop);
  // Voices are often known only some time after the page.
  if (synthesis.addEventListener) synthesis.addEventListener("voiceschanged", offer);
  else synthesis.onvoiceschanged = offer;
  offer();
}
