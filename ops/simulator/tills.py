"""What happens at tills and checkouts: points are used, set aside, and given back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import RedemptionDocument
from ops.simulator.chronicle import Asked
from ops.simulator.happenings import known_program
from ops.simulator.people import Person
from ops.simulator.rules import CURRENCY, PROGRAM
from ops.simulator.scheduler import Returned, Said
from ops.simulator.world import World

_DAY = 86_400_000
_HOLD = 20 * 60_000
FORGOTTEN = "member_forgotten"
"""Nobody is called so any more: the till never got to ask for points."""


@dataclass(frozen=True, slots=True)
class Uses:
    """A till uses points of somebody, or a checkout sets them aside for twenty minutes.

    share: hundredths of what there is when it asks, at least one point
    twice: it asks a second time at once, as a double click does
    """

    at: Instant
    name: str
    person: int
    reference: Reference
    share: int
    is_hold: bool
    twice: bool = False

    def happen(self, world: World) -> None:
        """The question is repeated until it is answered; card and points stay those of the first time."""
        asking = share_of(world, self.person, self.share)
        if asking is None:
            return
        whose, points = asking

        def use() -> RedemptionDocument:
            redemptions, program = world.house.redemptions, known_program(world)
            if not self.is_hold:
                return redemptions.redeem(program, self.reference, whose(), points, actor="till")
            until = world.house.adapters.clock.now() + _HOLD
            return redemptions.hold(program, self.reference, whose(), points, until=until, actor="checkout")

        answered = "held" if self.is_hold else "done"
        ask_for_points(world, world.chronicle.redemptions, self, use, Asked(points, answered))

    def says(self) -> str:
        """Who uses what."""
        if self.is_hold:
            return f"a checkout sets {self.share} % of what person {self.person} has aside ({self.reference})"
        return f"a till uses {self.share} % of what person {self.person} has ({self.reference})"


@dataclass(frozen=True, slots=True)
class Resolves:
    """A checkout captures a hold, all or half of it, or lets it go: in time, too late, or twice."""

    at: Instant
    name: str
    reference: Reference
    how: Literal["capture", "capture half", "release"]

    def happen(self, world: World) -> None:
        """Whatever is answered is final; what was refused changed nothing."""
        held = world.chronicle.redemptions.get(self.reference)
        if held is None:
            return
        points = max(1, held.points // 2) if self.how == "capture half" else held.points

        def resolve() -> RedemptionDocument:
            redemptions, program = world.house.redemptions, known_program(world)
            if self.how == "release":
                return redemptions.release(program, self.reference, actor="checkout")
            return redemptions.capture(program, self.reference, points, actor="checkout")

        def heard(answer: Returned | Said) -> None:
            if isinstance(answer, Returned):
                world.chronicle.resolved.setdefault(self.reference, []).append(0 if self.how == "release" else points)

        world.ask(f"till/{self.name}", resolve, heard)

    def says(self) -> str:
        """What becomes of it."""
        return f"{self.how} of {self.reference}"


@dataclass(frozen=True, slots=True)
class GivesBack:
    """A purchase that used points is undone: `share` hundredths of them come back."""

    at: Instant
    name: str
    reference: Reference
    share: int

    def happen(self, world: World) -> None:
        """Only what was used for certain can come back."""
        asked = world.chronicle.redemptions.get(self.reference)
        if asked is None or asked.answer != "done":
            return
        in_all = max(1, asked.points * self.share // 100)
        returned = world.chronicle.returned

        def give_back() -> RedemptionDocument:
            grace = world.now() + 14 * _DAY
            return world.house.redemptions.give_back(
                known_program(world), self.reference, in_all, actor="till", grace_until=grace
            )

        def heard(answer: Returned | Said) -> None:
            if isinstance(answer, Returned):
                returned[self.reference] = max(in_all, returned.get(self.reference, 0))

        world.ask(f"till/{self.name}", give_back, heard)

    def says(self) -> str:
        """What comes back."""
        return f"{self.share} % of {self.reference} come back"


class Asking(Protocol):
    """Somebody asks for points under a reference of their own, perhaps with a double click."""

    @property
    def name(self) -> str: ...
    @property
    def reference(self) -> Reference: ...
    @property
    def twice(self) -> bool: ...


def ask_for_points(
    world: World, asked: dict[Reference, Asked], asking: Asking, ask: Callable[[], object], done: Asked
) -> None:
    """Ask once, or twice at the same time: then a refusal of the one says nothing about the other.

    asked: where the answer is noted      done: the answer when nothing is refused
    """
    points, another = done.points, f"another_{asking.reference.partition('/')[0]}"
    asked[asking.reference] = Asked(points)

    def heard(answer: Returned | Said) -> None:
        match answer:
            case Returned():
                asked[asking.reference] = done
            case Said(Refused() as err) if err.reason == another:
                asked[asking.reference] = Asked(points, "somebody else's")
            case Said(Refused() as err) if not asking.twice and err.reason != FORGOTTEN:
                asked[asking.reference] = Asked(points, "refused")

    for time in ("a", "b") if asking.twice else ("a",):
        world.ask(f"till/{asking.name}/{time}", ask, heard)


def share_of(world: World, number: int, share: int) -> tuple[Callable[[], AccountId], int] | None:
    """How a container finds the account, and the points to ask for; None when there is nobody."""
    whose = scanned(world, number)
    try:
        there = _spendable(world, whose())
    except Refused:
        return None
    return whose, max(1, there * share // 100)


def scanned(world: World, number: int) -> Callable[[], AccountId]:
    """How a container finds somebody's account.

    Somebody with a card shows it: whatever becomes of that card, whoever asks goes on asking for it.
    """
    person = world.people[number]
    serial = person.cards[-1][1] if person.cards else ""
    return lambda: _account(world, person, serial)


def _account(world: World, person: Person, serial: str) -> AccountId:
    own = world.house.adapters
    if serial:
        card = own.cards.card(serial)
        assert card is not None
        return card.account
    known = own.members.identity(PROGRAM, own.vault.index(PROGRAM, "email", person.email), strong=True)
    if known is None:
        raise Refused(FORGOTTEN)
    return known.account


def _spendable(world: World, account: AccountId) -> int:
    newest = world.ledger.newest(PROGRAM, account)
    while newest is not None and newest.snap.merged_to is not None:
        newest = world.ledger.newest(PROGRAM, newest.snap.merged_to)
    return newest.snap.purse(CURRENCY).spendable if newest else 0
