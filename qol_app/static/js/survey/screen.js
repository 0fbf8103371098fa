// What is on the screen: one page of questions, or the last page before sending.

import { clearProblem, fill, read, showProblem } from "./fields.js";

export class Screen {
  constructor(form, pack) {
    this.form = form;
    this.pack = pack;
    this.holder = form.querySelector("[data-page]");
    this.next = form.querySelector(".actions__next");
    this.back = form.querySelector(".actions__back");
    this.nextWords = this.next.textContent;
    this.note = form.querySelector("[data-note]");
    this.note.textContent = pack.texts.elsewhere;
    this.page = null;
    // Who helped, once that was chosen on the last page; it may be left and come back to.
    this.helper = null;
  }

  question(item) {
    return this.holder.querySelector(`.question[data-item="${item.id}"]`);
  }

  isComplete(page) {
    return page.items.every((item) => this.question(item));
  }

  show(page, walk) {
    this.page = page;
    this.holder.innerHTML = page.html;
    this.fill(walk);
    this.refresh(walk);
    this.begin();
  }

  // The questions where something stands that nobody has saved yet: someone is typing there.
  touched(walk) {
    const items = this.page ? this.page.items : [];
    return items.filter((item) => {
      const given = this.glance(item);
      return Boolean(given.problem) || walk.isNews(this.page.instrument, item.id, given);
    });
  }

  fill(walk, touched = []) {
    for (const item of this.page.items.filter((each) => !touched.includes(each))) {
      fill(this.question(item), item, walk.said(this.page.instrument, item.id));
    }
  }

  // Draws again what depends on the answers: hidden questions, the place in the whole.
  refresh(walk) {
    this.note.hidden = walk.isWhole;
    if (!this.page) return;
    const shown = new Set(walk.shown(this.page));
    for (const item of this.page.items) {
      const question = this.question(item);
      if (question) question.hidden = !shown.has(item.id);
    }
    const pages = walk.visiblePages();
    this.progress(pages.indexOf(this.page) + 1, pages.length);
    this.time(walk, pages.slice(pages.indexOf(this.page)), pages);
    this.next.textContent = this.nextWords;
    this.back.hidden = !walk.before(this.page);
  }

  progress(number, total) {
    const words = this.pack.texts.of.replace("{number}", number).replace("{total}", total);
    const progress = document.querySelector(".progress");
    progress.hidden = false;
    progress.querySelector("b").textContent = words;
    const bar = progress.querySelector("progress");
    bar.max = total;
    bar.value = number;
    document.title = words;
  }

  // The same rule as the server's (qol_app/domain/durations.py).
  time(walk, ahead, all) {
    const words = document.querySelector("[data-minutes]");
    const typical = Number(this.form.dataset.typical || 0);
    const count = (pages) => pages.reduce((sum, page) => sum + walk.shown(page).length, 0);
    if (!typical || count(all) === 0) words.textContent = "";
    else {
      const left = Math.max(1, Math.ceil((typical * count(ahead)) / count(all)));
      words.textContent = this.pack.texts.minutes[Math.min(left, this.pack.texts.minutes.length) - 1];
    }
  }

  begin() {
    window.scrollTo(0, 0);
    const heading = this.holder.querySelector("h1");
    if (heading) {
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
    }
    document.dispatchEvent(new CustomEvent("page-shown", { detail: { root: this.holder } }));
  }

  // Returns the answers of the shown questions, or null after showing what is wrong.
  readAll(walk) {
    const shown = new Set(walk.shown(this.page));
    const found = [];
    for (const item of this.page.items.filter((each) => shown.has(each.id))) {
      const given = this.read(item);
      if (!given) return null;
      found.push({ item, given });
    }
    return found;
  }

  read(item) {
    const question = this.question(item);
    const given = read(question, item);
    if (given.problem) {
      showProblem(question, item, given.problem, this.pack.texts.error);
      return null;
    }
    clearProblem(question, item);
    return given;
  }

  // What the question says now, without a word about mistakes: people may still be typing.
  glance(item) {
    return read(this.question(item), item);
  }

  showEnd(walk, onChoose) {
    const blanks = walk.blanks();
    this.page = null;
    this.note.hidden = walk.isWhole;
    this.holder.innerHTML = this.pack.end;
    document.querySelector(".progress").hidden = true;
    document.title = this.pack.texts.title_end;
    this.next.textContent = this.holder.querySelector("[data-send]").textContent;
    this.back.hidden = false;
    const section = this.holder.querySelector("[data-blanks]");
    section.hidden = blanks.length === 0;
    this.holder.querySelector("[data-complete]").hidden = blanks.length > 0 || !walk.isWhole;
    if (blanks.length) this.listBlanks(section, blanks, onChoose);
    const chosen = this.holder.querySelector(`#helper-${this.helper}`);
    if (chosen) chosen.checked = true;
    this.begin();
  }

  listBlanks(section, blanks, onChoose) {
    const words = this.pack.texts.empty;
    section.querySelector("h2").textContent = words[Math.min(blanks.length, words.length) - 1];
    const row = this.holder.querySelector("[data-row]");
    for (const { page, item } of blanks) {
      const line = row.content.cloneNode(true);
      line.querySelector("p").textContent = item.question;
      const link = line.querySelector("a");
      link.href = page.url;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        onChoose(page);
      });
      section.querySelector("ul").append(line);
    }
  }

  showKept() {
    this.page = null;
    this.note.hidden = true;
    this.holder.textContent = "";
    const heading = document.createElement("h1");
    heading.textContent = this.pack.texts.kept;
    const more = document.createElement("p");
    more.className = "lead";
    more.textContent = this.pack.texts.kept_more;
    this.holder.append(heading, more);
    document.querySelector(".progress").hidden = true;
    this.form.querySelector(".actions").hidden = true;
    const notToday = document.querySelector("[data-not-today]");
    if (notToday) notToday.hidden = true;
    document.title = heading.textContent;
    this.begin();
  }
}
