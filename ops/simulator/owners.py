"""What owners do beside their rules: another look, a message to the members, and a message taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import Instant
from ops.simulator.happenings import known_program
from ops.simulator.rules import PROGRAM
from ops.simulator.world import World

_RATE = 50


@dataclass(frozen=True, slots=True)
class Dresses:
    """The version in force gets other pictures, and every card is drawn anew."""

    at: Instant
    name: str

    def happen(self, world: World) -> None:
        """Until the walk has begun; after another walk, which may have passed some cards by."""
        house = world.house

        def dress() -> None:
            program = known_program(world)
            house.publishing.dress(program, program.in_force(house.adapters.clock.now()).sha, self.name)
            _or_later(lambda: house.walking.start(program, "republish", rate=_RATE))

        world.ask(f"owner/{self.name}", dress, lambda _: None)

    def says(self) -> str:
        """Which look."""
        return f"the owner gives the cards the pictures {self.name}"


@dataclass(frozen=True, slots=True)
class Says:
    """The shop says something to members of a level, or to all."""

    at: Instant
    name: str
    level: str
    at_night: bool

    def happen(self, world: World) -> None:
        """A few tries; while another message is on its way, this one is not said."""
        house = world.house

        def say() -> None:
            program = known_program(world)
            words = dict.fromkeys(program.in_force(world.now()).definition.languages, self.name)
            campaign = house.messages.campaign(program, words, level=self.level, at_night=self.at_night)
            house.walking.start(program, "message", rate=_RATE, campaign=campaign)

        world.ask(f"owner/{self.name}", say, lambda _: None, tries=3)

    def says(self) -> str:
        """To whom."""
        return f"the shop says {self.name} to {self.level or 'everybody'}"


@dataclass(frozen=True, slots=True)
class TakesBack:
    """The shop takes back what it said last."""

    at: Instant
    name: str

    def happen(self, world: World) -> None:
        """Until the walk that takes it off the cards has begun."""
        walking = world.house.walking
        sent = walking.of(PROGRAM, "message")
        if not sent:
            return

        def take_back() -> None:
            _or_later(lambda: walking.withdraw(known_program(world), sent[0].id, rate=_RATE))

        world.ask(f"owner/{self.name}", take_back, lambda _: None)

    def says(self) -> str:
        """That it does."""
        return "the shop takes its last message back"


def _or_later(start: Callable[[], object]) -> None:
    try:
        start()
    except Refused as err:
        raise TryAgain(err.reason) from err
