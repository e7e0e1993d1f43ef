"""Reading a provider's books from a terminal."""

from collections.abc import Callable

import msgspec
import pytest
from click.testing import Result
from shopify_admin import TOKEN, AdminApi, serving
from whole_house import ANNA, BASE_URL, PROGRAM, SECRET, SHOP, Town

from chalicelib.connectors.books import ProviderBooks
from chalicelib.services.ports import Connection
from ops.laptop.shopify_books import Item

Run = Callable[..., Result]


def test_what_was_found_is_counted_and_recorded(here: Town, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AdminApi()) as admin:
        order = here.shop.order(ANNA, [Item("Beans", 4_500)])
        here.shop.paid(order)
        admin.orders = [order]
        options = {"shop": SHOP, "api": admin.url}
        here.own.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET, TOKEN), options))
        reading = msgspec.structs.replace(here.house.reconciler, books=ProviderBooks(admin.http, BASE_URL))
        monkeypatch.setattr(here.house, "reconciler", reading)
        result = run("reconcile", "shop")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert said.startswith("orders listed 1 that we did not know 1 at risk: not told within ten minutes 0")
    assert here.stored_balance(ANNA) == 45


@pytest.mark.parametrize(
    ("connection", "says"),
    [("till", "no connection called till"), ("events", "cannot be asked"), ("shop", "no key to the provider's API")],
)
def test_what_cannot_be_read_is_said_plainly(here: Town, run: Run, connection: str, says: str) -> None:
    here.own.programs.connect(Connection(PROGRAM, "events", "standard", "earns", ("whsec_x",)))
    result = run("reconcile", connection)
    assert result.exit_code == 1
    assert says in " ".join(result.output.split())
