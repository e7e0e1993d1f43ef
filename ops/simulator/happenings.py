"""What can happen outside, one small class per kind. A story is a list of them; shrinking removes some.

Each says when it happens, does it to a world, and tells people what it was. Here are news, rules and outages; tills.py
and joining.py have the others. A new kind of event of the services gets a class beside them and a maker in story.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.events import Event, Instant, OrderTold, PaymentTold, RefundFacts
from chalicelib.programs.program import Program, sha_of
from ops.simulator.rules import PROGRAM, Rules
from ops.simulator.scheduler import Returned, Said
from ops.simulator.world import World


class Happening(Protocol):
    """Something outside. `at`: milliseconds after the beginning; `name`: unique in its story."""

    @property
    def at(self) -> Instant: ...
    @property
    def name(self) -> str: ...
    def happen(self, world: World) -> None: ...
    def says(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Tells:
    """A sender tells us something, until it hears that it arrived."""

    at: Instant
    name: str
    connection: str
    event: Event

    def happen(self, world: World) -> None:
        """A webhook."""

        def heard(answer: Returned | Said) -> None:
            if isinstance(answer, Returned):
                world.chronicle.acknowledged(self.event)

        world.ask(f"hook/{self.name}", lambda: world.front.accept(self.connection, self.event), heard)

    def says(self) -> str:
        """Who tells what."""
        return f"{self.connection} tells {_said(self.event)}"


@dataclass(frozen=True, slots=True)
class Publishes:
    """The owner publishes other rules while everything goes on."""

    at: Instant
    name: str
    rules: Rules

    def happen(self, world: World) -> None:
        """Until it is said to be published."""
        text = self.rules.text()
        world.chronicle.rules[sha_of(text)] = self.rules
        world.ask(
            f"owner/{self.name}", lambda: world.house.publishing.publish(text, file="harbour.yaml"), lambda _: None
        )

    def says(self) -> str:
        """Which rules."""
        return f"the owner publishes {self.rules}"


@dataclass(frozen=True, slots=True)
class GoesDown:
    """A neighbour is down for a while; "stream" is late instead."""

    at: Instant
    name: str
    neighbour: str
    milliseconds: int

    def happen(self, world: World) -> None:
        """Nothing of it answers, or the stream stands still."""
        until = world.now() + self.milliseconds
        if self.neighbour == "stream":
            world.weather.note("stream", "late")
            world.stream.stalled_until = max(until, world.stream.stalled_until)
        else:
            world.weather.note(self.neighbour, "down")
            world.weather.outages[self.neighbour] = until

    def says(self) -> str:
        """Who is down."""
        return f"{self.neighbour} is down for {self.milliseconds / 1000:g} s"


def known_program(world: World) -> Program:
    """The program as the container that asks knows it."""
    program = world.house.adapters.programs.program(PROGRAM)
    assert program is not None
    return program


def _said(event: Event) -> str:
    match event:
        case OrderTold(order=facts):
            parts: list[str] = [event.reference]
            if facts is not None:
                state = "cancelled" if facts.is_cancelled else "paid" if facts.is_paid else "unpaid"
                parts.append(f"{state} {facts.amounts.goods / 100:.2f} {facts.currency} at {facts.changed_at}")
            return ", ".join([*parts, *_refunds("refund", event.refunds)])
        case PaymentTold():
            return ", ".join([event.reference, *event.orders, *_refunds("refund", event.refunds)])
        case _:
            return str(event)


def _refunds(what: str, refunds: Mapping[str, RefundFacts]) -> list[str]:
    return [f"{what} {key} {told.status} {told.amounts.goods / 100:.2f}" for key, told in refunds.items()]
