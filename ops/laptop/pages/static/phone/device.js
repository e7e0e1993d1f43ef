// The part of a phone that speaks to the Apple web service, as Apple's documentation describes it, and remembers.
const STORE = "pointpass-phone";

/** What the phone holds: {device, pushToken, heard, tag, passes: {serial: {bytes (base64), modified}}}. */
export class Device {
  constructor() {
    const kept = localStorage.getItem(STORE);
    this.state = kept ? JSON.parse(kept) : { device: randomHex(16), pushToken: randomHex(32), heard: 0, tag: "", passes: {} };
  }

  keep() {
    localStorage.setItem(STORE, JSON.stringify(this.state));
  }

  passBytes() {
    return Object.entries(this.state.passes).map(([serial, held]) => [serial, fromBase64(held.bytes)]);
  }

  hold(fields, bytes, modified) {
    this.state.passes[fields.serialNumber] = { bytes: toBase64(bytes), modified };
    this.keep();
  }

  drop(serial) {
    delete this.state.passes[serial];
    this.keep();
  }

  async register(fields) {
    const { device, pushToken } = this.state;
    const url = `${service(fields)}/v1/devices/${device}/registrations/${fields.passTypeIdentifier}/${fields.serialNumber}`;
    const headers = { Authorization: `ApplePass ${fields.authenticationToken}`, "Content-Type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ pushToken }) });
    await answer.text(); // an answer left unread is cancelled
    if (!answer.ok) throw new Error(`register: ${answer.status}`);
  }

  async unregister(fields) {
    const url = `${service(fields)}/v1/devices/${this.state.device}/registrations/${fields.passTypeIdentifier}/${fields.serialNumber}`;
    await fetch(url, { method: "DELETE", headers: { Authorization: `ApplePass ${fields.authenticationToken}` } });
  }

  /** Wait up to half a minute for pushes after the last one heard; how many came. */
  async waitForPush(signal) {
    const { pushToken, heard } = this.state;
    const answer = await fetch(`/demo/phone/pushes?token=${pushToken}&after=${heard}`, { signal, cache: "no-store" });
    if (!answer.ok) throw new Error(`pushes: ${answer.status}`);
    const { pushes, last } = await answer.json();
    this.state.heard = last;
    this.keep();
    return pushes.length;
  }

  /** Serials of this pass type that changed since the last look. */
  async changedSerials(fields) {
    const tag = this.state.tag ? `?passesUpdatedSince=${encodeURIComponent(this.state.tag)}` : "";
    const url = `${service(fields)}/v1/devices/${this.state.device}/registrations/${fields.passTypeIdentifier}${tag}`;
    const answer = await fetch(url, { cache: "no-store" });
    if (answer.status !== 200) return [];
    const { serialNumbers, lastUpdated } = await answer.json();
    this.tagToKeep = lastUpdated;
    return serialNumbers;
  }

  /** The tag moves on only when everything listed has been fetched. */
  settleTag() {
    if (this.tagToKeep) this.state.tag = this.tagToKeep;
    this.keep();
  }

  /** The newer pass as {bytes, modified}, or null when the one held is still the newest. */
  async fetchPass(fields) {
    const url = `${service(fields)}/v1/passes/${fields.passTypeIdentifier}/${fields.serialNumber}`;
    const headers = { Authorization: `ApplePass ${fields.authenticationToken}` };
    const held = this.state.passes[fields.serialNumber];
    if (held?.modified) headers["If-Modified-Since"] = held.modified;
    const answer = await fetch(url, { headers, cache: "no-store" });
    if (answer.status === 304) return null;
    if (!answer.ok) throw new Error(`pass: ${answer.status}`);
    return { bytes: new Uint8Array(await answer.arrayBuffer()), modified: answer.headers.get("Last-Modified") ?? "" };
  }

  /** What a wallet does when something is wrong with a pass: tell the service. */
  async complain(fields, message) {
    const body = JSON.stringify({ logs: [message] });
    await fetch(`${service(fields)}/v1/log`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  }
}

/** The page and the service are one server, under whichever name the browser knows it. */
const service = (fields) => location.origin + new URL(fields.webServiceURL).pathname.replace(/\/$/, "");

const randomHex = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function toBase64(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
