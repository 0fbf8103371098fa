// On a shared tablet: asks whether somebody is still there, and locks it when nobody answers, when
// the patient gives it back, and a moment after the last page. Without this module the buttons
// lock it all the same, and the server ends a hand-over after 15 minutes without an answer.

const root = document.querySelector("[data-tablet]");
const question = root.querySelector("[data-tablet-question]");
const cover = root.querySelector("[data-tablet-cover]");
const left = root.querySelector("[data-tablet-left]");
const stay = root.querySelector("[data-tablet-stay]");
const IDLE = Number(root.dataset.idle) * 1000;
const WARNING = Number(root.dataset.warning) * 1000;
const TRY_AGAIN = 5000;

let touched = Date.now();
let doneSince = null;
let isLocking = false;
let focusBefore = null;

function pause(time) {
  return new Promise((resolve) => setTimeout(resolve, time));
}

function touch() {
  if (isLocking) return;
  touched = Date.now();
  if (!question.hidden) closeQuestion();
}

function ask(remaining) {
  if (question.hidden) {
    focusBefore = document.activeElement;
    question.hidden = false;
    stay.focus();
  }
  left.textContent = String(Math.ceil(remaining / 1000));
}

function closeQuestion() {
  question.hidden = true;
  if (focusBefore && focusBefore.isConnected) focusBefore.focus();
}

// What was on the page goes at once: the line may be down, and the lock page far away. What opens
// the survey without a line goes too, so that nobody comes back to it by reloading; answers that
// wait stay encrypted and are sent from the next page.
function clear() {
  if (window.caches) caches.delete("qol-survey");
  question.hidden = true;
  for (const element of document.body.children) {
    if (element !== root) element.hidden = true;
  }
  cover.hidden = false;
}

async function send(how) {
  const answer = await fetch(root.dataset.lock, {
    method: "POST",
    body: new URLSearchParams({ how }),
    redirect: "manual",
    credentials: "same-origin",
  });
  if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status));
}

async function lock(how) {
  if (isLocking) return;
  isLocking = true;
  clear();
  for (;;) {
    try {
      await send(how);
      break;
    } catch (error) {
      await pause(TRY_AGAIN);
    }
  }
  location.replace(root.dataset.page);
}

// The page after sending has its own way to give the tablet back, and a clock.
function look() {
  const done = document.querySelector("[data-tablet-done]");
  const stop = document.querySelector('[data-tablet-lock="stop"]');
  if (stop) stop.hidden = done !== null;
  if (!done) doneSince = null;
  else if (doneSince === null) doneSince = Date.now();
  return done ? Number(done.dataset.tabletDone) * 1000 : null;
}

function tick() {
  if (isLocking || document.visibilityState !== "visible") return;
  const afterDone = look();
  if (afterDone !== null && Date.now() - doneSince >= afterDone) lock("done");
  const idle = Date.now() - touched;
  if (idle >= IDLE) lock("idle");
  else if (idle >= IDLE - WARNING && afterDone === null) ask(IDLE - idle);
}

for (const sign of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
  document.addEventListener(sign, touch, { capture: true, passive: true });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-tablet-lock]")) return;
  event.preventDefault();
  lock(event.target.dataset.tabletLock);
});

document.addEventListener("page-shown", look);
document.addEventListener("visibilitychange", tick);

// A page from the browser's memory belongs to whoever held the tablet then.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  clear();
  location.replace(root.dataset.page);
});

setInterval(tick, 1000);
look();
