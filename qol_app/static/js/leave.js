// On the last page: sends what still waits, then erases everything that the survey kept here. What
// has not arrived is never erased; it stays encrypted and is sent from any later page.

import { Outbox } from "./survey/outbox.js";
import { openVault } from "./survey/vault.js";

const PAUSE = 15000;
const AFTERWARDS = 3000;

async function leave() {
  const vault = await openVault();
  const outbox = new Outbox(vault, document.body.dataset.answers, null);
  await outbox.flush();
  const left = await outbox.count();
  const note = document.querySelector("[data-waiting]");
  if (note) note.hidden = left.length === 0;
  if (left.length > 0) {
    setTimeout(leave, PAUSE);
    return;
  }
  await vault.erase();
  await forget();
  // A page that was left while it was starting may still have asked for the worker.
  setTimeout(forget, AFTERWARDS);
}

async function forget() {
  if (window.caches) await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  if (!("serviceWorker" in navigator)) return;
  const registrations = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registrations.map((registration) => registration.unregister()));
}

leave();
