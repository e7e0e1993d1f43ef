"""Faces, clocks and a client for the tests of Google Wallet. The shop and its customers are invented."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stand_ins import DAY, NOON, HandClock

from chalicelib.cards.face import Arriving, CardFace, CurrencyNames, Ending, Look, Progress
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.client import WalletClient
from chalicelib.passes.google.content import Issuer
from chalicelib.passes.google.links import SaveLinks
from chalicelib.passes.google.wallet import RestWallet
from chalicelib.store.memory.google_cards import MemoryPace
from ops.laptop.google import WalletService

ISSUER_ID = "3388000000012345678"
REALM = "test"
PROGRAM = "bean-street"
SERIAL = "s-1_A"
CLASS_ID = f"{ISSUER_ID}.{REALM}.{PROGRAM}"
OBJECT_ID = f"{ISSUER_ID}.{REALM}.{SERIAL}"
LOGO = "https://cards.example/static/bean-street-logo.png"

BEANS = CurrencyNames(
    {
        "en": {"one": "bean", "other": "beans"},
        "ru": {"one": "зерно", "few": "зерна", "many": "зёрен", "other": "зерна"},
    }
)

FACE = CardFace(
    program=PROGRAM,
    business="Bean Street Coffee",
    points=1_240,
    names=BEANS,
    arriving=(Arriving(30, NOON + 9 * DAY), Arriving(5, None)),
    next_ending=Ending(200, 1_827_615_600_000),  # midnight of 1 December 2027 in Berlin
    tier="Silver",
    progress=Progress("Gold", 420, 1000),
    perks=("free_delivery", "early_access"),
    barcode="BS-4711-0815",
    look=Look("#2b1d14", "#ffffff", "#e0c9a6", "bean-street/logo.png"),
    languages=("en", "ru"),
    language="en",
    time_zone="Europe/Berlin",
    contact="hello@beanstreet.example",
    privacy="https://beanstreet.example/privacy",
    card_url="https://cards.example/p/bean-street",
    is_test=False,
)


def issuer(**changed: Any) -> Issuer:
    values: dict[str, Any] = {
        "id": ISSUER_ID,
        "realm": REALM,
        "logo_url": lambda _: LOGO,
        "callback_url": lambda program: f"https://cards.example/google/callback/{program}",
    }
    return Issuer(**(values | changed))


@dataclass
class Google:
    """The stand-in and our wallet that speaks to it, on one clock that waiting moves."""

    service: WalletService
    account: ServiceAccount
    clock: HandClock
    pace: MemoryPace = field(default_factory=lambda: MemoryPace(per_second=20))
    waited: list[float] = field(default_factory=list)
    clients: list[WalletClient] = field(default_factory=list)

    def client(self, **changed: Any) -> WalletClient:
        values: dict[str, Any] = {
            "pace": self.pace,
            "clock": self.clock,
            "api_url": self.service.url,
            "token_url": self.service.token_url,
            "wait": self._wait,
        }
        made = WalletClient(self.account, **(values | changed))
        self.clients.append(made)
        return made

    def wallet(self, *, callback_url: Callable[[str], str] | None = None, **changed: Any) -> RestWallet:
        own = issuer(callback_url=callback_url) if callback_url else issuer()
        return RestWallet(self.client(**changed), own, self.links())

    def links(self) -> SaveLinks:
        return SaveLinks(
            self.account, clock=self.clock, origins=("https://cards.example",), save_url=self.service.save_url
        )

    @property
    def calls(self) -> list[tuple[str, str, int]]:
        return list(self.service.calls)

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.forward(round(seconds * 1_000))
