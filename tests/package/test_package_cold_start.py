"""What each function of the zip loads while it starts and for one ordinary request: nothing that it does not use.

Lambda starts a container before it hands over a request, and every library that it loads is time that a sender, a phone
or a person waits. The figures are of `make bench`; which libraries they are made of is exact.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from loaded_modules import ASKED
from packaged_cloud import PASS_TYPE, SECRET, PackagedCloud
from packaged_shop import authorization, buyer, credit, deliver, join, new_id, now, prove, serial
from runtime_api import LambdaFunction

from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Sender

pytestmark = [pytest.mark.package, pytest.mark.npm, pytest.mark.xdist_group("package")]

HEAVY = frozenset(
    {
        "PIL", "argon2", "babel", "boto3", "botocore", "cryptography", "h2", "hpack", "httpcore", "httpx", "jinja2",
        "passlib", "pynamodb", "s3transfer", "segno", "smtplib", "sqlite3", "yaml",
    }
)  # fmt: skip
"""Libraries that cost a start something."""

STORES = {"botocore", "pynamodb", "yaml", "babel"}
"""Tables, and what a program is read with."""

STARTED = {
    "Hooks": STORES,
    "Wallets": STORES | {"cryptography"},
    "Pages": STORES | {"jinja2", "segno"},
    "StoresApi": STORES,
    "OnJournal": STORES,
    "OnDeferred": STORES,
    "OnCards": STORES | {"cryptography", "hpack"},
    "OnSweeps": set(),
    "OnSweep": set(),
    "OnSchedule": set(),
    "OnNight": set(),
}
"""By function: what is loaded when the first event comes."""


@pytest.fixture(scope="module")
def watched(cloud: PackagedCloud, tmp_path_factory: pytest.TempPathFactory) -> PackagedCloud:
    """A cloud whose containers can be asked what they have loaded."""
    shutil.copy(Path(__file__).with_name("loaded_modules.py"), cloud.yard.runtime)
    return cloud


def handler(cloud: PackagedCloud, name: str) -> str:
    own: str = cloud.deployed.resources[name]["Properties"]["Handler"]
    return own.replace("app.", "loaded_modules.", 1)


def heavy(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names} & HEAVY


def loaded(function: LambdaFunction) -> list[str]:
    names: list[str] = function.invoke(ASKED)
    return names


@pytest.mark.parametrize("name", STARTED)
def test_function_starts_with_what_it_surely_needs_and_nothing_else(watched: PackagedCloud, name: str) -> None:
    with watched.yard.container(name, handler=handler(watched, name)) as (function, _):
        assert heavy(loaded(function)) == STARTED[name]


@pytest.fixture(scope="module")
def card(watched: PackagedCloud) -> str:
    """The address of a member's card."""
    person = buyer("cold")
    made = join(watched, person)
    prove(watched, made, person)
    return made


def hook(cloud: PackagedCloud, card: str) -> None:
    shop = Sender(SECRET, "bean-street.myshopify.com", clock=now, new_id=new_id)
    assert deliver(cloud, shop.paid(shop.order(buyer("cold"), [Item("Beans", 4599)]))) == 200


def wallet(cloud: PackagedCloud, card: str) -> None:
    address = f"/apple/v1/passes/{PASS_TYPE}/{serial(cloud, card)}"
    assert cloud.ask("GET", address, **authorization(cloud, card)).status == 200


def page(cloud: PackagedCloud, card: str) -> None:
    assert cloud.ask("GET", card, Accept="text/html").status == 200


def api(cloud: PackagedCloud, card: str) -> None:
    credit(cloud, card, 5)


REQUESTS: Mapping[str, tuple[Callable[[PackagedCloud, str], None], set[str]]] = {
    "Hooks": (hook, STORES),
    "Wallets": (wallet, STORES | {"cryptography"}),
    "Pages": (page, STORES | {"cryptography", "jinja2", "segno"}),
    "StoresApi": (api, STORES),
}
"""By door: an ordinary request, and what is loaded when it was answered."""


@pytest.mark.parametrize("name", REQUESTS)
def test_ordinary_request_loads_what_it_uses(watched: PackagedCloud, card: str, name: str) -> None:
    request, expected = REQUESTS[name]
    with watched.yard.container(name, handler=handler(watched, name)) as (function, _):
        request(replace(watched, functions={**watched.functions, name: function}), card)
        assert heavy(loaded(function)) == expected
