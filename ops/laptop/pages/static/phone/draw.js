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

/** Build the card's element. The template is in the page. */
export function drawCard(pass, language, template) {
  const element = template.content.firstElementChild.cloneNode(true);
  const { fields } = pass;
  element.style.setProperty("--pass-background", fields.backgroundColor ?? "rgb(40,40,40)");
  element.style.setProperty("--pass-text", fields.foregroundColor ?? "rgb(255,255,255)");
  element.style.setProperty("--pass-label", fields.labelColor ?? fields.foregroundColor ?? "rgb(255,255,255)");
  element.dataset.serial = fields.serialNumber;
  element.lang = language;
  const logo = picture(pass, language, "logo");
  const image = element.querySelector("[data-part=logo]");
  if (logo) image.src = logo;
  else image.remove();
  element.querySelector("[data-part=logo-text]").textContent = localized(pass, language, fields.logoText ?? fields.organizationName);
  const strip = picture(pass, language, "strip");
  if (strip) element.querySelector("[data-part=primaryFields]").style.backgroundImage = `url(${strip})`;
  for (const part of ["headerFields", "primaryFields", "secondaryFields", "auxiliaryFields"]) {
    const list = element.querySelector(`[data-part=${part}]`);
    for (const field of fields.storeCard?.[part] ?? []) list.append(drawField(pass, language, field));
  }
  drawBarcode(element.querySelector("[data-part=barcode]"), fields);
  element.classList.toggle("is-void", Boolean(fields.voided));
  return element;
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

function drawBarcode(box, fields) {
  const barcode = (fields.barcodes ?? [fields.barcode]).find((one) => one?.format === "PKBarcodeFormatQR");
  if (!barcode) return box.remove();
  box.querySelector("img").src = `/demo/phone/qr?text=${encodeURIComponent(barcode.message)}`;
  box.querySelector("span").textContent = barcode.altText ?? "";
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
