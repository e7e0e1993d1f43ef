// What is inside a pass, once it is unzipped: its pass.json, its texts by language, its pictures.

/** {fields: pass.json, strings: {language: {key: text}}, images: {name: bytes}} of {name: bytes}. */
export function contentsOf(files) {
  return { fields: parseJson(files["pass.json"]), strings: readStrings(files), images: readImages(files) };
}

export const parseJson = (bytes) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));

/** `<language>.lproj/pass.strings`: "key" = "text"; lines, UTF-16 or UTF-8. */
function readStrings(files) {
  const strings = {};
  for (const [name, bytes] of Object.entries(files)) {
    const match = /^([A-Za-z-]+)\.lproj\/pass\.strings$/.exec(name);
    if (match) strings[match[1]] = parseStrings(decodeText(bytes));
  }
  return strings;
}

function decodeText(bytes) {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!isUtf16) return new TextDecoder().decode(bytes);
  return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
}

export function parseStrings(text) {
  const table = {};
  const entry = /"((?:[^"\\]|\\.)*)"\s*=\s*"((?:[^"\\]|\\.)*)"\s*;/gs;
  for (const [, key, value] of text.matchAll(entry)) table[unescape(key)] = unescape(value);
  return table;
}

function unescape(text) {
  const meanings = { n: "\n", t: "\t", r: "\r" };
  return text.replace(/\\(?:U([0-9a-fA-F]{4})|(.))/gs, (_, code, character) =>
    code ? String.fromCharCode(parseInt(code, 16)) : (meanings[character] ?? character));
}

function readImages(files) {
  const images = {};
  for (const [name, bytes] of Object.entries(files)) if (name.endsWith(".png")) images[name] = bytes;
  return images;
}
