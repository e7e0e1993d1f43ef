"""Walks: a throttled way through everything of a program that wants the same done to it."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from chalicelib.cards.face import Message
from chalicelib.events import Instant

Job = Literal["publish", "republish", "message", "withdraw", "resume"]
"""What a walk does to each: a new version comes into force (accounts); the card is drawn anew, told something, or what
it was told is taken back (cards); what was told during a pause is recorded (deliveries)."""

WalkState = Literal["running", "done", "stopped", "withdrawn"]
"""Stopped: it may go on. Withdrawn: what it said is being taken back, and nobody is told any more."""


class Campaign(msgspec.Struct, frozen=True):
    """What the shop says, and to whom: members of a level and of a segment ("" for all) who agreed to be told.

    at_night: also while people sleep
    """

    message: Message
    level: str = ""
    segment: str = ""
    at_night: bool = False


class Walk(msgspec.Struct, frozen=True):
    """A way through a program's accounts or cards, and how far it has come.

    rate: a second, never more in any ten seconds     cursor: opens the batch that is next, or is under way
    turn: the message that may take the next step says this number: others are repeats of old ones
    held_until: somebody is at a batch until then; 0 while nobody is      rests_until: it may not go on before (night)
    paced_from, paced: the plan: so many have had their turn since that instant. It begins anew after a delay, so that
        nothing is ever made up for
    done: how many have had their turn      total: how many there are, about; 0 where nobody counted
    counted: what became of them, by outcome      moved_at: its last sign of life
    """

    program: str
    id: str
    job: Job
    rate: int
    started_at: Instant
    revision: int = 1
    state: WalkState = "running"
    cursor: str = ""
    turn: int = 0
    held_until: Instant = 0
    rests_until: Instant = 0
    paced_from: Instant = 0
    paced: int = 0
    done: int = 0
    total: int = 0
    counted: Mapping[str, int] = msgspec.field(default_factory=dict)
    moved_at: Instant = 0
    campaign: Campaign | None = None


class Walks(Protocol):
    """How far walks have come. Reads are strongly consistent. Raise TryAgain. Walks that ended are kept for a while."""

    def walk(self, program: str, walk: str) -> Walk | None: ...

    def put_walk(self, walk: Walk) -> bool:
        """Write if the stored revision is `walk.revision - 1` (absent for 1). False when somebody was faster."""

    def walks(self) -> Sequence[Walk]:
        """All that are kept, of every program."""


class Unfetched(NamedTuple):
    """A card that was pushed, and when to see whether its phones have come."""

    serial: str
    at: Instant


class Looks(NamedTuple):
    """Cards to be looked at, the earliest first; all of those that are due until `until`."""

    cards: Sequence[Unfetched]
    until: Instant


class Repushes(Protocol):
    """Cards whose phones were told and may not have come, by when to look. Raise TryAgain.

    What has been looked at is forgotten by itself, some days later.
    """

    def note(self, serial: str, at: Instant) -> None:
        """Look at a card then. Repeating is harmless."""

    def waiting(self, *, since: Instant, until: Instant, limit: int) -> Looks:
        """Those that are to be looked at from `since` to `until`, or as far as about so many are found."""

    def looked_until(self) -> Instant | None:
        """Everything before has been handed on; None before the first time."""

    def put_looked_until(self, instant: Instant) -> None: ...
