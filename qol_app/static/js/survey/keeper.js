// Asks the service worker to keep what is needed to open the survey again without a connection.

export function keepForOffline(urls) {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  navigator.serviceWorker
    .register(urls.worker, { scope: urls.scope })
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => {
      registration.active.postMessage({ keep: addresses(urls), shell: urls.shellPage });
    })
    .catch(() => {});
}

function addresses(urls) {
  const loaded = performance
    .getEntriesByType("resource")
    .map((entry) => entry.name)
    .filter((name) => name.startsWith(`${location.origin}/static/`));
  return Array.from(new Set([urls.pack, urls.shellPage, ...loaded]));
}
