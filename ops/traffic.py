"""A day at the demo shop in a few minutes: `pointpass traffic`.

Customers join, buy in every way there is, change their minds, write reviews and dispute, and use their points at the
till; the shop repeats itself. Every webhook is genuinely signed and sent by the running laptop stack. Afterwards
`pointpass verify` must find nothing.
"""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import click
import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ops.laptop.menu import MENU
from ops.target import kept_on_laptop

_PRODUCTS = [product["id"] for product in MENU]
_WAYS = ("cash", "card", "kassa")
_CUSTOMERS = 25
_AT_ONCE = 4
_JOINED = 3  # of four
_SECONDS = 60
_REFUSED = 409
_screen = Console()


@click.command()
@click.option("--orders", default=300, show_default=True, type=click.IntRange(1), help="How many orders are placed.")
@click.option("--seed", default=0, show_default=True, help="The same seed buys the same things.")
def traffic(orders: int, seed: int) -> None:
    """Let random customers keep the laptop's demo shop busy: orders, refunds, edits, disputes, reviews, repeats."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret: customers are made up
    visits = [_Visit(chance.randrange(_CUSTOMERS), chance.randrange(1 << 32)) for _ in range(orders)]
    stack = kept_on_laptop("stack.json")
    try:
        happened = _day(visits, stack)
    except httpx.HTTPStatusError as err:
        asked = f"{err.request.method} {err.request.url.path}"
        raise click.ClickException(
            f"The day ended early: {asked} was answered with {err.response.status_code}."
        ) from err
    except httpx.TransportError as err:
        raise click.ClickException("The laptop system does not answer. Is it running?") from err
    table = Table("what happened", "times", box=None, pad_edge=False, header_style="dim")
    for what, times in happened.most_common():
        table.add_row(what, str(times))
    _screen.print(table)


def _day(visits: Sequence["_Visit"], stack: Mapping[str, Any]) -> Counter[str]:
    """Everything that happens, and how often."""
    base, program = stack["base_url"], stack["program"]
    key = {"Authorization": f"Bearer {stack['api_key']}"}
    with (
        httpx.Client(base_url=base, timeout=_SECONDS) as shop,
        httpx.Client(base_url=f"{base}/v1/programs/{program}", headers=key, timeout=_SECONDS) as till,
        ThreadPoolExecutor(_AT_ONCE) as counter,
    ):
        _join(shop, program, [_email(number) for number in range(_CUSTOMERS) if number % 4 < _JOINED])
        done = counter.map(lambda visit: visit.made(shop, till), visits)
        shown = track(done, description="shopping", total=len(visits), console=_screen, transient=True)
        return sum(shown, Counter[str]())


class _Visit:
    """One customer's order and what becomes of it."""

    def __init__(self, customer: int, seed: int) -> None:
        self._email = _email(customer)
        self._chance = random.Random(seed)  # noqa: S311  # see above

    def made(self, shop: httpx.Client, till: httpx.Client) -> Counter[str]:
        """Buy, and then as often as not: refund, edit, cancel, dispute, review, or let the shop say it all again."""
        happened: Counter[str] = Counter()
        bought = self._chance.sample(_PRODUCTS, self._chance.randint(1, 3))
        lines = [{"product": product, "count": self._chance.randint(1, 4)} for product in bought]
        asked = {"email": self._email, "lines": lines, "pay": self._chance.choice(_WAYS)}
        order = _sent(shop, "/demo/shop/orders", asked)
        _note(happened, "bought", order)
        while order["actions"] and self._chance.random() < 0.5:
            action = self._chance.choice(order["actions"])
            change = {"action": action, "product": self._product(action, order)}
            order = _sent(shop, f"/demo/shop/orders/{order['id']}", change)
            _note(happened, action, order)
        if self._chance.random() < 0.5:
            self._use_points(till, happened)
        return happened

    def _use_points(self, till: httpx.Client, happened: Counter[str]) -> None:
        """Pay something with points: at once, or held at the checkout first, used in part or let go."""
        found = till.get("members", params={"email": self._email}).raise_for_status().json()["members"]
        if not found:
            happened["points: nobody knows the customer"] += 1
            return
        asked = {"member": found[0]["id"], "points": self._chance.randint(1, 60)}
        if is_hold := self._chance.random() < 0.6:
            asked["hold_minutes"] = 5
        made = till.post("redemptions", json=asked)
        if made.status_code == _REFUSED or not is_hold:
            happened[f"points: {'refused' if made.status_code == _REFUSED else 'used'}"] += 1
            return
        hold, end = f"redemptions/{made.json()['id']}", self._chance.choice(["capture", "release", "left to run out"])
        happened[f"points: held, then {end}"] += 1
        if end != "left to run out":
            till.post(f"{hold}/{end}", json={}).raise_for_status()

    def _product(self, action: str, order: Mapping[str, Any]) -> str:
        products: Sequence[str] = order["bought"] if action == "review" else _PRODUCTS
        return self._chance.choice(products)


def _note(happened: Counter[str], what: str, order: Mapping[str, Any]) -> None:
    happened[what] += 1
    for told in order["deliveries"]:
        happened[f"webhook answered {told['status']}" if told["status"] else "webhook not answered"] += 1


def _sent(shop: httpx.Client, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = shop.post(path, json=asked).raise_for_status().json()
    return answer


def _join(shop: httpx.Client, program: str, emails: Sequence[str]) -> None:
    """These customers get a card and prove their address; the others stay guests, whose points wait."""
    for email in track(emails, description="joining", console=_screen, transient=True):
        form = {"email": email, "language": "en", "consent": "on"}
        began = time.time_ns() // 1_000_000
        joined = shop.post(f"/p/{program}/join", data=form)
        if "location" not in joined.headers:
            says = f"Nobody can join {shop.base_url}/p/{program} now: it answers {joined.status_code}."
            raise click.ClickException(f"{says} `pointpass paused` says what stands still.")
        card = joined.headers["location"].partition("?")[0]
        letter = shop.get("/demo/phone/code", params={"to": email, "after": str(began)})
        if letter.is_success:  # nobody is written to again and again
            shop.post(f"{card}/proof", data={"code": letter.json()["code"]})


def _email(customer: int) -> str:
    return f"customer{customer}@customers.example"
