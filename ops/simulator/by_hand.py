"""What people move by hand: a shop gives and takes points, members give them to each other, accounts become one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import Refused
from chalicelib.events import Instant, Reference
from ops.simulator.chronicle import Asked
from ops.simulator.happenings import Happening, known_program
from ops.simulator.rules import CURRENCY
from ops.simulator.tills import ask_for_points, scanned, share_of
from ops.simulator.world import World

_DAY = 86_400_000

if TYPE_CHECKING:
    from ops.simulator.story import Teller


@dataclass(frozen=True, slots=True)
class Adjusts:
    """Somebody of the shop gives points, or takes them. twice: the operator clicks twice."""

    at: Instant
    name: str
    person: int
    reference: Reference
    points: int
    twice: bool = False

    def happen(self, world: World) -> None:
        """Until it is answered."""
        whose = scanned(world, self.person)

        def adjust() -> object:
            return world.house.adjustments.adjust(
                known_program(world), self.reference, whose(), self.points, currency=CURRENCY, reason="Sorry", actor="x"
            )

        ask_for_points(world, world.chronicle.by_hand, self, adjust, Asked(self.points, "done"))

    def says(self) -> str:
        """Who gets what."""
        return f"the shop gives {self.points} points to person {self.person} ({self.reference})"


@dataclass(frozen=True, slots=True)
class Transfers:
    """A member gives some hundredths of what there is to another one."""

    at: Instant
    name: str
    person: int
    to: int
    reference: Reference
    share: int
    twice: bool = False

    def happen(self, world: World) -> None:
        """Until it is answered."""
        asking = share_of(world, self.person, self.share)
        if asking is None:
            return
        giver, points = asking
        receiver = scanned(world, self.to)

        def transfer() -> object:
            return world.house.transfers.transfer(
                known_program(world),
                self.reference,
                giver(),
                receiver(),
                points,
                currency=CURRENCY,
                actor="member",
            )

        ask_for_points(world, world.chronicle.by_hand, self, transfer, Asked(points, "done"))

    def says(self) -> str:
        """Who gives what to whom."""
        return f"person {self.person} gives {self.share} % to person {self.to} ({self.reference})"


@dataclass(frozen=True, slots=True)
class MergesAccounts:
    """An operator says that two accounts are one person's."""

    at: Instant
    name: str
    person: int
    into: int

    def happen(self, world: World) -> None:
        """The operator read both names once, and repeats them until there is an answer."""
        try:
            account, into = scanned(world, self.person)(), scanned(world, self.into)()
        except Refused:
            return
        world.chronicle.merges[self.name] = account

        def merge() -> object:
            return world.house.merges.merge(known_program(world), account, into, reason="the same", actor="x")

        world.ask(f"owner/{self.name}", merge, lambda _: None)

    def says(self) -> str:
        """Who becomes whom."""
        return f"an operator merges person {self.person} into person {self.into} ({self.name})"


@dataclass(frozen=True, slots=True)
class PartsAccounts:
    """An operator says that a merge was a mistake."""

    at: Instant
    name: str
    merge: str

    def happen(self, world: World) -> None:
        """Until it is answered."""
        account = world.chronicle.merges.get(self.merge)
        if account is None:
            return
        world.ask(
            f"owner/{self.name}",
            lambda: world.house.merges.unmerge(known_program(world), account, actor="x"),
            lambda _: None,
        )

    def says(self) -> str:
        """What is undone."""
        return f"an operator undoes {self.merge}"


def merges(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Accounts become one by hand, and most of them two again."""
    rng, name = teller.rng, teller.next("merge")
    yield MergesAccounts(at, name, teller.person(), teller.person())
    if rng.random() < 0.7:
        parted_at = at + 500 + teller.gap() % (29 * _DAY)
        yield PartsAccounts(parted_at, teller.next("part"), name)


def gifts(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Points that are given or taken by hand, some of them with a double click."""
    rng, name, person = teller.rng, teller.next("gift"), teller.person()
    twice = rng.random() < 0.15
    if rng.random() < 0.5:
        points = rng.choice((1, 15, 120, 700, -1, -10, -80))
        yield Adjusts(at, name, person, Reference(f"adjustment/{name}"), points, twice)
        return
    yield from transfers(teller, at, person, teller.person())


def transfers(teller: Teller, at: Instant, person: int, to: int) -> Iterator[Happening]:
    """Points that a member gives to another one."""
    rng, name = teller.rng, teller.next("transfer")
    share, twice = rng.choice((1, 20, 50, 100, 130)), rng.random() < 0.15
    yield Transfers(at, name, person, to, Reference(f"transfer/{name}"), share, twice)
