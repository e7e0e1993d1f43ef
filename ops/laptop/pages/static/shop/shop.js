// The counter: a basket, a purchase, and what a shop does afterwards. The server side sends the signed webhooks.
const page = document.querySelector("#shop");
const texts = JSON.parse(document.querySelector("#texts").textContent);
const products = new Map(JSON.parse(document.querySelector("#products").textContent).map((product) => [product.id, product]));
const language = document.documentElement.lang;
const part = (name) => page.querySelector(`[data-shop=${name}]`);
const basket = new Map(); // product id -> count
const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium", hourCycle: "h23" });
const money = (cents) => new Intl.NumberFormat(language, { style: "currency", currency: "EUR" }).format(cents / 100);

function put(id, change) {
  const count = (basket.get(id) ?? 0) + change;
  if (count > 0) basket.set(id, count);
  else basket.delete(id);
  drawBasket();
}

function drawBasket() {
  const lines = [...basket].map(([id, count]) => {
    const product = products.get(id);
    const line = document.createElement("li");
    const less = document.createElement("button");
    less.type = "button";
    less.textContent = "−";
    less.setAttribute("aria-label", `${texts.less}: ${product.title[language]}`);
    less.addEventListener("click", () => put(id, -1));
    const words = document.createElement("span");
    words.textContent = `${count} × ${product.title[language]}`;
    const price = document.createElement("span");
    price.textContent = money(count * product.price);
    line.append(words, price, less);
    return line;
  });
  part("lines").replaceChildren(...lines);
  part("cart-empty").hidden = lines.length > 0;
  const total = [...basket].reduce((sum, [id, count]) => sum + count * products.get(id).price, 0);
  part("total").textContent = total ? money(total) : "";
  part("cart").querySelector("[type=submit]").disabled = total === 0;
}

async function pay(event) {
  event.preventDefault();
  const { email, pay: way } = Object.fromEntries(new FormData(part("cart")));
  const lines = [...basket].map(([product, count]) => ({ product, count }));
  say(texts.paying, "");
  const isDone = await send("/demo/shop/orders", { email, lines, pay: way }, texts[`paid_told_${way}`] ?? texts.paid);
  if (isDone) {
    basket.clear();
    drawBasket();
  }
}

async function act(order, action, product = "") {
  const body = { action, product: action === "edit" ? [...products.keys()][0] : product };
  const praise = { dispute: texts.disputed, review: texts.reviewed }[action] ?? texts.sent;
  say(texts.working, "");
  await send(`/demo/shop/orders/${order.id}`, body, praise);
}

async function send(url, body, praise) {
  page.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(String(answer.status));
    const order = await answer.json();
    const isTaken = order.deliveries.every((delivery) => delivery.status >= 200 && delivery.status < 300);
    await drawOrders();
    say(isTaken ? praise : texts.not_taken, isTaken ? "good" : "bad");
    return isTaken;
  } catch {
    say(texts.unreachable, "bad");
    return false;
  } finally {
    page.removeAttribute("aria-busy");
  }
}

async function drawOrders() {
  const answer = await fetch("/demo/shop/orders", { cache: "no-store" });
  const { orders } = await answer.json();
  part("orders").replaceChildren(...orders.reverse().map(drawOrder));
  part("orders-empty").hidden = orders.length > 0;
}

function drawOrder(order) {
  const element = document.querySelector("#order-template").content.firstElementChild.cloneNode(true);
  const inside = (name) => element.querySelector(`[data-part=${name}]`);
  element.dataset.order = order.id;
  element.dataset.state = order.state;
  inside("name").textContent = order.name;
  inside("state").textContent = `${texts[`state_${order.state}`]} · ${texts[`paid_${order.way}`]}`;
  inside("total").textContent = money(order.total);
  inside("lines").replaceChildren(...drawLines(order));
  inside("deliveries").replaceChildren(...order.deliveries.map(drawDelivery).reverse());
  for (const button of element.querySelectorAll(".order-actions [data-action]")) {
    button.disabled = !order.actions.includes(button.dataset.action);
    button.hidden = button.dataset.action === "dispute" && order.way !== "card";
    button.addEventListener("click", () => act(order, button.dataset.action));
  }
  return element;
}

function drawLines(order) {
  const counts = new Map();
  for (const { product, count } of order.lines) counts.set(product, (counts.get(product) ?? 0) + count);
  return [...counts].map(([product, count]) => {
    const title = products.get(product).title[language];
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = `${count} × ${title}`;
    line.append(words);
    if (order.actions.includes("review") && order.bought.includes(product)) line.append(reviewButton(order, product, title));
    return line;
  });
}

function reviewButton(order, product, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.action = "review";
  button.textContent = texts.review;
  button.setAttribute("aria-label", `${texts.review}: ${title}`);
  button.addEventListener("click", () => act(order, "review", product));
  return button;
}

function drawDelivery(told) {
  const line = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = texts.delivery.replace("{who}", texts[`who_${told.who}`]).replace("{topic}", texts[`topic_${told.topic}`]);
  words.title = told.topic;
  const answer = document.createElement("span");
  answer.className = "answer";
  answer.textContent = told.status ? texts.answer.replace("{status}", told.status).replace("{ms}", told.ms) : texts.no_answer;
  const at = document.createElement("time");
  at.dateTime = new Date(told.at).toISOString();
  at.textContent = clock.format(told.at);
  line.append(words, answer, at);
  line.dataset.who = told.who;
  line.dataset.ok = told.status >= 200 && told.status < 300;
  return line;
}

function say(words, mood) {
  part("status").textContent = words;
  part("status").dataset.mood = mood;
}

for (const button of page.querySelectorAll("[data-product]")) button.addEventListener("click", () => put(button.dataset.product, 1));
part("cart").addEventListener("submit", pay);
drawBasket();
drawOrders().then(() => (page.dataset.ready = "yes"));
