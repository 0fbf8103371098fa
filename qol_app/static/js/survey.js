// Goes from page to page on the device itself, saves each answer as it is given, and goes on without
// a connection. Where this cannot start, the page stays a plain form that the server turns.

import "./aloud.js";
import "./analogue.js";
import "./exclusive.js";
import "./keys.js";
import "./no-answer.js";
import { keepForOffline } from "./survey/keeper.js";
import { Outbox } from "./survey/outbox.js";
import { SaveLine } from "./survey/saveline.js";
import { Screen } from "./survey/screen.js";
import { openVault, randomId } from "./survey/vault.js";
import { Walk } from "./survey/walk.js";

const PATIENCE = 5000;
const TYPING = 1200;
const LAST_WAIT = 4000;

async function fetchJson(address) {
  const abort = new AbortController();
  const timeout = setTimeout(() => abort.abort(), PATIENCE);
  try {
    const response = await fetch(address, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      signal: abort.signal,
    });
    return { status: response.status, data: response.ok ? await response.json() : null };
  } catch (error) {
    return { status: 0, data: null };
  } finally {
    clearTimeout(timeout);
  }
}

class Survey {
  constructor(form, pack, vault) {
    this.form = form;
    this.urls = form.dataset;
    this.pack = pack;
    this.walk = new Walk(pack);
    this.screen = new Screen(form, pack);
    this.line = new SaveLine(document.getElementById("save-line"), pack.texts, vault.isDurable);
    this.outbox = new Outbox(vault, this.urls.answers, this.urls.visit);
    this.outbox.listen((state) => this.onOutbox(state));
    this.isReviewing = "reviewing" in this.urls;
    this.isEnding = false;
    this.isLeaving = false;
  }

  async start(state) {
    if (state) this.walk.merge(state, this.outbox.arrived);
    const kept = await this.recall();
    this.line.start();
    this.listen();
    if (kept.some(({ piece }) => piece.finish)) this.showKept();
    else this.open(kept.length > 0);
    this.form.dataset.live = "yes";
    await this.outbox.count();
    this.outbox.flush();
  }

  // Brings back what an earlier visit to this page left on the device.
  async recall() {
    const kept = (await this.outbox.vault.all()).filter(
      ({ piece }) => piece.visit === this.urls.visit,
    );
    for (const { piece } of kept) if (piece.answer) this.walk.recall(piece.answer);
    return kept;
  }

  open(hasKept) {
    const page = this.pageAt(location.pathname);
    if (!page) return this.showEnd();
    const isShell = "shell" in this.urls;
    const isSeen = this.walk.shown(page).every((item) => this.walk.said(page.instrument, item).isSeen);
    const mayMove = hasKept && this.walk.isWhole && !this.isReviewing;
    if (mayMove && isSeen) return this.go(this.walk.firstUnseen() || page);
    if (isShell || hasKept || !this.screen.isComplete(page)) return this.replace(page);
    this.screen.page = page;
    this.screen.refresh(this.walk);
    return undefined;
  }

  // Puts the whole page in the place of what the server showed, with what was chosen meanwhile.
  replace(page) {
    this.screen.page = page;
    for (const item of page.items) if (this.screen.question(item)) this.keep(item);
    this.screen.show(page, this.walk);
  }

  pageAt(path) {
    return this.pack.pages.find((page) => page.url === path) || null;
  }

  listen() {
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    this.form.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=go]");
      if (button) this.pressed = button.value;
    });
    this.form.addEventListener("change", (event) => this.onChange(event.target));
    this.form.addEventListener("input", (event) => this.onInput(event.target));
    window.addEventListener("popstate", () => this.onTravel());
    window.addEventListener("pageshow", (event) => event.persisted && this.catchUp());
    document.addEventListener("visibilitychange", () => !document.hidden && this.catchUp());
    window.addEventListener("beforeunload", (event) => this.onLeaving(event));
  }

  // Another device may have answered meanwhile; what waits here is newer.
  async catchUp() {
    const arrived = new Set(this.outbox.arrived);
    const { data } = await fetchJson(this.urls.state);
    if (!data) return;
    await this.recall();
    const touched = this.screen.touched(this.walk);
    const wasWhole = this.walk.isWhole;
    this.walk.merge(data, arrived);
    if (!wasWhole && this.screen.page) this.screen.fill(this.walk, touched);
    this.screen.refresh(this.walk);
  }

  onLeaving(event) {
    if (this.outbox.vault.isDurable || this.outbox.state.answers === 0) return;
    event.preventDefault();
    event.returnValue = "";
  }

  itemOf(target) {
    const question = target.closest(".question");
    if (!question || !this.screen.page) return null;
    return this.screen.page.items.find((item) => item.id === question.dataset.item) || null;
  }

  onChange(target) {
    clearTimeout(this.typing);
    if (target.name === "helper") this.screen.helper = target.value;
    const item = this.itemOf(target);
    if (item) this.keep(item);
  }

  onInput(target) {
    const item = this.itemOf(target);
    if (!item || ["radio", "checkbox"].includes(target.type)) return;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.keep(item), TYPING);
  }

  // Saves one answer if it says something new.
  keep(item) {
    const given = this.screen.glance(item);
    if (!given.problem && this.isNews(item, given)) this.send([this.answer(item, given, false)]);
    this.screen.refresh(this.walk);
  }

  isNews(item, given) {
    return this.walk.isNews(this.screen.page.instrument, item.id, given);
  }

  answer(item, given, isMark) {
    const { page } = this.screen;
    return {
      id: randomId(),
      instrument: page.instrument,
      form: this.walk.forms.get(page.instrument).hash,
      wording: page.wording,
      item: item.id,
      value: given.value,
      no_answer: given.noAnswer,
      seen: isMark,
      at: new Date().toISOString(),
    };
  }

  send(answers) {
    for (const answer of answers) this.walk.put(answer);
    const { visit, ticket } = this.urls;
    return this.outbox.add(answers.map((answer) => ({ visit, ticket, answer })));
  }

  onSubmit(event) {
    event.preventDefault();
    const pressed = event.submitter ? event.submitter.value : this.pressed || "next";
    this.pressed = null;
    if (!this.screen.page) this.onEnd(pressed);
    else if (pressed === "back") this.goBack();
    else this.goOn();
  }

  goOn() {
    const given = this.screen.readAll(this.walk);
    if (!given) return;
    const news = given.filter(({ item, given: one }) => this.isNews(item, one));
    const marks = given.filter(
      ({ item, given: one }) =>
        one.value === null && !one.noAnswer && !this.walk.said(this.screen.page.instrument, item.id).isSeen,
    );
    this.send([
      ...news.map(({ item, given: one }) => this.answer(item, one, false)),
      ...marks.map(({ item, given: one }) => this.answer(item, one, true)),
    ]);
    const after = this.isReviewing ? null : this.walk.after(this.screen.page);
    if (after) this.go(after);
    else this.toReview();
  }

  goBack() {
    for (const item of this.screen.page.items) this.keep(item);
    const before = this.walk.before(this.screen.page);
    if (before) this.go(before);
  }

  go(page) {
    this.isReviewing = false;
    if (location.pathname !== page.url) history.pushState(null, "", page.url);
    this.screen.show(page, this.walk);
  }

  onTravel() {
    const page = this.pageAt(location.pathname);
    if (page) this.screen.show(page, this.walk);
    else location.reload();
  }

  // The server's own page lists everything; without a connection there is a shorter one.
  async toReview() {
    await Promise.race([this.outbox.flush(), new Promise((done) => setTimeout(done, LAST_WAIT))]);
    const { pieces, isFinished } = this.outbox.state;
    if (isFinished) return;
    if (pieces === 0 && (await fetchJson(this.urls.state)).data) location.assign(this.urls.review);
    else this.showEnd();
  }

  showEnd() {
    if (location.pathname !== this.urls.review) history.pushState(null, "", this.urls.review);
    this.screen.showEnd(this.walk, (page) => this.go(page));
  }

  async onEnd(pressed) {
    const pages = this.walk.visiblePages();
    if (pressed === "back") return this.go(pages[pages.length - 1]);
    const { visit, ticket } = this.urls;
    const helper = this.form.querySelector("input[name=helper]:checked");
    const finish = { at: new Date().toISOString(), helper: helper ? helper.value : null };
    this.showKept();
    return this.outbox.add([{ visit, ticket, finish }]);
  }

  showKept() {
    this.isEnding = true;
    this.screen.showKept();
  }

  onOutbox(state) {
    this.line.show(state);
    if (state.savedAt && !state.isFailing && !this.walk.isWhole && !this.isEnding) this.catchUp();
    if (state.isFinished && state.pieces === 0 && !this.isLeaving) {
      this.isLeaving = true;
      location.replace(this.urls.thanks);
    }
  }
}

async function begin(form) {
  const [pack, state] = await Promise.all([
    fetchJson(form.dataset.pack),
    fetchJson(form.dataset.state),
  ]);
  // The server refuses (sent meanwhile, over, signed out): its own pages say why.
  if (!pack.data || state.status >= 400) return;
  const survey = new Survey(form, pack.data, await openVault());
  await survey.start(state.data);
  keepForOffline(form.dataset);
}

const form = document.querySelector("form[data-survey]");
if (form) begin(form);
