// Puts each wallet's card on its phone, drawn by the same scripts as on the phone of the laptop's pages.
import { contentsOf } from "/demo/static/phone/contents.js";
import { drawCard, drawPoster, fit } from "/demo/static/phone/draw.js";
import { drawGoogleCard } from "/demo/static/phone/google.js";

const language = document.documentElement.lang;
const told = JSON.parse(document.querySelector("#cards").textContent);
const template = (name) => document.querySelector(`#${name}-template`);
const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** What Apple writes on the buttons below a card, which is not the shop's to say. */
const ACTIONS = {
  en: { membershipBenefits: "Benefits", viewOffersRewards: "Offers", addToBalance: "Add to Balance", shop: "Shop", order: "Order", call: "Call", bookAppointment: "Book" },
  ru: { membershipBenefits: "Привилегии", viewOffersRewards: "Предложения", addToBalance: "Пополнить", shop: "Магазин", order: "Заказать", call: "Позвонить", bookAppointment: "Записаться" },
};

const pass = contentsOf(Object.fromEntries(Object.entries(told.apple).map(([name, base64]) => [name, bytes(base64)])));

const drawn = {
  apple: () => drawCard(pass, language, template("pass")),
  poster: () => drawPoster(pass, language, template("poster")),
  google: () => drawGoogleCard(told.google, language, template("google")),
};

function drawActions(box) {
  const words = ACTIONS[language] ?? ACTIONS.en;
  const names = (pass.fields.featuredActions ?? []).map((action) => words[action.type] ?? action.type);
  box.replaceChildren(...names.map((name) => Object.assign(document.createElement("span"), { textContent: name })));
}

async function show() {
  for (const box of document.querySelectorAll("[data-card]")) {
    const card = drawn[box.dataset.card]();
    box.replaceChildren(card);
    fit(card);
  }
  for (const box of document.querySelectorAll("[data-actions=apple], [data-actions=poster]")) drawActions(box);
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode()));
  document.documentElement.dataset.ready = "yes";
}

show().catch((error) => (document.documentElement.dataset.failed = String(error)));
