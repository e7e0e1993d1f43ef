// Draws a verified pass from its own pass.json: colours, fields, words of the chosen language, pictures, barcode.

/** One text of the pass in `language`; what has no translation is shown as it is. */
export function localized(pass, language, text) {
  const table = pass.strings[language] ?? pass.strings[language.split("-")[0]] ?? pass.strings.en ?? {};
  return table[text] ?? text;
}

/** A field's value as the phone shows it. */
export function shown(pass, language, field) {
  const { value } = field;
  if (field.dateStyle && field.dateStyle !== "PKDateStyleNone") {
    const style = { PKDateStyleShort: "short", PKDateStyleMedium: "medium", PKDateStyleLong: "long", PKDateStyleFull: "full" };
    const options = { dateStyle: style[field.dateStyle] ?? "medium" };
    if (field.ignoresTimeZone) options.timeZone = zoneOf(value);
    return new Intl.DateTimeFormat(language, options).format(new Date(value));
  }
  if (typeof value === "number") {
    const options = field.currencyCode ? { style: "currency", currency: field.currencyCode } : {};
    return new Intl.NumberFormat(language, options).format(value);
  }
  return localized(pass, language, String(value));
}

/** "2027-03-31T00:00+02:00" is meant in its own zone, wherever the reader is. */
function zoneOf(text) {
  const match = /([+-]\d\d:?\d\d)$/.exec(text);
  return match ? match[1] : "UTC";
}

export function allFields(pass) {
  const card = pass.fields.storeCard ?? {};
  const parts = ["headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields"];
  return parts.flatMap((part) => (card[part] ?? []).map((field) => ({ ...field, part })));
}

/** The sentence of the lock screen for what changed from one pass to the next; "" when nothing speaks. */
export function whatChanged(before, after, language) {
  const old = new Map(allFields(before).map((field) => [field.key, field]));
  for (const field of allFields(after)) {
    if (field.changeMessage && old.has(field.key) && old.get(field.key).value !== field.value) {
      return localized(after, language, field.changeMessage).replace("%@", shown(after, language, field));
    }
  }
  return "";
}

const GROUPS = ["headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "footerFields"];

/** Build the element of the store card. The template is in the page. */
export function drawCard(pass, language, template) {
  const element = drawStyle(pass, language, template, pass.fields.storeCard ?? {});
  const strip = place(element, "strip");
  element.classList.toggle("has-strip", setPicture(strip, picture(pass, language, "strip")));
  if (!pass.fields.storeCard?.primaryFields?.length) place(element, "primaryFields").remove();
  return element;
}

/** Build the element of the poster card, which phones of 2026 prefer; null for a pass without one. */
export function drawPoster(pass, language, template) {
  if (!pass.fields.posterGeneric) return null;
  const element = drawStyle(pass, language, template, pass.fields.posterGeneric);
  const logo = place(element, "logo");
  const image = picture(pass, language, "primaryLogo");
  if (logo) setPicture(logo, image);
  if (image) place(element, "logo-text").textContent = "";
  setPicture(place(element, "artwork"), picture(pass, language, "artwork"));
  return element;
}

/** What both styles share: colours, logo, the groups of fields for which the template has a place, the barcode. */
function drawStyle(pass, language, template, style) {
  const element = template.content.firstElementChild.cloneNode(true);
  const { fields } = pass;
  element.style.setProperty("--pass-background", fields.backgroundColor ?? "rgb(40,40,40)");
  element.style.setProperty("--pass-text", fields.foregroundColor ?? "rgb(255,255,255)");
  element.style.setProperty("--pass-label", fields.labelColor ?? fields.foregroundColor ?? "rgb(255,255,255)");
  element.style.setProperty("--pass-foot", fields.footerBackgroundColor ?? fields.backgroundColor ?? "rgb(40,40,40)");
  element.dataset.serial = fields.serialNumber;
  element.lang = language;
  setPicture(place(element, "logo"), picture(pass, language, "logo"));
  place(element, "logo-text").textContent = localized(pass, language, fields.logoText ?? "");
  for (const group of GROUPS) {
    for (const field of style[group] ?? []) place(element, group)?.append(drawField(pass, language, field));
  }
  drawBarcode(place(element, "barcode"), appleBarcode(fields));
  element.classList.toggle("is-void", Boolean(fields.voided));
  return element;
}

const place = (element, name) => element.querySelector(`[data-part=${name}]`);

/** Show the picture, or take its place away; whether there is one. */
export function setPicture(image, address) {
  if (address) image.src = address;
  else image.remove();
  return Boolean(address);
}

export function drawField(pass, language, field) {
  const item = document.createElement("div");
  item.className = "field";
  item.dataset.key = field.key;
  const label = document.createElement("dt");
  label.textContent = localized(pass, language, field.label ?? "");
  const value = document.createElement("dd");
  value.textContent = shown(pass, language, field);
  item.append(label, value);
  return item;
}

const KINDS = { QR: "qr", Aztec: "aztec", PDF417: "pdf417", Code128: "code128", Code39: "code39", Codabar: "codabar", EAN13: "ean13", I2of5: "i2of5" };

/** The first code that a new phone can show: {kind, text, caption}; null without any. */
function appleBarcode(fields) {
  for (const { format, message, altText } of fields.barcodes ?? []) {
    const kind = KINDS[format.replace("PKBarcodeFormat", "")];
    if (kind) return { kind, text: message, caption: altText ?? "" };
  }
  return null;
}

/** Fill a figure with the code, or take it away. */
export function drawBarcode(figure, code) {
  if (!code) return figure.remove();
  const image = figure.querySelector("img");
  figure.dataset.kind = code.kind;
  image.src = `/demo/phone/barcode?${new URLSearchParams({ kind: code.kind, text: code.text })}`;
  image.alt = code.text;
  figure.querySelector("figcaption").textContent = code.caption;
}

function picture(pass, language, name) {
  const candidates = [`${language}.lproj/`, ""].flatMap((folder) => ["@3x", "@2x", ""].map((size) => `${folder}${name}${size}.png`));
  const found = candidates.find((file) => file in pass.images);
  return found ? URL.createObjectURL(new Blob([pass.images[found]], { type: "image/png" })) : "";
}

/** Let the figure run from its old value to the new one; still for people who asked for less motion. */
export function countUp(element, from, to, language) {
  const write = (value) => (element.textContent = new Intl.NumberFormat(language).format(value));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || from === to) return write(to);
  const began = performance.now();
  const step = (now) => {
    const part = Math.min(1, (now - began) / 900);
    write(Math.round(from + (to - from) * (1 - (1 - part) ** 3)));
    if (part < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

const LINES = ".pass-row, .pass header, .pass-primary, .poster-primary, .poster-fields, .google-pass header, [data-part=program]";

/** Make lines that are too long for the card smaller, each as a whole, before they are cut. The card is on the page. */
export function fit(element) {
  for (const line of element.querySelectorAll(LINES)) {
    const boxes = [line, ...line.querySelectorAll("dt, dd, span")];
    const isCut = () => boxes.some((box) => box.scrollWidth > box.clientWidth + 0.5);
    for (let part = 0.96; isCut() && part >= 0.62; part -= 0.04) line.style.setProperty("--fit", part.toFixed(2));
  }
}
