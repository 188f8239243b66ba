// The service worker of the roll call on a phone. The portal puts two lines before this: VERSION, from the digests of the files, and
// FILES, the addresses of the shell. It answers for the shell alone, which names nobody; all else goes to the network as if it were not there.
"use strict";

const LANGUAGE_PATH = new URL(registration.scope).pathname; // "/ka/teaching/"
const SHELL = `${LANGUAGE_PATH}phone`;
const MINE = `roll-${LANGUAGE_PATH}`;
const CACHE = `${MINE}${VERSION}`;
const PAGE = new RegExp(`^${LANGUAGE_PATH}(runs/[^/]+/)?phone$`);

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    // The shell is fetched as by nobody: what is kept cannot belong to anybody.
    await cache.addAll([new Request(SHELL, { credentials: "omit", cache: "reload" }), ...FILES]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  const kept = request.mode === "navigate" ? PAGE.test(address.pathname) && SHELL : FILES.includes(address.pathname) && address.pathname;
  if (!kept) return;
  const find = async () => (await (await caches.open(CACHE)).match(kept)) ?? fetch(request);
  event.respondWith(find());
});
