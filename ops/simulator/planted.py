"""Mistakes that are planted on purpose: a simulator that does not find them would find no others.

Each replaces a small part of the production for a while, in the way in which people really get it wrong.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import msgspec

from chalicelib.events import AccountId, ActivityTold, Amounts, Instant, Reference
from chalicelib.ledger import moves, orders, posting, settle
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.journal import Leg, Purse
from chalicelib.ledger.posting import Ways
from chalicelib.programs.definition import Definition
from chalicelib.programs.program import Program
from chalicelib.services import (
    claiming,
    journaling,
    receiving,
    recording,
    redeeming,
    refreshing,
    repushing,
    rewarding,
    walking,
)
from chalicelib.services.journaling import Standing
from chalicelib.services.messages import Messages
from chalicelib.services.ports import Commit, Ledger, Outcome
from chalicelib.store.memory.ledger import MemoryLedger
from ops.simulator.run import run
from ops.simulator.story import story

MOST_SEEDS = 80


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. `plant`: (owner, attribute, what stands there instead), all at once."""

    name: str
    plant: tuple[tuple[Any, str, Any], ...]

    @contextmanager
    def made(self) -> Iterator[None]:
        """While it is made."""
        with ExitStack() as stack:
            for owner, name, wrong in self.plant:
                stack.enter_context(patch.object(owner, name, wrong))
            yield


def seeds_needed(mistake: Mistake, *, size: int, most: int = MOST_SEEDS) -> tuple[int, str]:
    """How many seeds it takes to find a mistake, 0 for too many; and the violation that told of it."""
    with mistake.made():
        for seed in range(most):
            violations = run(story(seed, size)).violations
            if violations:
                return seed + 1, violations[0]
    return 0, ""


def planted() -> Sequence[Mistake]:
    """All of them."""
    refresh, standing = refreshing.Refresh, journaling.standing_alone
    again = (repushing.Repushing, "work_off", _nothing)
    return (
        Mistake("no condition on the document", ((MemoryLedger, "_forbidden", _without("documents")),)),
        Mistake("no condition on the entry", ((MemoryLedger, "_forbidden", _without("entries")),)),
        Mistake("no condition on a new identity", ((MemoryLedger, "_forbidden", _without("identities")),)),
        Mistake("a repeated activity counts again", ((rewarding, "_reference", _named_by_delivery),)),
        Mistake("the whole is posted, not the difference", ((recording, "post", _whole),)),
        Mistake("a refund is taken back twice", ((orders, "take_back", _twice),)),
        Mistake("each refund is rounded by itself", ((recording, "returned", _rounded_each),)),
        Mistake("a failed refund still counts", ((recording, "returned", _with_failed),)),
        Mistake("no answer is taken for success", ((recording.Recorder, "_attempt", _trusting),)),
        Mistake("what is owed is forgotten", ((orders, "take_back", _let_go),)),
        Mistake("new points do not pay what is owed", ((moves, "inflow", _unpaid), (settle, "inflow", _unpaid))),
        Mistake("a redemption looks at an old balance", ((redeeming, "standing", _yesterday),)),
        Mistake("a merged account is forgotten", ((claiming, "standing", standing), (redeeming, "standing", standing))),
        # Phones are told again in the next days: what hides these two is left out with them.
        Mistake("a push is lost when its handler dies", ((refresh, "_push_missed", _nothing), again)),
        Mistake("a trailing push is never sent", ((refresh, "work_off", _nothing), again)),
        Mistake("a phone that did not come is never told again", (again,)),
        Mistake("the shop talks to those who did not agree", ((Messages, "_keeps_out", _nothing_in_the_way),)),
        Mistake("a walk that lost its message is forgotten", ((walking.Walking, "revive", _nothing),)),
        Mistake("what came at a bad time is dropped", ((receiving.Reception, "_defer", _nothing),)),
    )


_forbidden, _post, _take_back = MemoryLedger._forbidden, orders.post, posting.take_back
_reference, _attempt, _standing = rewarding._reference, recording.Recorder._attempt, journaling.standing


def _without(part: str) -> Any:
    left_out: dict[str, Any] = {part: ()}

    def forbidden(ledger: MemoryLedger, commit: Commit) -> Outcome | None:
        return _forbidden(ledger, msgspec.structs.replace(commit, **left_out))

    return forbidden


def _named_by_delivery(definition: Definition, told: ActivityTold, account: AccountId) -> Reference:
    return Reference(f"{_reference(definition, told, account)}+{told.delivery}")


def _whole(document: Any, *args: Any, **named: Any) -> Any:
    return _post(msgspec.structs.replace(document, posted=(), rolled=()), *args, **named)


def _twice(*args: Any, **named: Any) -> list[Leg]:
    return [*_take_back(*args, **named), *_take_back(*args, **named)]


def _let_go(*args: Any, **named: Any) -> list[Leg]:
    return _take_back(*args, **(named | {"ways": Ways(is_owed=False)}))


def _unpaid(purse: Purse, currency: str, ends: Instant, points: int) -> list[Leg]:
    return [Leg("cell", currency, points, ends=ends)]


def _rounded_each(document: OrderDocument) -> Amounts:
    goods = [refund.amounts.goods for refund in document.refunds.values() if refund.status == "succeeded"]
    return Amounts(goods=sum(each // 100 * 100 for each in goods))


def _with_failed(document: OrderDocument) -> Amounts:
    return Amounts(goods=sum(refund.amounts.goods for refund in document.refunds.values()))


def _trusting(recorder: recording.Recorder, *args: Any, **named: Any) -> Any:
    outcome, recorded = _attempt(recorder, *args, **named)
    return Outcome.COMMITTED if outcome is Outcome.UNKNOWN else outcome, recorded


def _yesterday(ledger: Ledger, program: Program, account: AccountId, now: Instant) -> Standing:
    stand = _standing(ledger, program, account, now)
    before = ledger.entries(program.slug, stand.account, newest_first=True, limit=2)
    if len(before) > 1:
        past = settle.settle(before[1].snap, program.timeline, since=before[1].at, at=stand.at)
        return msgspec.structs.replace(
            stand, settled=msgspec.structs.replace(past, legs=stand.settled.legs, rolled=stand.settled.rolled)
        )
    return stand


def _nothing_in_the_way(*args: Any, **named: Any) -> str:
    return ""


def _nothing(*args: Any, **named: Any) -> None:
    """Done by nobody."""
