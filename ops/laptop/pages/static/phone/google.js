// The phone's other wallet: Google keeps the card as an object and its class; the phone asks for them and draws them.
import { countUp, drawBarcode, fit, setPicture } from "./draw.js";
import { codeNow, inPattern, leftOf } from "./rotating.js";

const AGAIN_MS = 1500;

/** The card in Google Wallet. `box`: where it is drawn; `changed`: called whenever there is another card, or none;
    `told`: called with a message that the phone announces. */
export class GoogleWallet {
  constructor(box, device, language, changed, told = () => {}) {
    Object.assign(this, { box, device, language, changed, told, card: null, asking: null, turning: 0 });
  }

  /** Open the save link of the card that the phone holds. Throws Error with a text key. */
  async save() {
    const card = this.device.state.page.split("/").pop();
    const answer = await post("/demo/phone/google/save", { card });
    if (!answer.ok) throw new Error("google_not_saved");
    this.device.state.google = (await answer.json()).object;
    this.device.keep();
    this.changed();
    this.follow();
  }

  async remove() {
    if (this.device.state.google) await post("/demo/phone/google/remove", { object: this.device.state.google });
    this.forget();
  }

  forget() {
    this.asking?.abort();
    delete this.device.state.google;
    this.device.keep();
    this.card = null;
    clearTimeout(this.turning);
    this.box.replaceChildren();
    this.changed();
  }

  /** One change after the other for as long as the card is there; a stack that is down is asked again. */
  async follow() {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const object = this.device.state.google;
    let after = null; // null: whatever the card is now
    while (object && !asking.signal.aborted) {
      try {
        const since = after === null ? "" : `&after=${after}`;
        const url = `/demo/phone/google?object=${encodeURIComponent(object)}${since}`;
        const answer = await fetch(url, { signal: asking.signal, cache: "no-store" });
        if (answer.status === 404) return this.forget();
        if (!answer.ok) throw new Error(`google: ${answer.status}`);
        const { card, last } = await answer.json();
        if (card) this.show(card);
        after = last;
      } catch {
        after = null;
        if (!asking.signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  show(card) {
    const before = this.card;
    this.card = card;
    const element = drawGoogleCard(card, this.language, document.querySelector("#google-template"));
    this.box.replaceChildren(element);
    fit(element);
    this.turn();
    if (before) this.announce(before);
    const [from, to] = [before, card].map((one) => one?.loyaltyPoints.balance.int);
    if (from !== undefined && from !== to) {
      const field = element.querySelector('[data-path="object.loyaltyPoints.balance"]');
      field.classList.add("has-changed");
      countUp(field.querySelector("dd"), from, to, this.language);
    }
    this.changed();
  }

  /** Show the code of this moment, and the next one when its time has come. */
  async turn() {
    clearTimeout(this.turning);
    const barcode = this.card?.rotatingBarcode;
    const figure = this.box.querySelector("[data-part=barcode]");
    if (!barcode || !figure) return;
    drawBarcode(figure, { ...codeOf(this.card), text: await codeNow(barcode) });
    this.turning = setTimeout(() => this.turn(), leftOf(barcode));
  }

  /** What the shop says since the card looked as it did `before`. */
  announce(before) {
    const known = new Set(messagesOf(before).map((message) => message.id));
    for (const message of messagesOf(this.card)) {
      if (!known.has(message.id) && message.messageType === "TEXT_AND_NOTIFY") this.told(...wordsOf(message, this.language));
    }
  }

  /** What the shop says, the newest first, and the texts that the template does not put on the front. */
  back() {
    if (!this.card) return [];
    const said = messagesOf(this.card).reverse().map((message) => item(...wordsOf(message, this.language)));
    said.forEach((each) => each.classList.add("message"));
    const front = new Set(rowsOf(this.card).flat(2));
    const paths = (this.card.textModulesData ?? []).map((module) => `object.textModulesData['${module.id}']`);
    return [...said, ...paths.filter((path) => !front.has(path)).map((path) => drawField(this.card, [path], this.language))];
  }
}

/** Build the card's element from the object, with its class in `classReference`. The template is in the page. */
export function drawGoogleCard(card, language, template) {
  const element = template.content.firstElementChild.cloneNode(true);
  const shared = card.classReference;
  const place = (name) => element.querySelector(`[data-part=${name}]`);
  const wide = card.wideProgramLogo ?? shared.wideProgramLogo;
  const logo = wide ?? shared.programLogo;
  element.lang = language;
  element.style.setProperty("--pass-background", shared.hexBackgroundColor);
  element.style.setProperty("--pass-text", isDark(shared.hexBackgroundColor) ? "#ffffff" : "#1f1f1f");
  element.classList.toggle("has-wide-logo", Boolean(wide));
  setPicture(place("logo"), addressOf(logo));
  place("logo").alt = inLanguage(logo.contentDescription, language);
  place("issuer").textContent = wide ? "" : shared.issuerName;
  place("program").textContent = inLanguage(shared.localizedProgramName, language) || shared.programName;
  for (const row of rowsOf(card)) {
    const fields = row.map((paths) => drawField(card, paths, language)).filter(Boolean);
    const list = document.createElement("dl");
    list.append(...fields);
    if (fields.length > 0) place("rows").append(list);
  }
  drawBarcode(place("barcode"), codeOf(card));
  const app = inLanguage(shared.appLinkData?.displayText, language);
  if (app) place("app").textContent = app;
  else place("app").remove();
  setPicture(place("hero"), addressOf(card.heroImage ?? shared.heroImage));
  element.classList.toggle("is-void", card.state !== "ACTIVE");
  if (card.state === "EXPIRED") element.prepend(Object.assign(document.createElement("p"), { className: "google-state", textContent: EXPIRED[language] ?? EXPIRED.en }));
  return element;
}

const addressOf = (image) => (image ? new URL(image.sourceUri.uri).pathname : "");

const EXPIRED = { en: "Expired", ru: "Срок действия истёк" };

const KINDS = { QR_CODE: "qr", AZTEC: "aztec", PDF_417: "pdf417", CODE_128: "code128", CODE_39: "code39", CODABAR: "codabar", EAN_13: "ean13", ITF_14: "i2of5" };

/** What the till scans. A code that changes has no digits yet: whoever holds the card puts them in. */
function codeOf({ barcode, rotatingBarcode }) {
  const kind = KINDS[(rotatingBarcode ?? barcode)?.type];
  if (kind && rotatingBarcode) return { kind, text: inPattern(rotatingBarcode, "00000000"), caption: rotatingBarcode.alternateText ?? "" };
  return kind && barcode.value ? { kind, text: barcode.value, caption: barcode.alternateText ?? "" } : null;
}

/** The front's rows as the class arranges them: for each item the paths of which the first that is filled is shown. */
function rowsOf(card) {
  const rows = card.classReference.classTemplateInfo.cardTemplateOverride.cardRowTemplateInfos;
  return rows.map(({ oneItem, twoItems, threeItems }) => {
    const row = oneItem ?? twoItems ?? threeItems;
    const items = [row.item, row.startItem, row.middleItem, row.endItem].filter(Boolean);
    return items.map((item) => item.firstValue.fields.map((field) => field.fieldPath));
  });
}

/** Label and value of the first of the paths at which this card has something; null without any. */
function drawField(card, paths, language) {
  const path = paths.find((one) => valueOf(card, one, language));
  if (!path) return null;
  const found = valueOf(card, path, language);
  const field = item(found.label, found.value);
  field.dataset.path = path;
  return field;
}

function item(label, value) {
  const field = Object.assign(document.createElement("div"), { className: "field" });
  for (const [tag, text] of [["dt", label], ["dd", value]]) {
    field.append(Object.assign(document.createElement(tag), { textContent: text }));
  }
  return field;
}

/** All cards of a class have its messages, too. The oldest come first. */
const messagesOf = (card) => [...(card.classReference.messages ?? []), ...(card.messages ?? [])];

const wordsOf = (message, language) => [
  inLanguage(message.localizedHeader, language) || message.header,
  inLanguage(message.localizedBody, language) || message.body,
];

function valueOf(card, path, language) {
  const [root, name] = path.split(/[.[]/);
  const owner = root === "class" ? card.classReference : card;
  const module = /textModulesData\['([\w-]+)'\]$/.exec(path);
  if (module) {
    const text = owner.textModulesData?.find((one) => one.id === module[1]);
    return text && { label: inLanguage(text.localizedHeader, language) || text.header, value: inLanguage(text.localizedBody, language) || text.body };
  }
  if (name === "rewardsTier" || name === "secondaryRewardsTier") return tierOf(owner, name, language);
  const balance = owner[name]?.balance;
  if (!balance) return null;
  const value = balance.string ?? new Intl.NumberFormat(language).format(balance.int ?? balance.double);
  return { label: inLanguage(owner[name].localizedLabel, language) || owner[name].label, value };
}

/** The level, which at Google is the class's. */
function tierOf(shared, name, language) {
  const [capital, value] = [name[0].toUpperCase() + name.slice(1), shared[name]];
  if (!value) return null;
  const localized = (what) => inLanguage(shared[`localized${capital}${what}`], language);
  return { label: localized("Label") || shared[`${name}Label`] || "", value: localized("") || value };
}

/** A LocalizedString as a phone in `language` shows it. */
function inLanguage(text, language) {
  if (!text) return "";
  const all = [text.defaultValue, ...(text.translatedValues ?? [])];
  return (all.find((one) => one.language === language) ?? text.defaultValue).value;
}

/** Google chooses light or dark letters by the background. */
function isDark(hex) {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 150;
}

const post = (url, body) => fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
