"""One member in a replay: an account without its journal, moved by the same rules as the real one."""

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from chalicelib.events import AccountId, Instant, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.bounds import bounded, prolong, shared_end
from chalicelib.ledger.caps import changing, counted
from chalicelib.ledger.check import next_snapshot, opening
from chalicelib.ledger.documents import OrderDocument, RedemptionDocument
from chalicelib.ledger.due import next_change
from chalicelib.ledger.journal import Entry, EntryKind, Leg, Rolled, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.orders import absorbed, lines_returned, post, returned, told_at
from chalicelib.ledger.redemptions import Spending, give_back, redeem
from chalicelib.ledger.settle import settle
from chalicelib.programs.backtest.history import Shelf
from chalicelib.programs.lots import keep_alive
from chalicelib.programs.member_conditions import Occasion, held
from chalicelib.programs.pricing import frozen, price
from chalicelib.programs.program import Program
from chalicelib.programs.reaching import reached_with
from chalicelib.programs.redeeming import restored_until
from chalicelib.programs.tiers import level_held


class Member(msgspec.Struct):
    """Where an account stands.

    snap: true at `at`; None before the first entry      due: when time changes it next
    joined: of the first order      orders: how many so far
    reached, reached_after: when there were points enough for a reward for the first time, and after how many orders
    """

    number: int
    joined: Instant
    at: Instant
    snap: Snapshot | None = None
    due: Instant | None = None
    orders: int = 0
    reached: Instant | None = None
    reached_after: int = 0

    @property
    def account(self) -> AccountId:
        """The name under which limits count it."""
        return AccountId(str(self.number))


class Step(msgspec.Struct, frozen=True):
    """One change of an account and the instant at which it came true."""

    at: Instant
    before: Snapshot
    after: Snapshot


def settled(member: Member, program: Program, at: Instant) -> Iterator[Step]:
    """Let time pass up to `at`, one change after the other."""
    while member.snap is not None and member.due is not None and member.due <= at:
        before, now = member.snap, max(member.due, member.at)
        after = settle(before, program.timeline, since=member.at, at=now).snap
        member.snap, member.at = after, now
        member.due = next_change(after, program.timeline, now)
        yield Step(now, before, after)


def bought(
    member: Member, program: Program, reference: Reference, facts: OrderFacts, shelf: Shelf
) -> tuple[OrderDocument, Step]:
    """Post a paid order, as recording does when it is first told."""
    document = absorbed(OrderDocument(reference), OrderTold(reference, delivery="", order=facts))
    return _posted(member, program, document, facts.occurred_at, shelf)


def gave_back(
    member: Member, program: Program, document: OrderDocument, refund: RefundFacts, shelf: Shelf
) -> tuple[OrderDocument, Step]:
    """Post what went back of an order, as recording does when a refund is told."""
    told = OrderTold(document.reference, delivery="", refunds={str(len(document.refunds) + 1): refund})
    return _posted(member, program, absorbed(document, told), refund.changed_at, shelf)


def used(member: Member, program: Program, fresh: RedemptionDocument, at: Instant) -> tuple[RedemptionDocument, Step]:
    """Use points, as redeeming does; what is left lives on where points live by activity. Raises Refused."""
    before = member.snap or opening(at)
    spending = redeem(fresh, before)
    legs = list(spending.legs)
    for currency, ends in keep_alive(program.in_force(at).definition, at).items():
        left = applied(before, legs).purse(currency)
        legs += prolong(left, currency, max(ends, shared_end(left)))
    return _spent(member, program, before, Spending(spending.document, tuple(legs)), at=at, kind="redeemed")


def restored(
    member: Member, program: Program, document: RedemptionDocument, points: int, at: Instant
) -> tuple[RedemptionDocument, Step]:
    """Give back `points` that paid for what was returned, with the program's grace."""
    before = member.snap or opening(at)
    definition = program.in_force(at).definition
    lives = document.currency in keep_alive(definition, at)
    spending = give_back(
        document,
        before,
        points,
        at=at,
        grace_until=restored_until(definition, at),
        alive_until=shared_end(before.purse(document.currency)) if lives else 0,
    )
    return _spent(member, program, before, spending, at=at, kind="restored")


def _posted(
    member: Member, program: Program, document: OrderDocument, at: Instant, shelf: Shelf
) -> tuple[OrderDocument, Step]:
    facts, before = document.facts, member.snap or opening(at)
    assert facts is not None
    pricing = document.pricing
    if pricing is None:
        version, held_at = program.in_force(facts.occurred_at), partial(_held, member, program, document, before)
        level = level_held(version.definition.tiers, before.tier, facts.occurred_at)
        bare = frozen(version, facts, tier=level, member_since=before.opened, told_at=at, held=held_at(level))
        pricing = reached_with(program, bare, facts, before, at, held=held_at)
    definition = program.version(pricing.version).definition
    target = price(definition, pricing, facts, returned(document), lines_returned(document))
    caps = {reference: shelf.cap(reference) for reference in changing(target, document.cuts, member.account)}
    within = counted(target, document.cuts, member.account, caps)
    for cap in within.caps:
        shelf.put_cap(cap)
    document = msgspec.structs.replace(
        document, account=member.account, pricing=pricing, cuts=within.cuts, state="posted"
    )
    calendar, ways = program.timeline.calendar, definition.refunds.ways
    posting = post(document, within.target, before, at=at, calendar=calendar, ways=ways)
    occurred_at = facts.occurred_at if posting.kind == "earned" else told_at(document)
    moved = (posting.legs, posting.rolled)
    step = _entered(member, program, before, *moved, kind=posting.kind, occurred_at=occurred_at, at=at)
    return posting.document, step


def _held(member: Member, program: Program, document: OrderDocument, before: Snapshot, level: str) -> tuple[str, ...]:
    """Rules whose conditions on the member hold; of birthdays, lists and the like past orders tell nothing."""
    facts = document.facts
    assert facts is not None
    at = facts.occurred_at
    occasion = Occasion(member.account, at, before, level, document.reference)
    return held(program.in_force(at).definition, occasion)


def _spent(
    member: Member, program: Program, before: Snapshot, spending: Spending, *, at: Instant, kind: EntryKind
) -> tuple[RedemptionDocument, Step]:
    moved = applied(before, spending.legs)
    legs = (*spending.legs, *bounded(moved, spending.document.currency, program.timeline.calendar))
    return spending.document, _entered(member, program, before, legs, (), kind=kind, occurred_at=at, at=at)


def _entered(
    member: Member,
    program: Program,
    before: Snapshot,
    legs: Sequence[Leg],
    rolled: Sequence[Rolled],
    *,
    kind: EntryKind,
    occurred_at: Instant,
    at: Instant,
) -> Step:
    """The account after an entry. No movement means no entry."""
    if not legs and not rolled:
        return Step(at, before, before)
    entry = Entry(
        account=member.account,
        seq=0,
        at=at,
        occurred_at=occurred_at,
        kind=kind,
        document=Reference(""),
        name="",
        event="",
        actor="",
        version="",
        rules=(),
        legs=tuple(legs),
        rolled=tuple(rolled),
        snap=msgspec.structs.replace(before, status="active"),
        prev="",
        hash="",
    )
    member.snap = next_snapshot(before, entry, program.timeline)
    member.at = at
    member.due = next_change(member.snap, program.timeline, at)
    return Step(at, before, member.snap)
