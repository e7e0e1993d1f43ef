"""Partners' monthly settlement, read from the journal: whose rule gave which points, and with whom they were used."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import Instant, Reference
from chalicelib.ledger.chain import decode
from chalicelib.ledger.documents import ActivityDocument, Cut, OrderDocument, RedemptionDocument
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.people_documents import HouseholdUseDocument, ReferralDocument
from chalicelib.programs.activities import rewarded
from chalicelib.programs.calendar import ZoneCalendar, add_months
from chalicelib.programs.conversion import rate_for
from chalicelib.programs.definition import Definition
from chalicelib.programs.pricing import explain
from chalicelib.programs.program import Program
from chalicelib.programs.referral import JOINED
from chalicelib.programs.settling import HOST, Account, compensated, dealt, funded, settled, shared
from chalicelib.services.ports import Audit, Ledger


class Move(NamedTuple):
    """Points of one currency that one entry moved for a document; moves sort as they were written."""

    at: Instant
    seq: int
    points: int
    version: str


class Flow(NamedTuple):
    """Points given and used in the month, by one way of counting. Points that went back are below zero."""

    given: int
    used: int


class Statement(msgspec.Struct, frozen=True):
    """One month. `owes`: by partner in minor units, below zero what it is owed; under HOST the program's own.

    journal: by currency, what the journal's entries say; the statement ties to it
    """

    month: str
    money: str
    accounts: Sequence[Account]
    owes: Mapping[str, int]
    journal: Mapping[str, Flow]


class _Month(msgspec.Struct):
    """What is added up while the journal is read."""

    names: dict[str, str]
    given: dict[str, dict[str, Fraction]] = msgspec.field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Fraction))
    )
    used: dict[str, dict[str, int]] = msgspec.field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    friends: dict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    owes: dict[str, Fraction] = msgspec.field(default_factory=lambda: defaultdict(Fraction))
    ruled: dict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))


class Settling(msgspec.Struct, frozen=True):
    """Settles months. It holds one small note for each entry that gave or took points; entries themselves pass by."""

    ledger: Ledger
    audit: Audit

    def settle(self, program: Program, year: int, month: int) -> Statement:
        """The settlement of a calendar month, by the program's clock and by when entries were written.

        What goes back flows back in the month in which it does; a month that is over never changes, but for guests
        whose points came to their end before anybody claimed them: those were never anybody's.
        Raises: TryAgain; Broken when what rules gave does not come to what the journal says.
        """
        first = date(year, month, 1)
        calendar = ZoneCalendar(program.latest.definition.time_zone)
        since, until = calendar.start(first), calendar.start(add_months(first, 1))
        given: dict[tuple[Reference, str], list[Move]] = defaultdict(list)
        used: dict[tuple[Reference, str], list[Move]] = defaultdict(list)
        for entry in self._entries(program):
            for currency, moved in _given(entry).items():
                given[entry.document, currency].append(Move(entry.at, entry.seq, moved, entry.version))
            for currency, moved in _used(entry).items():
                used[entry.document, currency].append(Move(entry.at, entry.seq, moved, entry.version))
        sums = _Month(_names(program))
        for (reference, currency), moves in given.items():
            if any(since <= move.at < until for move in moves):
                self._add_given(program, sums, (reference, currency), sorted(moves), (since, until))
        for (reference, currency), moves in used.items():
            inside = [move for move in moves if since <= move.at < until]
            if inside:
                self._add_used(program, sums, (reference, currency), inside)
        journal = _flows(given, used, since, until)
        for currency, flow in journal.items():
            if sums.ruled[currency] != flow.given:
                raise Broken("settlement_does_not_tie", currency=currency, rules=sums.ruled[currency])
        accounts = [
            Account(key, name, dict(sums.given[key]), dict(sums.used[key]), sums.friends[key], sums.owes[key])
            for key, name in sums.names.items()
        ]
        return Statement(f"{first:%Y-%m}", program.latest.definition.money, accounts, settled(accounts), journal)

    def _entries(self, program: Program) -> Iterator[Entry]:
        for _, stored in self.audit.journals(program.slug):
            for row in stored:
                yield decode(row.line, row.hash)

    def _add_given(
        self,
        program: Program,
        sums: _Month,
        of: tuple[Reference, str],
        moves: Sequence[Move],
        span: tuple[Instant, Instant],
    ) -> None:
        reference, currency = of
        document = self.ledger.document(program.slug, reference)
        weights = _weights(program, document, currency)
        partner = self._brought_by(program, reference)
        for move, parts in zip(moves, dealt([move.points for move in moves], weights), strict=True):
            if not span[0] <= move.at < span[1]:
                continue
            definition = program.version(move.version).definition
            for rule, points in parts:
                sums.ruled[currency] += points
                for key, share, money in funded(definition, rule, points, currency):
                    sums.given[key][currency] += share
                    sums.owes[key] += money
            for known in definition.partners:
                if known.key == partner and move.points:
                    came = 1 if move.points > 0 else -1
                    sums.friends[partner] += came
                    sums.owes[partner] -= came * known.per_friend

    def _brought_by(self, program: Program, reference: Reference) -> str:
        """The partner with whose code a friend came, of the entry that rewards the friend."""
        if not reference.startswith(f"activity/{JOINED}/"):
            return HOST
        friend = reference.split("/")[2]
        known = self.ledger.document(program.slug, Reference(f"referral/{friend}"))
        return known.partner if isinstance(known, ReferralDocument) else HOST

    def _add_used(self, program: Program, sums: _Month, of: tuple[Reference, str], moves: Sequence[Move]) -> None:
        reference, currency = of
        document = self.ledger.document(program.slug, reference)
        if not isinstance(document, RedemptionDocument | HouseholdUseDocument) or not document.partner:
            return
        for move in moves:
            definition = program.version(move.version).definition
            sums.used[document.partner][currency] += move.points
            sums.owes[document.partner] -= compensated(definition, document.partner, move.points, currency)


def _names(program: Program) -> dict[str, str]:
    """All partners that any version has had, under their newest names."""
    return {
        partner.key: partner.name
        for version in sorted(program.versions, key=lambda version: version.published_at)
        for partner in version.definition.partners
    }


def _given(entry: Entry) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for leg in entry.legs:
        if leg.place in ("issued", "taken_back"):
            found[leg.currency] -= leg.points
    return found


def _used(entry: Entry) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for leg in entry.legs:
        if leg.place == "redeemed":
            found[leg.currency] += leg.points
    return found


def _flows(
    given: Mapping[tuple[Reference, str], Sequence[Move]],
    used: Mapping[tuple[Reference, str], Sequence[Move]],
    since: Instant,
    until: Instant,
) -> dict[str, Flow]:
    """What the entries say by themselves."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, notes in enumerate((given, used)):
        for (_, currency), moves in notes.items():
            sums[currency][place] += sum(move.points for move in moves if since <= move.at < until)
    return {currency: Flow(*both) for currency, both in sums.items()}


def _weights(program: Program, document: object, currency: str) -> Mapping[str, int]:
    """What each rule gives for the whole of a document, within its limits."""
    match document:
        case OrderDocument() if document.facts is not None and document.pricing is not None:
            pricing = document.pricing
            definition = program.version(pricing.version).definition
            rate = rate_for(definition, pricing, document.facts)
            lines = explain(
                definition, document.facts, pricing.tier, rate=rate, held=pricing.held, at=pricing.occurred_at
            )
            points = {line.rule: line.points for line in lines if line.currency == currency}
        case ActivityDocument():
            definition = program.version(document.pricing.version).definition
            activity = document.reference.split("/")[1]
            rules = [rule for rule in rewarded(definition, activity) if rule.give.currency == currency]
            points = {rule.name: rule.give.points for rule in rules}
        case _:
            return {}
    return _less(definition, points, document.cuts, currency)


def _less(definition: Definition, points: Mapping[str, int], cuts: Sequence[Cut], currency: str) -> Mapping[str, int]:
    """Less what limits took, of each rule or of a group of rules together."""
    left = {rule: max(0, count - _taken(cuts, rule, currency)) for rule, count in points.items()}
    for group in definition.earn.groups:
        members = {rule.name for rule in definition.earn.orders if rule.group == group.name}
        own = {rule: count for rule, count in left.items() if rule in members}
        for rule, part in shared(min(_taken(cuts, group.name, currency), sum(own.values())), own).items():
            left[rule] -= part
    return left


def _taken(cuts: Sequence[Cut], name: str, currency: str) -> int:
    by_member, by_all = f"cap/{name}/{currency}/", f"budget/{name}/{currency}"
    return max(0, sum(cut.cut for cut in cuts if cut.cap.startswith(by_member) or cut.cap == by_all))
