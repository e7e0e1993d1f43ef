"""Limits that span orders: a member's points of one period, and the budget of a whole campaign.

Each limit is a document that counts what was wanted and what was given. An order is priced as if there were no such
limit; what the limit takes is its `cut`, and its entry posts the difference to what is left.

    counted(...)    the target within its limits, the cuts and the limits' documents after them
    within(...)     a target less the cuts
    counts(...), wrong_limit(...), wrong_count(...)     for the checker: documents and limits must agree

A member's limit gives `min(most, wanted)` of all that was wanted, so the sum does not depend on who came first: a
refund inside an exhausted limit takes nothing back. A budget grants each order its part when the order comes, for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import ActivityDocument, CapDocument, Cut, Document, OrderDocument, Target, Want


class Counted(msgspec.Struct, frozen=True):
    """A target within its limits. `caps`: the limits' documents that changed, at their next revision."""

    target: Target
    cuts: tuple[Cut, ...]
    caps: tuple[CapDocument, ...]


def cap_reference(want: Want, account: AccountId) -> Reference:
    """The name of the document that counts for a limit. The rule's name may hold slashes, what follows does not."""
    if want.when_short is not None:
        return Reference(f"budget/{want.rule}/{want.currency}")
    return Reference(f"cap/{want.rule}/{want.currency}/{account}/{want.period}")


def changing(target: Target, cuts: Iterable[Cut], account: AccountId) -> tuple[Reference, ...]:
    """The limits whose documents must be read: those to which the target counts more or less than before."""
    return tuple(cut.cap for cut, want in _paired(target, cuts, account) if _points(want) != cut.wanted)


def counted(
    target: Target, cuts: Iterable[Cut], account: AccountId, caps: Mapping[Reference, CapDocument | None]
) -> Counted:
    """Count a target towards its limits. `caps`: the documents that `changing` named, None where there is none yet.

    Raises: Broken when something was counted by a document that is gone.
    """
    after: list[Cut] = []
    written: list[CapDocument] = []
    for cut, want in _paired(target, cuts, account):
        if _points(want) == cut.wanted:
            after.append(cut)
            continue
        known = caps[cut.cap] or _fresh(cut, want, account)
        now, cap = _count_shared(cut, want, known) if known.account is not None else _grant(cut, want, known)
        after.append(now)
        written.append(msgspec.structs.replace(cap, revision=known.revision + 1))
    kept = tuple(cut for cut in after if cut != Cut(cut.cap, cut.currency, 0, metric=cut.metric))
    return Counted(within(target, kept), kept, tuple(written))


def within(target: Target, cuts: Iterable[Cut]) -> Target:
    """The target less what limits took: in its points, and in the rolling metric that counts them."""
    points: dict[str, int] = defaultdict(int)
    rolled: dict[str, int] = defaultdict(int)
    for cut in cuts:
        points[cut.currency] += cut.cut
        rolled[cut.metric] += cut.cut
    if not any(points.values()):
        return target
    worths = [msgspec.structs.replace(worth, points=worth.points - points[worth.currency]) for worth in target.worths]
    rolling = [
        msgspec.structs.replace(part, points=part.points - _cut_of(part.metric, rolled)) for part in target.rolling
    ]
    return msgspec.structs.replace(target, worths=tuple(worths), rolling=tuple(rolling))


def _cut_of(metric: str, rolled: Mapping[str, int]) -> int:
    """What limits took of a metric, or of the same measure in a window of its own: its name goes on after a blank."""
    return sum(cut for name, cut in rolled.items() if name and (metric == name or metric.startswith(f"{name} ")))


class Count(msgspec.Struct, frozen=True):
    """Points that count towards a limit, before it and after it."""

    wanted: int = 0
    given: int = 0

    def plus(self, other: Self) -> Self:
        """Both together."""
        return type(self)(self.wanted + other.wanted, self.given + other.given)


def counts(document: Document) -> Iterator[tuple[Reference, Count]]:
    """What a document counts towards each limit."""
    if isinstance(document, OrderDocument | ActivityDocument):
        for cut in document.cuts:
            yield cut.cap, Count(cut.wanted, cut.wanted - cut.cut)


def wrong_limit(cap: CapDocument) -> str:
    """What is wrong with a limit by itself, in plain words; empty when nothing is.

    A member's limit gives all that it may, a budget may have been too short for an order that asked for more.
    """
    most = min(cap.most, cap.wanted)
    if not 0 <= cap.given <= most or (cap.account is not None and cap.given != most):
        return f"{cap.reference} gave {cap.given} of {cap.wanted} points, and its limit is {cap.most}"
    return ""


def wrong_count(cap: CapDocument, orders: Count, *, is_whole: bool) -> str:
    """What is wrong between a limit and the sum of what its documents count, in plain words; empty when nothing is.

    is_whole: False when documents that counted may have reached their end: those of guests
    """
    told = Count(cap.wanted, cap.given)
    if orders == told:
        return ""
    # Of a member's limit a document that is gone may have given less than nothing: what it lost another one got.
    may_give = cap.account is not None or orders.given <= told.given
    if not is_whole and orders.wanted <= told.wanted and may_give:
        return ""
    return f"{cap.reference} counts {told.given} of {told.wanted} points, its orders {orders.given} of {orders.wanted}"


def _paired(target: Target, cuts: Iterable[Cut], account: AccountId) -> list[tuple[Cut, Want | None]]:
    """What was counted so far beside what is to be counted; a limit that no longer applies wants nothing."""
    known = {cut.cap: cut for cut in cuts}
    wants = {cap_reference(want, account): want for want in target.wants}
    fresh = {cap: Cut(cap, want.currency, 0, metric=want.metric) for cap, want in wants.items()}
    return [(cut, wants.get(cap)) for cap, cut in {**fresh, **known}.items()]


def _fresh(cut: Cut, want: Want | None, account: AccountId) -> CapDocument:
    if want is None or cut.wanted:
        raise Broken("limit_is_gone", document=cut.cap)
    return CapDocument(cut.cap, cut.currency, want.most, account=account if want.when_short is None else None)


def _points(want: Want | None) -> int:
    return want.points if want is not None else 0


def _count_shared(cut: Cut, want: Want | None, cap: CapDocument) -> tuple[Cut, CapDocument]:
    """A member's limit. A limit that was raised holds from now on; one that was lowered from the next period on."""
    most = max(cap.most, want.most if want is not None else 0)
    more = _points(want) - cut.wanted
    wanted = cap.wanted + more
    given = min(most, wanted)
    now = msgspec.structs.replace(cut, wanted=cut.wanted + more, cut=cut.cut + more - (given - cap.given))
    return now, msgspec.structs.replace(cap, most=most, wanted=wanted, given=given)


def _grant(cut: Cut, want: Want | None, cap: CapDocument) -> tuple[Cut, CapDocument]:
    """A budget: what was granted stays granted, what was cut stays cut, whatever becomes of other orders.

    An order that wants less frees the budget; one that wants more asks again, unless the budget was short for it once.
    """
    wanted, had = _points(want), cut.wanted - cut.cut
    asked = wanted if cut.ceiling is None else min(wanted, cut.ceiling)
    granted, ceiling, most = asked, cut.ceiling, cap.most
    if want is not None and asked > had:
        most = max(most, want.most)
        room = max(0, want.most - cap.given)
        if asked - had > room:
            granted = had + room if want.when_short == "partial" else had
            ceiling = granted
    now = msgspec.structs.replace(cut, wanted=wanted, cut=wanted - granted, ceiling=ceiling)
    given = cap.given + granted - had
    return now, msgspec.structs.replace(cap, most=most, wanted=cap.wanted + wanted - cut.wanted, given=given)
