// The counter: a basket, a purchase, and what a shop does afterwards. The server side sends the signed webhooks.
const page = document.querySelector("#shop");
const texts = JSON.parse(document.querySelector("#texts").textContent);
const products = new Map(JSON.parse(document.querySelector("#products").textContent).map((product) => [product.id, product]));
const language = document.documentElement.lang;
const part = (name) => page.querySelector(`[data-shop=${name}]`);
const basket = new Map(); // product id -> count
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
  const email = new FormData(part("cart")).get("email");
  const lines = [...basket].map(([product, count]) => ({ product, count }));
  say(texts.paying, "");
  const isDone = await send("/demo/shop/orders", { email, lines }, texts.paid);
  if (isDone) {
    basket.clear();
    drawBasket();
  }
}

async function act(order, action) {
  const body = { action };
  if (action === "edit") body.product = [...products.keys()][0];
  await send(`/demo/shop/orders/${order.id}`, body, texts.sent);
}

async function send(url, body, praise) {
  page.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(String(answer.status));
    const order = await answer.json();
    const isTaken = order.deliveries.every((delivery) => delivery.status >= 200 && delivery.status < 300);
    say(isTaken ? praise : texts.not_taken, isTaken ? "good" : "bad");
    await drawOrders();
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
  inside("state").textContent = texts[`state_${order.state}`];
  inside("total").textContent = money(order.total);
  inside("lines").textContent = order.lines.map((line) => `${line.count} × ${products.get(line.product).title[language]}`).join(", ");
  const deliveries = order.deliveries.slice(-4).map((delivery) => {
    const line = document.createElement("li");
    line.textContent = texts.delivery.replace("{topic}", delivery.topic).replace("{status}", delivery.status).replace("{ms}", delivery.ms);
    line.dataset.ok = delivery.status >= 200 && delivery.status < 300;
    return line;
  });
  inside("deliveries").replaceChildren(...deliveries);
  for (const button of element.querySelectorAll("[data-action]")) {
    button.disabled = !order.actions.includes(button.dataset.action);
    button.addEventListener("click", () => act(order, button.dataset.action));
  }
  return element;
}

function say(words, mood) {
  part("status").textContent = words;
  part("status").dataset.mood = mood;
}

for (const button of page.querySelectorAll("[data-product]")) button.addEventListener("click", () => put(button.dataset.product, 1));
part("cart").addEventListener("submit", pay);
drawBasket();
drawOrders().then(() => (page.dataset.ready = "yes"));
