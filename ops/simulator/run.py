"""One seed: its story happens to a world, and the oracle looks at what is left."""

import hashlib
import logging
import time
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from ops.simulator.faces import Faces
from ops.simulator.happenings import GoesDown
from ops.simulator.oracle import Oracle
from ops.simulator.people import townsfolk
from ops.simulator.rules import PROGRAM
from ops.simulator.said import Said
from ops.simulator.scheduler import Unsettled
from ops.simulator.story import Story
from ops.simulator.world import START, World


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a seed. `happened`: (call, what) and how often; `digest`: of all that is stored at the end."""

    seed: int
    events: int
    handlers: int
    steps: int
    seconds: float
    virtual_days: int
    digest: str
    violations: tuple[str, ...]
    happened: Counter[tuple[str, str]] = field(default_factory=Counter)


def run(story: Story) -> Run:
    """Let a story happen."""
    logging.getLogger("chalicelib").setLevel(logging.CRITICAL)  # handlers die by the thousand: nobody reads of it
    began = time.perf_counter()
    world = World(story.seed, story.rules, townsfolk(story.people), calm_from=START + story.ends_at)
    for happening in story.happenings:
        world.scheduler.at(START + happening.at, lambda each=happening: each.happen(world))  # type: ignore[misc]
    try:
        world.run(until=START + story.ends_at)
        looked = (Oracle(world).violations(), Faces(world).violations(), Said(world).violations())
        violations = tuple(violation for each in looked for violation in each)
    except Unsettled:
        broke = tuple(world.chronicle.broke)
        violations = (*broke, f"the world did not come to rest after {world.scheduler.steps} steps")
    return Run(
        seed=story.seed,
        events=sum(not isinstance(happening, GoesDown) for happening in story.happenings),
        handlers=world.scheduler.handlers,
        steps=world.scheduler.steps,
        seconds=time.perf_counter() - began,
        virtual_days=(world.now() - START) // 86_400_000,
        digest=_digest(world),
        violations=violations,
        happened=world.weather.happened,
    )


def _digest(world: World) -> str:
    """A name of everything that is stored, byte for byte."""
    whole = hashlib.sha256()
    for account in world.ledger.accounts(PROGRAM):
        for row in world.ledger.raw_journal(PROGRAM, account):
            whole.update(repr(row).encode())
    for document in world.ledger.documents(PROGRAM):
        whole.update(msgspec.json.encode(document))
    for identity in sorted(world.members.identities(PROGRAM), key=lambda each: each.index):
        whole.update(repr(identity).encode())
    for person in world.people:
        for _, serial in person.cards:
            whole.update(repr(world.cards.card(serial)).encode())
    return whole.hexdigest()
