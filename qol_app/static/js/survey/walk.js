// Which questions and pages are shown under the answers: the same rules as the server's
// (qol_app/domain/answers.py); a test holds the two against each other.

export function visibleItems(form, answers, items) {
  const isShown = (item) =>
    form.skips
      .filter((rule) => rule.items.includes(item))
      .every((rule) => shows(rule, answers) && isShown(rule.item));
  return items.filter(isShown);
}

function shows(rule, answers) {
  const answer = answers[rule.item];
  const chosen = Array.isArray(answer) ? answer : [answer];
  return chosen.some((value) => rule.values.includes(value));
}

// The answers of a whole visit, by instrument, and the walk through its pages.
export class Walk {
  constructor(pack) {
    this.pages = pack.pages;
    this.forms = new Map(pack.forms.map((form) => [form.instrument, form]));
    this.answers = {};
    this.noAnswers = {};
    // The last answer to each item that was given on this device, until the server had it.
    this.own = new Map();
    // Whether the server has said what was answered before; if not, an item may be answered there.
    this.isWhole = false;
    for (const form of pack.forms) {
      this.answers[form.instrument] = {};
      this.noAnswers[form.instrument] = {};
    }
  }

  // Takes the server's word, but for answers given here that it did not have when it was asked.
  merge(state, arrived) {
    this.isWhole = true;
    for (const instrument of this.forms.keys()) {
      Object.assign(this.answers[instrument], state.answers[instrument] || {});
      this.noAnswers[instrument] = { ...(state.no_answers[instrument] || {}) };
    }
    for (const [key, answer] of this.own) {
      if (arrived.has(answer.id)) this.own.delete(key);
      else this.lay(answer);
    }
  }

  put(answer) {
    if (!this.forms.has(answer.instrument)) return;
    if (this.lay(answer)) this.own.set(`${answer.instrument} ${answer.item}`, answer);
  }

  // Takes back in what waits on the device, unless something later was given here meanwhile.
  recall(answer) {
    const own = this.own.get(`${answer.instrument} ${answer.item}`);
    if (!own || own.at <= answer.at) this.put(answer);
  }

  lay(answer) {
    const isKnown = answer.item in this.answers[answer.instrument];
    if (answer.seen && isKnown) return false;
    this.answers[answer.instrument][answer.item] = answer.value;
    delete this.noAnswers[answer.instrument][answer.item];
    if (answer.no_answer) this.noAnswers[answer.instrument][answer.item] = answer.no_answer;
    return true;
  }

  // Whether this says something else than what was said before.
  isNews(instrument, item, given) {
    const said = this.said(instrument, item);
    if (!said.isSeen) return given.value !== null || Boolean(given.noAnswer);
    return (
      JSON.stringify(said.value) !== JSON.stringify(given.value) || said.noAnswer !== given.noAnswer
    );
  }

  said(instrument, item) {
    const value = this.answers[instrument][item];
    return {
      isSeen: item in this.answers[instrument],
      value: value === undefined ? null : value,
      noAnswer: this.noAnswers[instrument][item] || null,
    };
  }

  shown(page) {
    const ids = page.items.map((item) => item.id);
    return visibleItems(this.forms.get(page.instrument), this.answers[page.instrument], ids);
  }

  visiblePages() {
    return this.pages.filter((page) => this.shown(page).length > 0);
  }

  after(page) {
    return this.visiblePages().find((each) => this.place(each) > this.place(page)) || null;
  }

  before(page) {
    const earlier = this.visiblePages().filter((each) => this.place(each) < this.place(page));
    return earlier[earlier.length - 1] || null;
  }

  place(page) {
    return this.pages.indexOf(page);
  }

  firstUnseen() {
    return (
      this.visiblePages().find((page) =>
        this.shown(page).some((item) => !this.said(page.instrument, item).isSeen),
      ) || null
    );
  }

  // Every shown question that is known to have no answer, with the page it is on.
  blanks() {
    const found = [];
    for (const page of this.visiblePages()) {
      const shown = new Set(this.shown(page));
      for (const item of page.items) {
        const said = this.said(page.instrument, item.id);
        const isEmpty = said.value === null && !said.noAnswer && (said.isSeen || this.isWhole);
        if (shown.has(item.id) && isEmpty) found.push({ page, item });
      }
    }
    return found;
  }
}
