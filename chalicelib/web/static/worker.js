// Shows one card without a connection, once it has been opened. Its scope is that card's address, which is a secret:
// what is kept lies under that address alone, in this browser alone, and goes when the address leads to the card no more.
"use strict";
const home = new URL(self.registration.scope).pathname;
const shelf = `card:${home}`;
const never = { cache: "no-store", headers: { Accept: "text/html" } };

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function forget() {
  const box = await caches.open(shelf); // page by page: a shelf that somebody has open may outlive its deletion
  for (const request of await box.keys()) await box.delete(request);
  await caches.delete(shelf);
  await self.registration.unregister();
}

// The copy says by itself that there is no connection, and as of when it is.
async function keep(answer) {
  const page = (await answer.text()).replace("data-offline hidden", "data-offline");
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  await (await caches.open(shelf)).put(home, new Response(page, { headers }));
}

async function look(answer) {
  if (answer.status === 404 || answer.status === 410) await forget();
  else if (answer.ok) await keep(answer.clone());
  return answer;
}

async function opened(request) {
  const kept = () => caches.match(home, { cacheName: shelf });
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    return (await kept()) ?? Response.error();
  }
  if (answer.status >= 500) return (await kept()) ?? answer;
  return new URL(request.url).searchParams.has("note") && answer.ok ? answer : look(answer);
}

async function file(request) {
  const known = await caches.match(request, { cacheName: shelf });
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && (await caches.has(shelf))) await (await caches.open(shelf)).put(request, answer.clone());
  return answer;
}

async function replaced(request) {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect") await forget();
  return answer;
}

// The page tells which files it is made of; those of an older page go.
async function stock({ page, files }) {
  await look(await fetch(page, never));
  if (!(await caches.has(shelf))) return;
  const box = await caches.open(shelf);
  const wanted = new Set([home, ...files]);
  for (const request of await box.keys()) if (!wanted.has(new URL(request.url).pathname)) await box.delete(request);
  for (const name of files) if (!(await box.match(name))) await box.add(name);
}

addEventListener("message", (event) => event.waitUntil(stock(event.data)));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isPage = request.mode === "navigate";
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && isPage && url.pathname === `${home}/replace`) event.respondWith(replaced(request));
  if (request.method !== "GET") return;
  if (url.pathname === home && isPage) event.respondWith(opened(request));
  else if (url.pathname === home && request.headers.get("Accept") === "text/html") event.respondWith(fetch(request).then(look));
  else if (/^\/(static|pictures)\//.test(url.pathname)) event.respondWith(file(request));
});
