// Sends what waits on this device, again and again until the server says that it has it. A piece is
// erased only then. The server knows a resend by its id, so nothing counts twice.

const PATIENCE = 10000;
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000];
const MOST = 200;

function answersIn(kept) {
  return kept.filter(({ piece }) => piece.answer && !piece.answer.seen).length;
}

export class Outbox {
  constructor(vault, address, visit) {
    this.vault = vault;
    this.address = address;
    this.visit = visit;
    this.listeners = [];
    // The ids of answers that the server has said it has.
    this.arrived = new Set();
    // `pieces` wait on this device, `answers` of them are answers.
    this.state = {
      pieces: 0,
      answers: 0,
      isSending: false,
      isFailing: false,
      savedAt: null,
      isFinished: false,
    };
    this.tries = 0;
    this.timer = null;
    this.running = null;
    window.addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.state.pieces > 0) this.flush();
    });
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  change(values) {
    this.state = { ...this.state, ...values };
    for (const listener of this.listeners) listener(this.state);
  }

  async add(pieces) {
    for (const piece of pieces) await this.vault.add(piece);
    await this.count();
    this.flush();
  }

  async count() {
    const kept = await this.vault.all();
    this.change({ pieces: kept.length, answers: answersIn(kept) });
    return kept;
  }

  // Resolves once everything was sent or an attempt has failed.
  flush() {
    clearTimeout(this.timer);
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async run() {
    do {
      this.again = false;
      const kept = await this.count();
      this.change({ isSending: kept.length > 0 });
      if (kept.length > 0 && !(await this.sendAll(kept))) {
        this.change({ isSending: false, isFailing: true });
        this.later();
        return;
      }
    } while (this.again || this.state.pieces > 0);
    this.tries = 0;
    this.change({ isSending: false, isFailing: false });
  }

  later() {
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
    this.tries += 1;
    this.timer = setTimeout(() => this.flush(), pause);
  }

  // Each survey's pieces go with its own ticket; one that fails does not hold back the others.
  async sendAll(kept) {
    const surveys = new Map();
    for (const each of kept) {
      const known = surveys.get(each.piece.visit) || [];
      surveys.set(each.piece.visit, known.concat(each));
    }
    let allSent = true;
    for (const pieces of surveys.values()) {
      if (!(await this.send(pieces.slice(0, MOST), pieces.length <= MOST))) allSent = false;
    }
    return allSent;
  }

  async send(kept, isComplete) {
    const answers = kept.filter((each) => each.piece.answer).map((each) => each.piece.answer);
    const finish = kept.map((each) => each.piece.finish).find(Boolean);
    // The newest ticket, in case an older one has passed its time.
    const ticket = kept[kept.length - 1].piece.ticket;
    const body = { ticket, sent_at: new Date().toISOString(), answers };
    if (finish && isComplete) body.finish = finish;
    const receipt = await this.post(body);
    if (!receipt) return false;
    const received = new Set(receipt.received);
    for (const id of received) this.arrived.add(id);
    const gone = kept.filter(({ piece }) =>
      piece.answer ? received.has(piece.answer.id) : Boolean(body.finish),
    );
    await this.vault.remove(gone.map((each) => each.number));
    await this.count();
    if (kept[0].piece.visit === this.visit) {
      this.change({
        savedAt: receipt.at,
        isFinished: receipt.finished || Boolean(body.finish),
      });
    }
    return true;
  }

  async post(body) {
    const abort = new AbortController();
    const timeout = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const response = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body),
        credentials: "same-origin",
        signal: abort.signal,
      });
      // A hotel's or hospital's sign-in page may answer in the server's place.
      const receipt = response.ok ? await response.json() : null;
      return receipt && Array.isArray(receipt.received) ? receipt : null;
    } catch (error) {
      return null;
    } finally {
      clearTimeout(timeout);
    }
  }
}
