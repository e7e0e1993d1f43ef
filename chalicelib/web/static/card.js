// The card page while it is open: asks every two seconds whether something changed, and if so takes the new numbers
// from the page itself, so that words, plurals and days are always the server's. Works on a page that works without it.
// Once opened, the card is kept in this browser for when there is no connection (worker.js), until it ends.
"use strict";
(() => {
  const home = document.body.dataset.home;
  const every = 2000;
  const slowest = 30000;
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const offline = document.querySelector("[data-offline]");
  const asOf = document.querySelector("[data-as-of]");
  const announce = document.querySelector("[data-announce]");
  let known = null;
  let wait = every;
  let timer = 0;

  const live = (name, place = document) => place.querySelector(`[data-live="${name}"]`);
  const figure = (place) => place.querySelector("[data-points]");
  const tier = (place) => place.querySelector("[data-tier]")?.textContent ?? "";

  function countUp(element, from, to, text) {
    if (still.matches || from === to) return;
    const started = performance.now();
    const step = (time) => {
      const part = Math.min(1, (time - started) / 900);
      const eased = 1 - (1 - part) ** 3;
      element.textContent = part < 1 ? number.format(Math.round(from + (to - from) * eased)).replace("-", "\u2212") : text;
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  async function show() {
    const answer = await fetch(`${home}?lang=${language}`, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if ("ended" in fresh.body.dataset !== "ended" in document.body.dataset) return location.reload();
    const before = { points: Number(figure(live("card")).dataset.points), tier: tier(live("card")) };
    for (const name of ["card", "facts", "paused"]) live(name)?.replaceWith(document.adoptNode(live(name, fresh)));
    const now = figure(live("card"));
    countUp(now, before.points, Number(now.dataset.points), now.textContent);
    if (tier(live("card")) !== before.tier && !still.matches) live("card").classList.add("is-celebrated");
    announce.textContent = live("card").dataset.says;
  }

  async function ask() {
    try {
      const answer = await fetch(home, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 404 || answer.status === 410) return location.reload();
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const told = await answer.text();
      const isNews = known === null ? JSON.parse(told).points !== Number(figure(live("card")).dataset.points) : told !== known;
      if (isNews) await show();
      known = told;
      wait = every;
      offline.hidden = true;
      heard(new Date());
    } catch {
      wait = Math.min(slowest, wait * 2);
      offline.hidden = false;
    }
    next(wait);
  }

  function heard(time) {
    asOf.dateTime = time.toISOString();
    const zone = { timeZone: asOf.dataset.asOf };
    const said = language === "en" ? "en-GB" : language; // as the server says days
    const day = new Intl.DateTimeFormat(said, { dateStyle: "long", ...zone }).format(time);
    asOf.textContent = `${day}, ${new Intl.DateTimeFormat(said, { timeStyle: "short", ...zone }).format(time)}`;
  }

  async function keep() {
    if (!("serviceWorker" in navigator)) return;
    if ("ended" in document.body.dataset) {
      const known = await navigator.serviceWorker.getRegistration(home);
      if (known && new URL(known.scope).pathname === home) await known.unregister();
      return caches.delete(`card:${home}`);
    }
    await navigator.serviceWorker.register(`${home}/worker.js`, { scope: home, updateViaCache: "none" });
    const worker = (await navigator.serviceWorker.ready).active;
    const parts = document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src]");
    const files = [...parts].map((part) => new URL(part.href || part.src).pathname);
    worker.postMessage({ page: `${home}?lang=${language}`, files: [...new Set(files)] });
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById("card-link");
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy"); // older views inside apps know only this
      }
      button.textContent = button.dataset.copy;
    });
  }

  function next(delay) {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, delay);
  }

  document.addEventListener("visibilitychange", () => next(0));
  addEventListener("online", () => next(0));
  next(0);
  addEventListener("load", () => keep().catch(() => {})); // a browser that keeps nothing shows the card all the same
})();
