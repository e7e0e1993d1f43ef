"""Stories: what happens outside in one run, made from a seed. Weighted so that what is rare in a shop is common here.

A maker writes the life of one thing: an order with its refunds, a person with their card. Lives begin around a few
moments, so that they meet; their steps lie milliseconds, hours or months apart.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.events import Instant
from ops.simulator.by_hand import gifts, merges, transfers
from ops.simulator.happenings import GoesDown, Happening, Publishes
from ops.simulator.joining import AddsToPhone, ClicksLink, Joins, SavesToGoogle, TypesCode
from ops.simulator.orders import activities, bought_and_used, checkouts, erasures, newcomers, orders, two_in_a_row
from ops.simulator.owners import Dresses, Says, TakesBack
from ops.simulator.rules import Rules, changed_rules, some_rules

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_SCALES: tuple[tuple[Instant, tuple[Instant, ...]], ...] = (
    (20 * SECOND, (30, 300, SECOND)),
    (2 * HOUR, (30, SECOND, 10 * MINUTE)),
    (12 * DAY, (30, SECOND, HOUR, 3 * DAY)),
    (200 * DAY, (30, SECOND, 3 * DAY, 40 * DAY)),
    (800 * DAY, (30, SECOND, 20 * DAY, 200 * DAY)),
)
"""How long a story is, and how far apart the steps of one life lie."""

_FORGETTING = 0.25
"""How many stories have somebody who wants to be forgotten."""

_NEIGHBOURS = ("ledger", "members", "cards", "inbox", "deferred", "pushes", "programs", "vault", "mailer", "google")


@dataclass(slots=True)
class Teller:
    """What makers draw from. `steps`: how far apart; `people`: how many there are."""

    rng: random.Random
    steps: Sequence[Instant]
    people: int
    rules: Rules
    number: int = 0

    def next(self, kind: str) -> str:
        """A new name."""
        self.number += 1
        return f"{kind}{self.number}"

    def gap(self) -> Instant:
        """Until the next step of a life."""
        return self.rng.randrange(self.rng.choice(self.steps)) + 1

    def person(self) -> int:
        """Somebody; some are much busier than others."""
        return min(self.rng.randrange(self.people), self.rng.randrange(self.people))


Maker = Callable[[Teller, Instant], Iterator[Happening]]


def people_and_cards(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Somebody joins, proves their address by code or link, and adds the card to a wallet or two."""
    rng, person = teller.rng, teller.person()
    asker = teller.person() if rng.random() < 0.1 else person
    yield Joins(at, teller.next("join"), asker, person, agrees=rng.random() < 0.6)
    at += teller.gap() % HOUR + 400
    if rng.random() < 0.75:
        yield TypesCode(at, teller.next("code"), asker, twice=rng.random() < 0.2)
    if rng.random() < 0.4:
        yield ClicksLink(at + teller.gap() % HOUR, teller.next("click"), person)
    if rng.random() < 0.6:
        added_at = at + teller.gap() % DAY
        yield AddsToPhone(added_at, teller.next("phone"), person)
        yield from two_in_a_row(teller, added_at + teller.gap() + 5 * SECOND, person)
    for _ in range(rng.randrange(3)):
        other = teller.person()
        giver, receiver = (person, other) if rng.random() < 0.5 else (other, person)
        yield from transfers(teller, at + teller.gap() + 5 * SECOND, giver, receiver)
    if rng.random() < 0.4:
        yield SavesToGoogle(at + teller.gap() % DAY, teller.next("google"), person, twice=rng.random() < 0.3)
    if rng.random() < 0.15:
        yield AddsToPhone(at + teller.gap(), teller.next("phone"), person, removes=True)
    if rng.random() < 0.15:
        yield SavesToGoogle(at + teller.gap(), teller.next("google"), person, deletes=True, twice=rng.random() < 0.5)


def publications(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Other rules, around moments at which orders are on their way."""
    teller.rules = changed_rules(teller.rules, teller.rng)
    yield Publishes(at, teller.next("version"), teller.rules)


def looks(teller: Teller, at: Instant) -> Iterator[Happening]:
    """The cards get another look; now and then two soon after each other."""
    for _ in range(teller.rng.choice((1, 1, 2))):
        yield Dresses(at, teller.next("look"))
        at += teller.gap()


def messages(teller: Teller, at: Instant) -> Iterator[Happening]:
    """The shop says something; some of it again, and some it takes back."""
    rng = teller.rng
    for _ in range(rng.choice((1, 1, 3))):
        name = teller.next("message")
        yield Says(at, name, rng.choice(("", "", "Gold")), at_night=rng.random() < 0.5)
        if rng.random() < 0.5:
            yield TakesBack(at + teller.gap(), teller.next("back"))
        at += teller.gap()


def outages(teller: Teller, at: Instant) -> Iterator[Happening]:
    """A neighbour is down, or the stream is up to a day late."""
    rng = teller.rng
    if rng.random() < 0.3:
        yield GoesDown(at, teller.next("late"), "stream", rng.choice((MINUTE, HOUR, DAY)))
    else:
        yield GoesDown(at, teller.next("down"), rng.choice(_NEIGHBOURS), rng.choice((300, 3 * SECOND, MINUTE)))


MAKERS: Sequence[tuple[Maker, int]] = (
    (orders, 34),
    (bought_and_used, 28),
    (people_and_cards, 26),
    (activities, 10),
    (checkouts, 8),
    (gifts, 8),
    (newcomers, 4),
    (outages, 3),
    (merges, 3),
    (publications, 2),
    (looks, 1),
    (messages, 2),
    (erasures, 2),
)
"""What happens, and how often. A new kind of event gets a maker here."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that happens outside, in order. `ends_at`: after the last; then the weather is calm."""

    seed: int
    rules: Rules
    people: int
    happenings: tuple[Happening, ...]
    ends_at: Instant

    def without(self, left_out: Sequence[Happening]) -> "Story":
        """The same story with less in it."""
        gone = {happening.name for happening in left_out}
        return replace(self, happenings=tuple(each for each in self.happenings if each.name not in gone))


def story(seed: int, size: int) -> Story:
    """The story of a seed, of about so many happenings."""
    rng = random.Random(f"{seed}/story")  # noqa: S311  # a simulation repeats itself
    length, steps = rng.choice(_SCALES)
    people = rng.choice((3, 6, 12, 25))
    rules = some_rules(rng)
    teller = Teller(rng, steps, people, rules)
    moments = [rng.randrange(length) for _ in range(max(1, size // rng.choice((10, 30, 100))))]
    forgets = rng.random() < _FORGETTING  # who is forgotten and comes back is somebody new: less can be said then
    makers, weights = zip(*(each for each in MAKERS if forgets or each[0] is not erasures), strict=True)
    told: list[Happening] = []
    while len(told) < size:
        begins = rng.choice(moments) + rng.randrange(rng.choice((50, 2 * SECOND)))
        told += rng.choices(makers, weights)[0](teller, begins)
    told.sort(key=lambda happening: (happening.at, happening.name))
    return Story(seed, rules, people, tuple(told), told[-1].at + 1)
