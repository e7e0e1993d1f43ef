"""A walk goes at its pace and never faster, through everything once, whoever dies, repeats or comes at once."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec
import pytest
from stand_ins import HOUR, MINUTE, SECOND, ContainerDied, HandClock, RememberingAlarm, refusal

from chalicelib.errors import Broken, TryAgain
from chalicelib.programs.program import Program, sha_of
from chalicelib.services.ports.walks import Walk
from chalicelib.services.walking import HIGHEST_RATE, JOBS, Stop, Stretch, Walking
from chalicelib.store.memory.deliveries import MemoryQueue
from chalicelib.store.memory.programs import MemoryPrograms
from chalicelib.store.memory.walks import MemoryWalks

PROGRAM = "bean-street"
TEXT = (Path(__file__).parents[2] / "programs" / "bean-street.yaml").read_text()
WINDOW = 10 * SECOND


@dataclass
class Street:
    """services.walking.Round along numbered houses. `takes`: milliseconds of a visit; `visited`: (when, which)."""

    clock: HandClock
    houses: int
    takes: Callable[[], int] = lambda: 0
    visited: list[tuple[int, int]] = field(default_factory=list)
    before: Callable[[int], None] = lambda house: None
    opens: int = 0

    def stretch(self, program: Program, *, cursor: str, limit: int) -> Stretch:
        first = int(cursor or 0)
        beyond = min(first + limit, self.houses)
        stops = [Stop(str(house)) for house in range(first, beyond)]
        return Stretch(stops, str(beyond) if beyond < self.houses else "")

    def visit(self, program: Program, walk: Walk, stop: Stop) -> str:
        self.before(int(stop.name))
        self.visited.append((self.clock.instant, int(stop.name)))
        self.clock.forward(self.takes())
        return "seen"

    def opens_at(self, program: Program, walk: Walk, now: int) -> int:
        return max(now, self.opens)


@dataclass
class Town:
    """A walker, its queue, and the way of a message: `hop` milliseconds."""

    walking: Walking
    street: Street
    queue: MemoryQueue
    clock: HandClock
    alarm: RememberingAlarm
    hop: Callable[[], int] = lambda: 30

    @property
    def program(self) -> Program:
        known = self.walking.programs.program(PROGRAM)
        assert known is not None
        return known

    def start(self, rate: int) -> Walk:
        """A walk whose workers have noticed what the program looks like."""
        walk = self.walking.start(self.program, "republish", rate=rate, total=self.street.houses)
        self.clock.instant = max(self.clock.instant, walk.rests_until)
        return walk

    def walk(self) -> Walk:
        (walk,) = self.walking.of(PROGRAM, "republish")
        return walk

    def deliver(self, messages: Sequence[tuple[dict[str, str | int], int]]) -> None:
        for message, delay in messages:
            self.clock.forward(delay * SECOND + self.hop())
            self.walking.work_off(message)

    def to_the_end(self) -> None:
        """Deliver each message in its time. Whoever dies is followed by the schedule, five minutes later."""
        while self.walk().state == "running":
            waiting = self.queue.take()
            try:
                self.deliver([(message, 0) for message, _ in waiting])
            except ContainerDied:
                waiting = []
            if not waiting:
                self.clock.forward(5 * MINUTE)
                self.walking.revive()


def along(houses: int, *, takes: Callable[[], int] = lambda: 0, hop: Callable[[], int] = lambda: 30) -> Town:
    clock, queue, alarm, programs = HandClock(), MemoryQueue(), RememberingAlarm(), MemoryPrograms()
    programs.publish(PROGRAM, sha_of(TEXT), TEXT, published_at=1, effective_at=1)
    street = Street(clock, houses, takes)
    walking = Walking(MemoryWalks(), programs, queue, alarm, clock, {"republish": street}, notice_seconds=0)
    return Town(walking, street, queue, clock, alarm, hop)


def most_in(instants: Sequence[int], window: int) -> int:
    """The most visits that any window of this length holds."""
    return max(bisect_left(instants, at + window) - place for place, at in enumerate(instants))


# --- the pace


@pytest.mark.parametrize("rate", [20, 50])
def test_a_hundred_thousand_cards_hold_the_rate_within_five_per_cent_and_never_exceed_it(rate: int) -> None:
    luck = Random(rate)
    here = along(100_000, takes=lambda: luck.choice((2, 8, 15)), hop=lambda: luck.choice((10, 60, 400)))
    here.start(rate)
    here.to_the_end()
    instants = [at for at, _ in here.street.visited]
    assert [house for _, house in here.street.visited] == list(range(100_000))
    assert most_in(instants, WINDOW) <= 10 * rate
    took = (instants[-1] - instants[0]) / SECOND
    assert 0.95 * rate <= 100_000 / took <= rate


@pytest.mark.parametrize("rate", [1, 7, 33, HIGHEST_RATE])
@pytest.mark.parametrize("seed", range(3))
def test_no_ten_seconds_hold_more_however_late_workers_are(rate: int, seed: int) -> None:
    luck = Random(seed)
    here = along(
        60 * rate,
        takes=lambda: luck.choice((0, 1, 5, 190, 700) if luck.random() < 0.05 else (0, 1)),
        hop=lambda: luck.choice((0, 50, 199, 3_000)),
    )
    here.start(rate)
    here.to_the_end()
    assert most_in([at for at, _ in here.street.visited], WINDOW) <= 10 * rate


def test_a_long_delay_is_never_made_up_for() -> None:
    here = along(400)
    here.start(20)
    (message,) = here.queue.take()
    here.walking.work_off(message[0])
    here.clock.forward(HOUR)
    here.to_the_end()
    late = [at for at, _ in here.street.visited if at > here.street.visited[0][0] + HOUR]
    assert most_in(late, SECOND) <= 21


def test_a_message_is_worked_on_for_seconds_so_that_ten_of_them_end_in_time() -> None:
    here = along(10_000)
    here.start(20)
    ((message, _),) = here.queue.take()
    began = here.clock.now()
    here.walking.work_off(message)
    assert here.clock.now() - began <= 10 * SECOND


# --- who dies, repeats, or comes at once


@pytest.mark.parametrize("at", [0, 1, 39, 40, 41, 777, 1_999])
def test_after_a_death_at_any_point_at_most_the_batch_in_flight_is_repeated(at: int) -> None:
    here = along(2_000)
    dies = iter([True])

    def dies_once(house: int) -> None:
        if house == at and next(dies, False):
            raise ContainerDied

    here.street.before = dies_once
    here.start(20)
    here.to_the_end()
    times = Counter(house for _, house in here.street.visited)
    again = [house for house, count in times.items() if count > 1]
    assert len(times) == 2_000
    assert len(again) <= 40
    assert all(house // 40 == at // 40 and count == 2 for house, count in times.items() if house in again)
    assert here.walk().done == 2_000
    assert most_in([when for when, _ in here.street.visited], WINDOW) <= 200


@pytest.mark.parametrize("call", ["put_walk", "send"])
@pytest.mark.parametrize("number", range(2, 12))
@pytest.mark.parametrize("is_done", [True, False])
def test_a_death_around_any_write_repeats_at_most_one_batch(call: str, number: int, is_done: bool) -> None:
    here = along(300)
    calls = iter(range(1, 1_000))

    def around(name: str, real: Callable[[], object]) -> object:
        if name != call or next(calls) != number:
            return real()
        if is_done:
            real()
        raise ContainerDied

    hurt = {"walks": here.walking.walks, "queue": here.queue}
    wrapped = {name: _Around(port, around) for name, port in hurt.items()}
    here.walking = msgspec.structs.replace(here.walking, **wrapped)  # type: ignore[arg-type]
    here.start(20)
    here.to_the_end()
    times = Counter(house for _, house in here.street.visited)
    assert sorted(times) == list(range(300))
    assert sum(times.values()) <= 340


def test_two_workers_with_the_same_message_do_each_page_once() -> None:
    here = along(500)
    here.start(50)
    while here.walk().state == "running":
        for message, _ in here.queue.take():
            for _ in range(2):
                here.walking.work_off(message)
    assert [house for _, house in here.street.visited] == list(range(500))


def test_two_workers_at_once_do_each_page_once() -> None:
    """The second one comes while the first is at its third house."""
    here = along(500)
    here.start(50)
    messages = here.queue.take()
    second = iter([lambda: here.walking.work_off(messages[0][0])])
    here.street.before = lambda house: next(second)() if house == 2 else None
    here.walking.work_off(messages[0][0])
    here.street.before = lambda house: None
    here.to_the_end()
    assert [house for _, house in here.street.visited] == list(range(500))


def test_a_worker_that_comes_back_after_its_time_leaves_the_walk_to_the_other() -> None:
    here = along(80)
    here.start(20)
    ((message, _),) = here.queue.take()

    def other_takes_over(house: int) -> None:
        if house == 5 and here.walk().done == 0:
            here.street.before = lambda house: None
            here.clock.forward(10 * MINUTE)
            here.walking.work_off(message)

    here.street.before = other_takes_over
    here.walking.work_off(message)
    here.to_the_end()
    assert here.walk().done == 80
    assert Counter(house for _, house in here.street.visited).total() <= 80 + 40


def test_a_lost_message_is_sent_again_by_the_schedule_and_a_living_walk_is_left_alone() -> None:
    here = along(1_000)
    here.start(20)
    here.deliver(here.queue.take())
    assert here.walking.revive() == 0
    here.queue.take()  # lost
    here.clock.forward(5 * MINUTE)
    assert here.walking.revive() == 1
    here.to_the_end()
    assert here.walk().done == 1_000


# --- what is in the way


def test_what_could_not_be_done_gets_a_message_of_its_own() -> None:
    here = along(30)
    trouble = iter([TryAgain("store_throttled"), Broken("journal_broken")])

    def hurts(house: int) -> None:
        if house in (3, 7) and (err := next(trouble, None)):
            raise err

    here.street.before = hurts
    here.start(20)
    here.deliver(here.queue.take())
    walk = here.walk()
    assert (walk.state, walk.done, walk.counted) == ("done", 30, {"seen": 28, "put off": 1, "broken": 1})
    assert here.alarm.raised == [("visit_broken", {"walk": walk.id, "at": "7", "why": "journal_broken"})]
    missed = here.queue.take()
    assert missed == [({"job": "missed", "program": PROGRAM, "walk": walk.id, "names": "3"}, 60)]
    here.deliver(missed)
    assert here.street.visited[-1][1] == 3


def test_a_walk_rests_while_its_round_is_closed_and_the_schedule_wakes_it() -> None:
    here = along(300)
    here.start(20)
    opens = here.street.opens = here.clock.now() + 10 * HOUR
    here.deliver(here.queue.take())
    assert (here.street.visited, here.queue.take()) == ([], [])
    here.clock.forward(9 * HOUR)
    assert here.walking.revive() == 0
    here.clock.instant = opens
    assert here.walking.revive() == 1
    here.to_the_end()
    assert here.walk().done == 300


def goes_and_then_rests(milliseconds: int) -> Town:
    """A walk that has begun, and finds its round closed for a time."""
    here = along(1_000)
    here.start(20)
    here.deliver(here.queue.take())
    here.street.opens = here.clock.now() + here.hop() + milliseconds
    here.deliver(here.queue.take())
    assert here.walk().rests_until == here.street.opens
    return here


@pytest.mark.parametrize(("seconds", "delays"), [(60, [70]), (890, [900]), (891, [])])
def test_a_short_rest_ends_by_a_message_of_its_own_and_a_longer_one_by_the_schedule(
    seconds: int, delays: list[int]
) -> None:
    here = goes_and_then_rests(seconds * SECOND)
    assert [delay for _, delay in here.queue.take()] == delays


def test_a_walk_goes_on_after_a_short_rest_without_the_schedule() -> None:
    here = goes_and_then_rests(60 * SECOND)
    done = here.walk().done
    here.deliver(here.queue.take())
    assert here.walk().done > done
    assert len(here.queue.take()) == 1


def test_a_walk_that_must_rest_again_when_it_was_woken_sends_itself_nothing_more() -> None:
    here = goes_and_then_rests(60 * SECOND)
    here.street.opens = here.clock.now() + 70 * SECOND + here.hop() + MINUTE
    here.deliver(here.queue.take())
    assert (here.walk().rests_until, here.queue.take()) == (here.street.opens, [])
    here.clock.instant = here.street.opens
    assert here.walking.revive() == 1
    here.to_the_end()
    assert here.walk().done == 1_000


def test_an_operator_stops_a_walk_and_lets_it_go_on_at_another_rate() -> None:
    here = along(1_000)
    walk = here.start(20)
    here.deliver(here.queue.take())
    here.walking.stop(PROGRAM, walk.id)
    here.deliver(here.queue.take())
    done = here.walk().done
    assert done < 1_000
    assert here.queue.take() == []
    here.walking.resume(PROGRAM, walk.id, rate=100)
    here.to_the_end()
    assert [house for _, house in here.street.visited] == list(range(1_000))


def test_a_stop_in_the_middle_of_a_batch_keeps_what_the_batch_did() -> None:
    here = along(1_000)
    walk = here.start(20)

    def stops(house: int) -> None:
        if house == 50:
            here.walking.stop(PROGRAM, walk.id)

    here.street.before = stops
    here.deliver(here.queue.take())
    assert (here.walk().state, here.walk().done, here.queue.take()) == ("stopped", 80, [])


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda here: here.start(0), "rate_impossible"),
        (lambda here: here.start(HIGHEST_RATE + 1), "rate_impossible"),
        (lambda here: [here.start(20), here.start(20)], "walk_under_way"),
        (lambda here: here.walking.stop(PROGRAM, "nobody"), "walk_unknown"),
        (lambda here: [here.start(20), here.to_the_end(), here.walking.resume(PROGRAM, here.walk().id)], "walk_done"),
    ],
)
def test_what_makes_no_sense_is_refused(act: Callable[[Town], object], why: str) -> None:
    here = along(10)
    assert refusal(lambda: act(here)) == why


def test_messages_that_cannot_be_read_are_broken() -> None:
    here = along(10)
    dance: dict[str, str | int] = {"job": "dance", "program": PROGRAM}
    nobody: dict[str, str | int] = {"job": JOBS[1], "program": "nobody", "walk": "x", "turn": 0}
    for message in (dance, nobody):
        with pytest.raises(Broken):
            here.walking.work_off(message)


def test_a_walk_that_nobody_knows_is_nothing_to_do() -> None:
    here = along(10)
    for job in ("walk", "missed"):
        here.walking.work_off({"job": job, "program": PROGRAM, "walk": "gone", "turn": 0, "names": "1"})
    assert here.street.visited == []


class _Around:
    """A port whose calls go through `around(name, call)`."""

    def __init__(self, port: object, around: Callable[[str, Callable[[], object]], object]) -> None:
        self._port, self._around = port, around

    def __getattr__(self, name: str) -> Callable[..., object]:
        real = getattr(self._port, name)
        return lambda *args, **named: self._around(name, lambda: real(*args, **named))
