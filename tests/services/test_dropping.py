"""What waits for the end of a pause and must never be recorded is set aside, kept, and can be brought back."""

from collections.abc import Callable, Sequence

import msgspec
import pytest
from pausing_room import pause, resume, waiting, work_off
from stand_ins import HOUR, MINUTE, NOON, SECOND
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.errors import Refused, TryAgain
from chalicelib.programs.pausing import Pause
from chalicelib.services.dropping import Contents
from chalicelib.services.ports import Delivery

EVER = NOON + 1_000 * HOUR


@pytest.fixture
def here() -> Town:
    """Three orders wait, a minute apart."""
    made = town()
    made.member(ANNA)
    pause(made, "earning", "shop")
    for cents in (4599, 1000, 2000):
        made.clock.forward(MINUTE)
        made.buys(ANNA, cents)
    return made


def chosen(
    here: Town, connection: str = "shop", *, since: int = 0, until: int = EVER, is_back: bool = False
) -> Sequence[str]:
    return here.house.dropping.chosen(here.program, connection, since=since, until=until, is_back=is_back)


def drop(here: Town, keys: Sequence[str]) -> int:
    return here.house.dropping.drop(here.program, "shop", keys)


def dropped(here: Town) -> int:
    return len(here.own.inbox.kept("dropped"))


def test_what_is_dropped_is_never_recorded_and_is_kept(here: Town) -> None:
    assert drop(here, chosen(here)) == 3
    resume(here, "earning", "shop")
    work_off(here)
    assert (waiting(here), dropped(here), here.stored_balance(ANNA)) == (0, 3, 0)


def test_only_what_came_in_the_time_that_is_named_is_dropped(here: Town) -> None:
    second = NOON + 2 * MINUTE
    drop(here, chosen(here, since=second, until=second + 1))
    resume(here, "earning", "shop")
    work_off(here)
    assert (dropped(here), here.stored_balance(ANNA)) == (1, 45 + 20)


def test_what_was_dropped_by_mistake_is_brought_back_and_recorded_as_if_it_never_was(here: Town) -> None:
    keys = chosen(here)
    drop(here, keys)
    assert here.house.dropping.bring_back(chosen(here, is_back=True)) == 3
    assert chosen(here) == keys
    resume(here, "earning", "shop")
    work_off(here)
    assert (dropped(here), here.stored_balance(ANNA)) == (0, 45 + 10 + 20)


def test_what_is_brought_back_after_the_pause_is_recorded_by_the_next_resumption(here: Town) -> None:
    drop(here, chosen(here))
    resume(here, "earning", "shop")
    work_off(here)
    here.house.dropping.bring_back(chosen(here, is_back=True))
    resume(here, "earning", "shop")
    work_off(here)
    assert here.stored_balance(ANNA) == 45 + 10 + 20


def test_dropping_twice_is_harmless(here: Town) -> None:
    keys = chosen(here)
    assert [drop(here, keys), drop(here, keys)] == [3, 0]
    assert (waiting(here), dropped(here)) == (0, 3)


def test_what_was_dropped_is_replayed_one_by_one(here: Town) -> None:
    drop(here, chosen(here)[:1])
    (kept,) = here.house.replay.kept("dropped")
    found, delivery = here.house.replay.find(kept.number)
    here.house.replay.replay(delivery)
    assert (found.why, here.stored_balance(ANNA)) == ("dropped", 45)


def test_what_another_connection_or_program_told_is_left_alone(here: Town) -> None:
    low = {"x": "y"}
    for program, connection in ((PROGRAM, "pay"), ("tea-lane", "shop")):
        here.own.inbox.keep(Delivery(program, connection, NOON, low, b"{}", ""), "paused")
    assert {tuple(key.split("/")[:2]) for key in chosen(here)} == {(PROGRAM, "shop")}


def test_nothing_is_dropped_that_may_be_recorded_at_the_same_time(here: Town) -> None:
    resume(here, "earning", "shop")
    with pytest.raises(Refused, match="not_standing_still"):
        chosen(here)
    work_off(here)
    with pytest.raises(Refused, match="not_standing_still"):
        chosen(here)


def test_a_pause_of_the_whole_program_is_enough() -> None:
    here = town()
    pause(here)
    here.buys(BORIS, 1000)
    assert len(chosen(here)) == 1


@pytest.mark.parametrize("is_back", [True, False])
def test_a_connection_that_is_not_there_is_refused(here: Town, *, is_back: bool) -> None:
    with pytest.raises(Refused, match="connection_unknown"):
        chosen(here, "nowhere", is_back=is_back)


def test_contents_count_what_is_said_and_sum_each_order_once(here: Town) -> None:
    order = here.buys(ANNA, 500)
    here.clock.forward(SECOND)
    here.deliver(here.shop.paid(order))
    here.deliver(here.shop.refunded(order, amount=200))
    here.own.inbox.keep(Delivery(PROGRAM, "shop", NOON, {}, b"nonsense", ""), "paused")
    told = here.house.dropping.contents(chosen(here))
    assert told == Contents({"orders": 5, "refunds": 1, "not understood": 1}, 4, {"EUR": 4599 + 1000 + 2000 + 500})


def test_a_wish_to_be_forgotten_is_seen_before_it_is_dropped(here: Town) -> None:
    here.deliver(here.shop.erasure_asked(ANNA))
    assert here.house.dropping.contents(chosen(here)).kinds["wishes to be forgotten"] == 1


def test_what_is_gone_meanwhile_says_nothing(here: Town) -> None:
    keys = chosen(here)
    here.own.inbox.remove(keys[0])
    assert here.house.dropping.contents(keys).bought == {"EUR": 3000}


def test_who_is_forgotten_is_forgotten_in_what_was_dropped_too(here: Town) -> None:
    drop(here, chosen(here))
    subject = here.house.subjects.of(here.program, here.account(ANNA))
    here.house.subjects.forget(here.program, subject)
    assert dropped(here) == 0


def test_a_provider_that_does_not_answer_is_not_called_nonsense(here: Town) -> None:
    def silent(_: Delivery) -> Sequence[object]:
        raise TryAgain("provider_unavailable")

    without = msgspec.structs.replace(here.house.dropping, understand=silent)
    assert without.contents(chosen(here)).kinds == {"not to be read now": 3}


# --- a resumption while it is being dropped


class Moves:
    """An inbox in which something happens while the delivery of a number is being moved."""

    def __init__(self, here: Town, *, at: int, happens: Callable[[], object]) -> None:
        self._here, self._at, self._happens, self._count = here, at, happens, 0

    def move(self, key: str, why: str) -> bool:
        self._count += 1
        if self._count == self._at:
            self._happens()
        return self._here.own.inbox.move(key, why)


class Looks:
    """Counts how often it is asked what stands still."""

    def __init__(self, here: Town) -> None:
        self._here, self.count = here, 0

    def pauses(self, slug: str) -> Sequence[Pause]:
        self.count += 1
        return self._here.own.programs.pauses(slug)


def flooded(here: Town, count: int) -> Sequence[str]:
    """So many wait in all."""
    for number in range(count - 3):
        came = NOON + HOUR + number
        here.own.inbox.keep(Delivery(PROGRAM, "shop", came, {}, str(number).encode(), ""), "paused")
    return chosen(here)


def test_what_was_resumed_after_it_was_chosen_is_recorded_and_not_dropped(here: Town) -> None:
    keys = chosen(here)
    resume(here, "earning", "shop")
    with pytest.raises(Refused, match="not_standing_still") as err:
        drop(here, keys)
    work_off(here)
    assert (err.value.facts["dropped"], dropped(here), here.stored_balance(ANNA)) == (0, 0, 45 + 10 + 20)


@pytest.mark.parametrize(("at", "moved"), [(100, 100), (101, 200), (150, 200), (250, 250)])
def test_a_resumption_stops_what_is_dropped_within_a_hundred_and_it_is_said(here: Town, at: int, moved: int) -> None:
    keys = flooded(here, 250)
    inbox = Moves(here, at=at, happens=lambda: resume(here, "earning", "shop"))
    dropping = msgspec.structs.replace(here.house.dropping, inbox=inbox)
    with pytest.raises(Refused, match="not_standing_still") as err:
        dropping.drop(here.program, "shop", keys)
    assert (err.value.facts, dropped(here)) == ({"connection": "shop", "dropped": moved}, moved)


@pytest.mark.parametrize(("count", "looks"), [(3, 2), (100, 2), (101, 3), (250, 4)])
def test_what_stands_still_is_read_once_for_a_hundred_and_at_the_end(here: Town, count: int, looks: int) -> None:
    keys, programs = flooded(here, count), Looks(here)
    dropping = msgspec.structs.replace(here.house.dropping, programs=programs)
    assert (dropping.drop(here.program, "shop", keys), programs.count) == (count, looks)
