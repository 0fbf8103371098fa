// The line that says where the answers are. It never says more than is true.

const SLOW = 700;

export class SaveLine {
  constructor(element, texts, isDurable) {
    this.element = element;
    this.texts = texts;
    this.isDurable = isDurable;
    this.timer = null;
  }

  start() {
    this.say("quiet", this.isDurable ? this.texts.ready : this.texts.online_only);
  }

  show(state) {
    clearTimeout(this.timer);
    if (state.isFailing && state.answers > 0) this.sayWaiting(state.answers);
    else if (state.pieces > 0) this.timer = setTimeout(() => this.say("quiet", this.texts.saving), SLOW);
    else if (state.savedAt) this.say("saved", this.texts.saved.replace("{time}", clock(state.savedAt)));
  }

  sayWaiting(count) {
    const sentences = this.isDurable ? this.texts.waiting : this.texts.unsaved;
    const sentence = sentences[Math.min(count, sentences.length) - 1];
    this.say(this.isDurable ? "waiting" : "failed", sentence);
  }

  say(kind, text) {
    this.element.className = `save-line save-line--${kind}`;
    // The same words again would be read out again.
    if (this.element.textContent !== text) this.element.textContent = text;
  }
}

function clock(instant) {
  const language = document.documentElement.lang;
  return new Date(instant).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}
