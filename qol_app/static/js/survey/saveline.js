// The line that says where the answers are. It never says more than is true.

export class SaveLine {
  constructor(element, texts, isDurable) {
    this.element = element;
    this.texts = texts;
    this.isDurable = isDurable;
  }

  start() {
    this.say("quiet", this.isDurable ? this.texts.ready : this.texts.online_only);
  }

  show(state) {
    const isSaving = state.pieces > 0 && !state.isFailing;
    // A screen reader waits for the outcome instead of reading "Saving" after each answer.
    this.element.setAttribute("aria-busy", String(isSaving));
    if (state.isFailing && state.answers > 0) this.sayWaiting(state.answers);
    else if (isSaving) this.say("quiet", this.texts.saving);
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
