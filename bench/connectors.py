"""What a connector costs: verify and translate an order of about 10 kB, beside HMAC and decoding alone."""

import hmac
import statistics
import time
from collections.abc import Callable

import msgspec
from rich.console import Console
from rich.table import Table

from chalicelib.connectors import shopify, woocommerce
from chalicelib.services.ports import Connection, Delivery
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender as ShopifySender
from ops.laptop.shopify_sender import Signed
from ops.laptop.woocommerce_sender import Sender as WooSender

TITLE = "Verify and translate an order (microseconds, taken in turns)"
_SECRET = "a secret of the benchmark's own"
_NOW = 1_782_216_000_000
_LINES = 8
_ROUNDS = 30
_CALLS = 100


def measure(screen: Console) -> Table:
    """Median of each, and how many times the bare HMAC and typed-free decoding it is."""
    numbers = iter(range(1, 1_000_000))
    told = {"clock": lambda: _NOW, "new_id": lambda: next(numbers)}
    buyer = Buyer(7, "kim@customers.example", None, "Kim", "Vale")
    items = [Item(f"Coffee number {number}", 1_000 + number) for number in range(_LINES)]
    shop, woo = (
        ShopifySender(_SECRET, "bench.myshopify.com", **told),
        WooSender(_SECRET, "https://bench.example", **told),
    )
    paid = {
        "shopify": (shopify, shop.paid(shop.order(buyer, items))),
        "woocommerce": (woocommerce, woo.paid(woo.order(buyer, items))),
    }
    table = Table("provider", "body, bytes", "verify and translate", "HMAC and decode", "ratio")
    for provider, (speaker, signed) in paid.items():
        delivery, connection = _arrived(signed), Connection("bench", "shop", provider, "earns", (_SECRET,))

        def whole(speaker=speaker, delivery=delivery, connection=connection) -> None:  # type: ignore[no-untyped-def]
            speaker.authenticate(delivery, connection)
            speaker.translate(delivery)

        def bare(body: bytes = signed.body) -> None:
            hmac.digest(_SECRET.encode(), body, "sha256")
            msgspec.json.decode(body)

        ours, floor = _in_turns(whole, bare)
        table.add_row(provider, str(len(signed.body)), f"{ours:.0f}", f"{floor:.0f}", f"{ours / floor:.2f}")
    return table


def _arrived(signed: Signed) -> Delivery:
    headers = {name.lower(): value for name, value in signed.headers.items()}
    return Delivery("bench", "shop", _NOW, headers, signed.body, "203.0.113.9")


def _in_turns(*cases: Callable[[], None]) -> list[float]:
    """Median microseconds of each case; short slices alternate, so that a noisy moment hits all."""
    taken: list[list[float]] = [[] for _ in cases]
    for _ in range(_ROUNDS):
        for times, case in zip(taken, cases, strict=True):
            began = time.perf_counter()
            for _ in range(_CALLS):
                case()
            times.append((time.perf_counter() - began) / _CALLS * 1e6)
    return [statistics.median(times) for times in taken]
