"""Faces, clocks and a client for the tests of Google Wallet. The shop and its customers are invented."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from stand_ins import DAY, NOON, HandClock

from chalicelib.cards.face import Arriving, CardFace, CurrencyNames, Ending, Look, Message, Progress
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.client import WalletClient
from chalicelib.passes.google.content import class_of, object_of
from chalicelib.passes.google.issuer import Issuer
from chalicelib.passes.google.links import SaveLinks
from chalicelib.passes.google.rotating import RotatingCodes
from chalicelib.passes.google.talk import Line
from chalicelib.passes.google.wallet import RestWallet
from chalicelib.programs.card import CardAction, CardLink, Place
from chalicelib.store.memory.google_cards import MemoryPace
from ops.laptop.google import WalletService

ISSUER_ID = "3388000000012345678"
REALM = "test"
PROGRAM = "bean-street"
SERIAL = "s-1_A"
CLASS_ID = f"{ISSUER_ID}.{REALM}.{PROGRAM}"
OBJECT_ID = f"{ISSUER_ID}.{REALM}.{SERIAL}"
CODES = RotatingCodes(b"a secret of thirty-two bytes, ok")
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
    look=Look("#2b1d14", "#ffffff", "#e0c9a6"),
    languages=("en", "ru"),
    language="en",
    time_zone="Europe/Berlin",
    contact="hello@beanstreet.example",
    privacy="https://beanstreet.example/privacy",
    card_url="https://cards.example/p/bean-street",
    is_test=False,
)


RICH = msgspec.structs.replace(
    FACE,
    look=Look("#c0c0c0", "#000000", "#444444", "sheet-1", "progress-40", "#2b1d14"),
    card_names={"en": "Bean card", "ru": "Карта «Зерно»", "de": "Bohnenkarte"},
    front=("tier", "progress", "ending"),
    barcode_kind="aztec",
    rotates=True,
    links=(
        CardLink("menu", "https://beanstreet.example/menu"),
        CardLink("other", "tel:+4930123456", {"en": "Reserve a table", "ru": "Заказать столик"}),
    ),
    actions=(CardAction("order", "https://beanstreet.example/order"), CardAction("call", "tel:+4930123456")),
    places=(Place(52_520_008, 13_404_954), Place(-33_868_820, 151_209_290)),
    message=Message("message-1", {"en": "Double beans on Friday.", "ru": "В пятницу двойные зёрна."}, NOON),
)
"""A card that has everything."""


def sent_class(face: CardFace, **own: Any) -> dict[str, Any]:
    """As it is inserted: what is empty is left out."""
    return _present(class_of(face, issuer(**own)))


def sent_object(face: CardFace, *, stays_in: str | None = None, **own: Any) -> dict[str, Any]:
    return _present(object_of(face, SERIAL, issuer(**own), CODES, stays_in=stays_in))


def _present(resource: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(resource).items() if value is not None}


def through_json(resource: dict[str, Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(resource))


def translated(text: dict[str, Any]) -> dict[str, str]:
    parts = [text["defaultValue"], *text.get("translatedValues", [])]
    return {part["language"]: part["value"] for part in parts}


def picture(name: str) -> Callable[[CardFace], str]:
    """Where a picture of a face's look is found; there is one for every scene."""
    return lambda face: f"https://cards.example/pictures/{face.look.sheet}-{name}-{face.look.scene}.png"


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
        made = WalletClient(Line(self.account, **(values | changed)))
        self.clients.append(made)
        return made

    def wallet(self, *, callback_url: Callable[[str], str] | None = None, **changed: Any) -> RestWallet:
        own = issuer(callback_url=callback_url) if callback_url else issuer()
        return RestWallet(self.client(**changed), own, self.links(), CODES)

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
