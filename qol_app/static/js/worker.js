// Opens the survey where there is no connection: the empty page, its files, and the pack of
// questions. No answer is ever kept here. With a connection the server always comes first.

const KEPT = "qol-survey";
const PATIENCE = 5000;
const ANY = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data && event.data.keep) event.waitUntil(keep(event.data));
});

async function keep({ keep: addresses, shell }) {
  const cache = await caches.open(KEPT);
  const kept = await cache.keys();
  const wanted = new Set(addresses.map((address) => new URL(address, self.location).href));
  await Promise.all(kept.filter((old) => !wanted.has(old.url)).map((old) => cache.delete(old)));
  await Promise.all(
    addresses.map((address) =>
      fetch(address, { credentials: "same-origin" }).then((response) =>
        response.ok ? cache.put(address, response) : undefined,
      ),
    ),
  );
  await cache.put("shell-address", new Response(shell));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
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
  const address = await caches.match("shell-address");
  return address ? caches.match(await address.text(), ANY) : null;
}
