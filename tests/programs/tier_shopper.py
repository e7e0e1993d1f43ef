"""A member of a program with levels who buys and sends back, posted through the real entries."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from program_factory import at

from chalicelib.events import AccountId, Amounts, LineBack, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.caps import changing, counted
from chalicelib.ledger.chain import encode
from chalicelib.ledger.check import violations
from chalicelib.ledger.documents import CapDocument, OrderDocument
from chalicelib.ledger.journal import Entry, Rolled, Snapshot
from chalicelib.ledger.orders import absorbed, lines_returned, post, returned
from chalicelib.ledger.settle import settle
from chalicelib.programs.definition import Definition
from chalicelib.programs.member_conditions import Occasion, held
from chalicelib.programs.pricing import frozen, price
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reaching import reached_with
from chalicelib.programs.tiers import level_held
from chalicelib.services.journaling import Line, Standing, next_entry, opened


@dataclass
class Shopper:
    """A member who buys and sends back; time goes on between."""

    definition: Definition
    now: int = at("2025-11-01 09:00")
    entries: list[Entry] = field(default_factory=list)
    orders: dict[str, OrderDocument] = field(default_factory=dict)
    caps: dict[str, CapDocument] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        return Program("corner", (Version("v1" * 32, self.definition, 0, 0),))

    def standing(self) -> Standing:
        account = AccountId("a" * 22)
        if not self.entries:
            return opened(account, self.now)
        before = self.entries[-1]
        settled = settle(before.snap, self.program.timeline, since=before.at, at=self.now)
        return Standing(account, before, settled, self.now)

    def buys(self, roubles_spent: int, when: str, name: str = "", **facts: Any) -> None:
        """Pay an order; it is told at once, or now where that is later. Its name is its time unless it has one."""
        self.now = max(self.now, at(when))
        told = {"changed_at": at(when), "occurred_at": at(when), "amounts": Amounts(goods=roubles_spent * 100), **facts}
        order = OrderFacts(currency="RUB", is_paid=True, **told)
        self._tell(OrderTold(Reference(f"order/shop/{name or when}"), "d", order=order))

    def sends_back(self, roubles_back: int, when: str, name: str, **lines: LineBack) -> None:
        """Get money back for an order, by its name or time; `lines`: what of which line."""
        self.now = at(when)
        back = RefundFacts(self.now, "succeeded", Amounts(goods=roubles_back * 100), lines)
        self._tell(OrderTold(Reference(f"order/shop/{name}"), "d", refunds={f"r{when}": back}))

    def counts(self, metric: str, points: int, when: str, leaves: int) -> None:
        """Something else adds to a metric: friends who come, levels that are given."""
        self.now = at(when)
        rolled = (Rolled(metric, leaves, points),)
        self._write(Line("noted", Reference("something/else"), self.now, "shop", "v1" * 8, rolled=rolled))

    def _tell(self, told: OrderTold) -> None:
        stand, version = self.standing(), self.program.versions[0]
        document = absorbed(self.orders.get(told.reference, OrderDocument(told.reference)), told)
        facts, pricing = document.facts, document.pricing
        assert facts is not None
        if pricing is None:
            tier = level_held(self.definition.tiers, stand.snap.tier, facts.occurred_at)
            bare = frozen(
                version, facts, tier=tier, member_since=stand.snap.opened, told_at=stand.at, held=self._held(tier)
            )
            pricing = reached_with(self.program, bare, facts, stand.snap, stand.at, held=self._held)
        target = price(self.definition, pricing, facts, returned(document), lines_returned(document))
        known = {cap: self.caps.get(cap) for cap in changing(target, document.cuts, stand.account)}
        within = counted(target, document.cuts, stand.account, known)
        self.caps |= {cap.reference: cap for cap in within.caps}
        document = msgspec.structs.replace(document, account=stand.account, pricing=pricing, cuts=within.cuts)
        posting = post(document, within.target, stand.snap, at=self.now, calendar=self.program.timeline.calendar)
        self.orders[told.reference] = posting.document
        line = Line(
            kind=posting.kind,
            document=told.reference,
            occurred_at=facts.occurred_at if told.order else self.now,
            actor="shop",
            version=version.sha,
            rules=target.rules,
            legs=posting.legs,
            rolled=posting.rolled,
        )
        self._write(line)

    def _held(self, level: str) -> tuple[str, ...]:
        stand = self.standing()
        return held(self.definition, Occasion(stand.account, stand.at, stand.snap, level))

    def _write(self, line: Line) -> None:
        self.entries.append(next_entry(self.standing(), self.program, line))

    def snap(self, when: str) -> Snapshot:
        """The account as it is at a time after the last entry."""
        before = self.entries[-1]
        return settle(before.snap, self.program.timeline, since=before.at, at=at(when)).snap

    def level(self, when: str) -> str:
        return self.snap(when).tier.level

    def wrong(self) -> list[str]:
        """What the checker says of the journal."""
        stored = [(entry.seq, encode(entry), entry.hash) for entry in self.entries]
        return [each.says for each in violations(self.entries[0].account, stored, self.program.timeline)]
