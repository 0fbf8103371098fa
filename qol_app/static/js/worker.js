// Opens the survey where there is no connection: the empty page, its files, and the pack of
// questions. No answer is ever kept here. With a connection the server always comes first.

const KEPT = "qol-survey";
const PATIENCE = 5000;
const SHELL = new URL("shell-address", self.location).href;
const ANY = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data && event.data.keep) event.waitUntil(keep(event.data));
});

// Everything is fetched before anything is changed: half a survey would open nothing.
async function keep({ keep: addresses, shell }) {
  const fetched = await Promise.all(
    addresses.map(async (address) => {
      const response = await fetch(address, { credentials: "same-origin" });
      if (!response.ok) throw new Error("not to be had");
      return [new URL(address, self.location).href, response];
    }),
  );
  const cache = await caches.open(KEPT);
  for (const [address, response] of fetched) await cache.put(address, response);
  await cache.put(SHELL, new Response(shell));
  const wanted = new Set([...fetched.map(([address]) => address), SHELL]);
  for (const old of await cache.keys()) if (!wanted.has(old.url)) await cache.delete(old);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  // The buttons of the server's last page; its shorter copy on the device has the same ones.
  if (request.mode === "navigate" && url.pathname.endsWith("/survey/review") && request.method === "POST") {
    event.respondWith(fetch(request).catch(async () => (await openShell()) || Response.error()));
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fromServer(request, openShell));
  else if (url.pathname.startsWith("/static/")) event.respondWith(fromCache(request));
  else if (url.pathname.endsWith("/survey/pack")) {
    event.respondWith(fromServer(request, () => caches.match(request, ANY)));
  }
});

async function fromCache(request) {
  return (await caches.match(request, ANY)) || fetch(request);
}

async function fromServer(request, otherwise) {
  let response = null;
  try {
    response = await inTime(fetch(request));
  } catch (error) {
    response = await otherwise();
  }
  return response || Response.error();
}

// A line that swallows everything and answers nothing counts as no line.
function inTime(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), PATIENCE);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function openShell() {
  const address = await caches.match(SHELL);
  return address ? caches.match(await address.text(), ANY) : null;
}
