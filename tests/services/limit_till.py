"""A till before the recorder: orders, refunds and reviews told in plain numbers, to a program with limits."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from stand_ins import NOON
from whole_house import ANNA, DEFINITION, PROGRAM, Town

from chalicelib.events import ActivityTold, Amounts, Customer, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.documents import CapDocument, OrderDocument
from ops.laptop.shopify_books import Buyer

PLAIN = re.sub(r"tiers:\n(  .*\n)+|  (strip: progress|levels: .*)\n", "", DEFINITION)
"""Bean Street without levels: a bean for each full euro."""


def with_limit(limit: str, definition: str = PLAIN) -> str:
    """Bean Street whose rule for orders has `limit` more: "at_most: 3000 beans per month"."""
    return definition.replace("rounding: {down: per order}}", "rounding: {down: per order}, " + limit + "}")


def berlin(text: str) -> int:
    """Milliseconds since 1970 of a wall time in the program's zone: "2026-05-31 23:50"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1000)


@dataclass
class Till:
    """Tells the house's recorder about orders; each message is a newer version than the one before."""

    here: Town
    messages: int = 0

    def tell(
        self,
        name: str,
        euros: int | None = None,
        *,
        back: dict[str, int] | None = None,
        by: Buyer = ANNA,
        at: int = NOON,
        currency: str = "EUR",
        is_cancelled: bool = False,
    ) -> str:
        """An order of so many euros, refunds in euros by their ids, or both. What became of it."""
        message = self.message(name, euros, back=back, by=by, at=at, currency=currency, is_cancelled=is_cancelled)
        recorder = self.here.house.hooks.reception.recorder
        return recorder.record(self.here.program, message, actor="shop", deadline=None).result

    def message(
        self,
        name: str,
        euros: int | None = None,
        *,
        back: dict[str, int] | None = None,
        by: Buyer = ANNA,
        at: int = NOON,
        currency: str = "EUR",
        is_cancelled: bool = False,
    ) -> OrderTold:
        self.messages += 1
        changed = NOON + self.messages
        order = None
        if euros is not None:
            amounts = Amounts(goods=euros * 100)
            order = OrderFacts(changed, at, currency, amounts, is_paid=True, is_cancelled=is_cancelled)
        refunds = {
            key: RefundFacts(changed, "succeeded", Amounts(goods=amount * 100)) for key, amount in (back or {}).items()
        }
        customer = Customer(key=f"shop/{by.id}", email=by.email)
        return OrderTold(Reference(f"order/shop/{name}"), f"m{self.messages}", name, order, refunds, customer)

    def review(self, thing: str, *, by: Buyer = ANNA, at: int = NOON) -> str:
        told = ActivityTold("m", "review.created", thing, at, Customer(email=by.email))
        rewards = self.here.house.hooks.reception.rewards
        return rewards.reward(self.here.program, told, actor="events", deadline=None)

    def order(self, name: str) -> OrderDocument:
        document = self.here.own.ledger.document(PROGRAM, Reference(f"order/shop/{name}"))
        assert isinstance(document, OrderDocument)
        return document

    def beans(self, by: Buyer = ANNA) -> int:
        return self.here.stored_balance(by)

    def caps(self) -> dict[str, tuple[int, int]]:
        """(wanted, given) of each limit by its name, with "*" in place of the account."""
        return {
            document.reference.replace(f"/{document.account}/", "/*/"): (document.wanted, document.given)
            for document in self.here.own.audit.documents(PROGRAM)
            if isinstance(document, CapDocument)
        }
