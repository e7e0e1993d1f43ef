"""A shop with a program of the gallery and the people who buy there, through the services of a whole house.

    shop = open_shop("koza-club")                     it is noon on 23 June 2026 by the shop's clock
    anna = shop.member("anna")                        she has joined and proved her address
    bought = anna.buys("1000.00")                     or lines: anna.buys(goods("600", "coffee"), goods("400"))
    anna.returns(bought, "100")                       a part of it, or all of it when nothing is said
    shop.waits(days=14)                               or: shop.goes_to("2026-07-01 10:00")
    assert anna.balance() == 10
    shop.is_sound()                                   the journal follows and the ledger keeps its promises

Money is text or a whole number of the program's money: "999.99", 1000. Time passes only when a test says so.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from shopper import Bought, Goods, Shopper, goods
from stand_ins import refusal
from whole_house import PROGRAM, Town, town

from chalicelib.ledger.member_document import Value
from chalicelib.ledger.offer_documents import VoucherDocument
from chalicelib.money import minor_units
from chalicelib.programs.definition import Definition
from chalicelib.programs.learning import Born
from chalicelib.programs.program import sha_of
from chalicelib.programs.reading import read
from ops.laptop.shopify_books import Buyer

__all__ = ["Bought", "Goods", "Shop", "Shopper", "back", "definition_of", "goods", "open_shop", "refusal", "text_of"]

GALLERY = Path(__file__).resolve().parents[2] / "programs"


def text_of(name: str) -> str:
    """The file of a program of the gallery."""
    return (GALLERY / f"{name}.yaml").read_text(encoding="utf-8")


def definition_of(name: str) -> Definition:
    return read(text_of(name), file=f"{name}.yaml")


@dataclass
class Shop:
    """A program with its shop."""

    here: Town
    names: int = 0
    people: dict[str, Shopper] = field(default_factory=dict)

    @property
    def definition(self) -> Definition:
        return self.here.program.in_force(self.here.clock.now()).definition

    def money(self, amount: str | int) -> int:
        """In minor units."""
        return minor_units(str(amount), self.definition.money)

    def name(self) -> str:
        """A name that nothing else here has."""
        self.names += 1
        return str(self.names)

    # --- time ---

    def now(self) -> datetime:
        zone = ZoneInfo(self.definition.time_zone)
        return datetime.fromtimestamp(self.here.clock.now() // 1_000, tz=zone)

    def instant(self, local: str) -> int:
        """ "2026-07-01 10:00" by the shop's clock, in milliseconds."""
        zone = ZoneInfo(self.definition.time_zone)
        return int(datetime.fromisoformat(local).replace(tzinfo=zone).timestamp()) * 1_000

    def goes_to(self, local: str) -> None:
        """It is so late by the shop's clock; never earlier than it was."""
        instant = self.instant(local)
        assert instant >= self.here.clock.now(), f"it is {self.now()} already"
        self.follows()
        self.here.clock.instant = instant
        self.follows()

    def waits(self, days: int = 0, **more: int) -> None:
        """Time passes by the calendar: so many days later it is the same time of the day."""
        later = (self.now().replace(tzinfo=None) + timedelta(days=days, **more)).isoformat()
        self.goes_to(later)

    # --- people ---

    def member(self, name: str, *, born: str = "", **attributes: Value) -> Shopper:
        """Somebody joins and proves their address. `born`: "1990-02-28"; attributes as `knows` takes them."""
        buyer = Buyer(9_000_000_000 + len(self.people), f"{name}@example.com", None, name.title(), "")
        self.here.clock.forward(1_000)
        self.here.member(buyer)
        shopper = self.people[name] = Shopper(self, buyer)
        if born:
            shopper.knows(Born(born))
        if attributes:
            shopper.is_known_for(**attributes)
        return shopper

    def changes(self, text: str, *, since: str | None = None) -> str:
        """Publish another version, as `pointpass publish` does; from when it counts by the shop's clock.

        Raises: DefinitionError where it breaks a promise.
        """
        asked = self.instant(since) if since else None
        published = self.here.house.publishing.publish(_renamed(text), file="new.yaml", since=asked)
        zone = ZoneInfo(self.definition.time_zone)
        return datetime.fromtimestamp(published.effective_at // 1_000, tz=zone).strftime("%Y-%m-%d %H:%M")

    # --- what must hold at the end ---

    def follows(self) -> None:
        """Everything that the journal brings about elsewhere, and what time does: vouchers, cards, points that end."""
        while self.here.follow() or self.here.work_off_sweeps():
            pass

    def vouchers(self) -> list[VoucherDocument]:
        """Every voucher that anybody was given."""
        return [each for each in self.here.own.audit.documents(PROGRAM) if isinstance(each, VoucherDocument)]

    def is_sound(self) -> None:
        self.follows()
        assert self.here.violations() == []


def open_shop(name: str, *, at: str = "2026-06-23 12:00", text: str = "") -> Shop:
    """A shop with a program of the gallery, or with `text` in its place; from then on by its own clock."""
    written = text or text_of(name)
    shop = Shop(town(_renamed(written)))
    if at:
        own = shop.here.own
        instant = shop.instant(at)
        shop.here.clock.instant = instant
        if instant < shop.here.program.versions[0].since:  # the program is there before the test begins
            own.programs.publish(
                PROGRAM, sha_of(_renamed(written)), _renamed(written), published_at=instant, effective_at=instant
            )
    return shop


def _renamed(text: str) -> str:
    """The house knows one program by name."""
    renamed, times = re.subn(r"(?m)^program: \S+$", f"program: {PROGRAM}", text)
    assert times == 1, "a file has one line with its program's name"
    return renamed


def back(name: str, spent: str | int, points: int) -> Fraction:
    """The share of what was spent that so many points are worth: what comes back to the member."""
    definition = definition_of(name)
    worth = definition.main.worth
    assert worth is not None
    return Fraction(points) * worth / minor_units(str(spent), definition.money)
