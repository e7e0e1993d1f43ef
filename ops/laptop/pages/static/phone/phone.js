// The phone on the demo page: adds a card, registers, hears pushes, fetches, verifies and draws.
import { Device } from "./device.js";
import { allFields, countUp, drawCard, drawField, fit, whatChanged } from "./draw.js";
import { GoogleWallet } from "./google.js";
import { joinProgram, proveAddress } from "./join.js";
import { openPass, PassRefused } from "./pass.js";

const page = document.querySelector("#phone");
const texts = JSON.parse(document.querySelector("#texts").textContent);
const language = document.documentElement.lang;
const program = page.dataset.program;
const device = new Device();
const shownPasses = new Map(); // serial -> the opened pass on the screen
const part = (name) => page.querySelector(`[data-phone=${name}]`);
const google = new GoogleWallet(part("google"), device, language, showWhatFits, notify);
let rootPem = "";

async function start() {
  const root = await fetch("/demo/root.pem");
  rootPem = await root.text();
  for (const [serial, bytes] of device.passBytes()) {
    try {
      show(await openPass(bytes, rootPem));
    } catch (error) {
      device.drop(serial);
      say(reason(error), "bad");
    }
  }
  part("join").addEventListener("submit", (event) => act(event, joinAndAdd));
  part("add").addEventListener("submit", (event) => act(event, () => addFromLink(part("link").value)));
  part("file").addEventListener("change", () => act(null, addFromFile));
  part("remove").addEventListener("click", () => act(null, removeAll));
  part("google-save").addEventListener("click", () => act(null, saveToGoogle));
  for (const button of part("wallets").children) button.addEventListener("click", () => choose(button.dataset.wallet));
  showWhatFits();
  google.follow();
  page.dataset.ready = "yes";
  await refresh();
  listen();
}

async function act(event, work) {
  event?.preventDefault();
  page.setAttribute("aria-busy", "true");
  say(texts.working, "");
  try {
    await work();
  } catch (error) {
    say(reason(error), "bad");
  } finally {
    page.removeAttribute("aria-busy");
  }
}

async function joinAndAdd() {
  const form = new FormData(part("join"));
  const began = Date.now();
  const card = await joinProgram(program, form.get("email"), form.get("name"), language);
  await proveAddress(card, form.get("email"), began);
  await addFromLink(card);
}

async function addFromLink(link) {
  const path = new URL(link, location.href).pathname.replace(/\/(apple)?\/?$/, "");
  const answer = await fetch(`${path}/apple`, { headers: { Accept: "application/vnd.apple.pkpass" }, cache: "no-store" });
  if (!answer.ok) throw new Error("no_card");
  await add(new Uint8Array(await answer.arrayBuffer()), answer.headers.get("Last-Modified") ?? "");
  device.state.page = path;
  device.keep();
  showWhatFits();
}

async function addFromFile() {
  const [file] = part("file").files;
  if (file) await add(new Uint8Array(await file.arrayBuffer()), "");
  part("file").value = "";
}

async function add(bytes, modified) {
  const pass = await openPass(bytes, rootPem);
  device.hold(pass.fields, bytes, modified);
  await device.register(pass.fields);
  show(pass);
  say(texts.added, "good");
  await refresh();
}

async function saveToGoogle() {
  await google.save();
  say(texts.google_saved, "good");
}

function choose(wallet) {
  device.state.wallet = wallet;
  device.keep();
  showWhatFits();
}

async function removeAll() {
  await google.remove();
  for (const pass of shownPasses.values()) {
    await device.unregister(pass.fields);
    device.drop(pass.fields.serialNumber);
  }
  shownPasses.clear();
  delete device.state.page;
  delete device.state.wallet;
  device.keep();
  part("cards").replaceChildren();
  showWhatFits();
  say(texts.removed, "");
}

/** One push after the other for as long as the page is open; a stack that is down is asked again. */
async function listen() {
  for (;;) {
    try {
      const count = await device.waitForPush();
      part("signal").dataset.state = "on";
      if (count > 0) await refresh();
    } catch {
      part("signal").dataset.state = "off";
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

/** What a wallet does after a push: ask which passes changed, fetch those, verify, draw. */
async function refresh() {
  const [first] = shownPasses.values();
  if (!first) return;
  let isComplete = true;
  for (const serial of await device.changedSerials(first.fields)) {
    const held = shownPasses.get(serial);
    if (held) isComplete = (await update(held)) && isComplete;
  }
  if (isComplete) device.settleTag();
}

async function update(held) {
  try {
    const fresh = await device.fetchPass(held.fields);
    if (fresh === null) return true;
    const pass = await openPass(fresh.bytes, rootPem);
    device.hold(pass.fields, fresh.bytes, fresh.modified);
    show(pass, held);
    return true;
  } catch (error) {
    if (error instanceof PassRefused) await device.complain(held.fields, error.message);
    say(reason(error), "bad");
    return false;
  }
}

function show(pass, before = null) {
  const serial = pass.fields.serialNumber;
  const element = drawCard(pass, language, document.querySelector("#pass-template"));
  const old = part("cards").querySelector(`[data-serial="${serial}"]`);
  if (old) old.replaceWith(element);
  else part("cards").replaceChildren(element);
  fit(element);
  shownPasses.clear();
  shownPasses.set(serial, pass);
  showWhatFits();
  if (before) animate(before, pass, element);
}

function animate(before, after, element) {
  const old = new Map(allFields(before).map((field) => [field.key, field.value]));
  for (const field of allFields(after)) {
    const target = element.querySelector(`[data-key="${CSS.escape(field.key)}"] dd`);
    if (!target || old.get(field.key) === field.value) continue;
    target.closest(".field").classList.add("has-changed");
    if (typeof field.value === "number" && typeof old.get(field.key) === "number") countUp(target, old.get(field.key), field.value, language);
  }
  const sentence = whatChanged(before, after, language);
  if (sentence) notify(after.fields.organizationName, sentence);
}

function notify(from, sentence) {
  const note = part("notification");
  note.querySelector("strong").textContent = from;
  note.querySelector("p").textContent = sentence;
  note.hidden = false;
  clearTimeout(note.timer);
  note.timer = setTimeout(() => (note.hidden = true), 8000);
}

function fillBack(pass) {
  const back = (pass.fields.storeCard?.backFields ?? []).map((field) => drawField(pass, language, field));
  part("back").replaceChildren(...back);
}

/** Each wallet shows its own card, and beneath it what is on the back of that card. */
function showWallet(hasCard) {
  const canChoose = hasCard && Boolean(device.state.page); // a card from a file has no link to save
  const isGoogle = canChoose && device.state.wallet === "google";
  part("wallets").hidden = !canChoose;
  for (const button of part("wallets").children) button.setAttribute("aria-pressed", String((button.dataset.wallet === "google") === isGoogle));
  part("cards").hidden = isGoogle;
  part("checked").hidden = isGoogle;
  part("google").hidden = !isGoogle || !google.card;
  part("google-empty").hidden = !isGoogle || Boolean(google.card);
  part("google-save").hidden = Boolean(device.state.google);
  if (isGoogle) part("back").replaceChildren(...google.back());
  else for (const pass of shownPasses.values()) fillBack(pass);
}

function showWhatFits() {
  const hasCard = shownPasses.size > 0;
  part("empty").hidden = hasCard;
  part("held").hidden = !hasCard;
  part("open").href = device.state.page ?? `/p/${program}`;
  showWallet(hasCard);
}

function say(words, mood) {
  const line = part("status");
  line.textContent = words;
  line.dataset.mood = mood;
}

function reason(error) {
  if (error instanceof PassRefused) return texts[error.reason] ?? texts.refused_no_pass;
  return texts[error.message] ?? texts.unreachable;
}

start();
