// The phone's other wallet: Google keeps the card as an object and its class; the phone asks for them and draws them.
import { countUp } from "./draw.js";

const AGAIN_MS = 1500;

/** The card in Google Wallet. `box`: where it is drawn; `changed`: called whenever there is another card, or none. */
export class GoogleWallet {
  constructor(box, device, language, changed) {
    Object.assign(this, { box, device, language, changed, card: null, asking: null });
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
    const [from, to] = [before, card].map((one) => one?.loyaltyPoints.balance.int);
    if (from !== undefined && from !== to) {
      const field = element.querySelector('[data-path="object.loyaltyPoints.balance"]');
      field.classList.add("has-changed");
      countUp(field.querySelector("dd"), from, to, this.language);
    }
    this.changed();
  }

  /** The texts that the template does not put on the front. */
  back() {
    if (!this.card) return [];
    const front = new Set(rowsOf(this.card).flat());
    const paths = (this.card.textModulesData ?? []).map((module) => `object.textModulesData['${module.id}']`);
    return paths.filter((path) => !front.has(path)).map((path) => drawField(this.card, path, this.language));
  }
}

/** Build the card's element from the object, with its class in `classReference`. The template is in the page. */
export function drawGoogleCard(card, language, template) {
  const element = template.content.firstElementChild.cloneNode(true);
  const shared = card.classReference;
  const place = (name) => element.querySelector(`[data-part=${name}]`);
  element.lang = language;
  element.style.setProperty("--pass-background", shared.hexBackgroundColor);
  element.style.setProperty("--pass-text", isDark(shared.hexBackgroundColor) ? "#ffffff" : "#1f1f1f");
  place("logo").src = new URL(shared.programLogo.sourceUri.uri).pathname;
  place("logo").alt = inLanguage(shared.programLogo.contentDescription, language);
  place("issuer").textContent = shared.issuerName;
  place("program").textContent = inLanguage(shared.localizedProgramName, language) || shared.programName;
  for (const row of rowsOf(card)) {
    const fields = row.map((path) => drawField(card, path, language)).filter(Boolean);
    const list = document.createElement("dl");
    list.append(...fields);
    if (fields.length > 0) place("rows").append(list);
  }
  if (card.barcode) place("barcode").querySelector("img").src = `/demo/phone/qr?text=${encodeURIComponent(card.barcode.value)}`;
  else place("barcode").remove();
  element.classList.toggle("is-void", card.state !== "ACTIVE");
  return element;
}

/** The paths of the front's rows, as the class arranges them. */
function rowsOf(card) {
  const rows = card.classReference.classTemplateInfo.cardTemplateOverride.cardRowTemplateInfos;
  return rows.map(({ twoItems }) => [twoItems.startItem, twoItems.endItem].map((item) => item.firstValue.fields[0].fieldPath));
}

/** Label and value of a path; null when this card has nothing there. */
function drawField(card, path, language) {
  const found = valueOf(card, path, language);
  if (!found) return null;
  const item = document.createElement("div");
  item.className = "field";
  item.dataset.path = path;
  for (const [tag, text] of [["dt", found.label], ["dd", found.value]]) {
    item.append(Object.assign(document.createElement(tag), { textContent: text }));
  }
  return item;
}

function valueOf(card, path, language) {
  const module = /^object\.textModulesData\['(\w+)'\]$/.exec(path);
  if (module) {
    const text = card.textModulesData?.find((one) => one.id === module[1]);
    return text && { label: inLanguage(text.localizedHeader, language), value: inLanguage(text.localizedBody, language) };
  }
  const points = card[path.split(".")[1]];
  if (!points) return null;
  const { int, string } = points.balance;
  return { label: inLanguage(points.localizedLabel, language), value: string ?? new Intl.NumberFormat(language).format(int) };
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
