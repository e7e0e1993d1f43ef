"""From legs to what a person would call them: the movements of one currency, time's own and an entry's.

in_time(...)    what time did: points became usable, a checkout ran out, points expired
of_entry(...)   what an entry itself did
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER, Entry, Leg, PlaceKind

What = Literal[
    "earned", "reviewed", "did", "undone", "taken_back", "once", "pooled", "redeemed", "restored", "expired",
    "too_late", "matured", "given_up", "revived", "rescheduled", "prolonged", "held", "released", "timed_out", "owed",
    "repaid", "adjusted", "corrected", "received", "sent", "merged", "merged_away", "unmerged",
    "level", "claimed", "counted", "uncounted", "noted",
]  # fmt: skip
"""What a row of the history is about."""

_TOTALS: tuple[PlaceKind, ...] = ("issued", "redeemed", "expired", "taken_back", "transferred")


class Figures(msgspec.Struct, frozen=True):
    """Signed changes of what is usable, on the way, set aside and owed."""

    usable: int = 0
    coming: int = 0
    held: int = 0
    owed: int = 0

    @property
    def worth(self) -> int:
        """What all of it together is worth to its member."""
        return self.usable + self.coming + self.held - self.owed

    def plus(self, other: "Figures") -> "Figures":
        """Both, one after the other."""
        return Figures(
            self.usable + other.usable, self.coming + other.coming, self.held + other.held, self.owed + other.owed
        )


NOTHING = Figures()


class Movement(msgspec.Struct, frozen=True):
    """One thing that happened to points of one currency.

    points: signed change of what the member is worth      amount: the points it is about, never negative
    at: its own instant, None for an entry's own movements      day: until or from when; None when there is none
    forgiven: of points taken back, those that had expired before
    figures: how it moved the purse; what an entry did stands whole at its first movement
    """

    what: What
    points: int
    amount: int
    at: Instant | None = None
    day: Instant | None = None
    forgiven: int = 0
    figures: Figures = NOTHING


def moved(legs: Iterable[Leg]) -> Figures:
    """How legs of one currency moved its purse."""
    by_place = _sums(legs)
    return Figures(by_place["cell"], by_place["maturing"], by_place["held"], -by_place["debt"])


def in_time(legs: Iterable[Leg], currency: str, since: Instant) -> list[Movement]:
    """What time did, in its order; points that become usable on one day are one movement."""
    found: list[Movement] = []
    for movement in (each for group in _steps(legs, currency) for each in _of_time(group, since)):
        last = found[-1] if found else None
        if last and last.what in ("matured", "timed_out") and (last.what, last.at) == (movement.what, movement.at):
            amount, figures = last.amount + movement.amount, last.figures.plus(movement.figures)
            found[-1] = msgspec.structs.replace(last, amount=amount, figures=figures)
        else:
            found.append(movement)
    return found


def of_entry(entry: Entry, legs: Iterable[Leg], currency: str) -> list[Movement]:
    """What an entry did with its own `legs`; nothing when they touch this currency in no way that people can see."""
    own = [leg for leg in legs if leg.currency == currency]
    found = list(_named(entry, own))
    if not found:
        return []
    return [msgspec.structs.replace(found[0], figures=moved(own)), *found[1:]]


def _sums(legs: Iterable[Leg]) -> dict[PlaceKind, int]:
    sums: dict[PlaceKind, int] = dict.fromkeys((*_TOTALS, "cell", "maturing", "held", "debt"), 0)
    for leg in legs:
        sums[leg.place] += leg.points
    return sums


# --- time ---------------------------------------------------------------------------------------------------------


def _steps(legs: Iterable[Leg], currency: str) -> Iterator[list[Leg]]:
    """The legs of one lot that ripened, of one hold that ran out, or of one cell that expired, together."""
    group: list[Leg] = []
    for leg in legs:
        if leg.currency != currency:
            continue
        starts = leg.place in ("cell", "maturing", "held") and leg.points < 0
        goes_on = group and leg.place == "held" and leg.document == group[0].document
        if starts and not goes_on and group:
            yield group
            group = []
        group.append(leg)
    if group:
        yield group


def _of_time(group: Sequence[Leg], since: Instant) -> Iterator[Movement]:
    first = group[0]
    if all(leg.place == "cell" for leg in group):
        return  # their owner's level lets them live on: no points came or went
    amount = -sum(leg.points for leg in group if leg.place == first.place and leg.points < 0)
    what: What = {"maturing": "matured", "held": "timed_out"}.get(first.place, "expired")  # type: ignore[assignment]
    if what == "matured" and any(leg.place == "expired" for leg in group):
        what = "given_up"  # what they waited for did not happen
    at = first.ends if what == "expired" else first.at
    assert at is not None
    figures = moved(group)
    then = max(since, at)
    yield Movement(what, figures.worth, amount, then, at, figures=figures)
    if figures.owed < 0:
        yield Movement("repaid", 0, -figures.owed, then)


# --- entries ------------------------------------------------------------------------------------------------------


def _named(entry: Entry, own: Sequence[Leg]) -> Iterator[Movement]:
    figures, sums = moved(own), _sums(own)
    worth = figures.worth
    match entry.kind:
        case "merged" | "unmerged" | "adjusted" | "corrected" | "transferred" if worth:
            yield Movement(_whole(entry, worth), worth, abs(worth))
        case "merged" | "unmerged" | "adjusted" | "corrected" | "transferred":
            return
        case _:
            yield from _by_total(entry, own, sums)
            yield from _set_aside(entry, own, sums)
    if figures.owed > 0:
        yield Movement("owed", 0, figures.owed)
    elif figures.owed < 0:
        yield Movement("repaid", 0, -figures.owed)


def _whole(entry: Entry, worth: int) -> What:
    match entry.kind:
        case "merged":
            return "merged_away" if entry.snap.status == "merged" else "merged"
        case "unmerged":
            return "unmerged"
        case "adjusted":
            return "adjusted"
        case "corrected":
            return "corrected"
        case _:
            return "received" if worth > 0 else "sent"


def _by_total(entry: Entry, own: Sequence[Leg], sums: dict[PlaceKind, int]) -> Iterator[Movement]:
    """Points that came into being, went, or came back: a row for each total that changed."""
    expired = sums["expired"]
    if taken := sums["taken_back"]:
        forgiven = max(0, -expired)
        yield Movement(_taken(entry), forgiven - taken, abs(taken), forgiven=forgiven)
        expired += forgiven
    if issued := -sums["issued"]:
        waits = [leg for leg in own if leg.place == "maturing" and leg.points > 0]
        # A day that is also the end is no day: these points wait for a delivery.
        ripens = max((NEVER if leg.at == leg.ends else leg.at or 0 for leg in waits), default=None)
        yield Movement(_given(entry), issued, abs(issued), day=ripens)
    if used := sums["redeemed"]:
        yield Movement(_used(entry) if used > 0 else "restored", -used, abs(used))
    if sent := sums["transferred"]:
        yield Movement("sent" if sent > 0 else "received", -sent, abs(sent))
    if expired:  # below zero: what nobody was told of in time has happened after all
        yield Movement("too_late" if expired > 0 else "revived", -expired, abs(expired))


def _used(entry: Entry) -> What:
    return "pooled" if entry.document.startswith("household-use/") else "redeemed"


def _given(entry: Entry) -> What:
    if entry.document.startswith("activity/review.created/"):
        return "reviewed"
    return "did" if entry.document.startswith("activity/") else "earned"


def _taken(entry: Entry) -> What:
    """What is taken back since it was undone names its rules; what was counted twice does not."""
    if not entry.document.startswith("activity/"):
        return "taken_back"
    return "undone" if entry.rules else "once"


def _set_aside(entry: Entry, own: Sequence[Leg], sums: dict[PlaceKind, int]) -> Iterator[Movement]:
    """Points that stayed the member's, but moved: set aside, free again, another day."""
    freed = -sums["held"] - max(0, sums["redeemed"])
    if freed > 0:
        yield Movement("released", 0, freed)
    elif sums["held"] > 0:
        until = max(leg.at or 0 for leg in own if leg.place == "held" and leg.points > 0)
        yield Movement("held", 0, sums["held"], day=until)
    if entry.kind != "moved":
        return
    ripens = [leg for leg in own if leg.place == "maturing" and leg.points > 0]
    ripe = -sums["maturing"] - sums["expired"]
    live = [leg for leg in own if leg.place == "cell" and leg.points > 0]
    if ripe > 0:
        yield Movement("matured", 0, ripe)
    elif {leg.at for leg in ripens} - {leg.at for leg in own if leg.place == "maturing" and leg.points < 0}:
        yield Movement("rescheduled", 0, sum(leg.points for leg in ripens), day=max(leg.at or 0 for leg in ripens))
    elif live or ripens:
        yield Movement("prolonged", 0, 0, day=max(leg.ends or 0 for leg in (*live, *ripens)))
