"""Phones that were told and have not come are told again, slowly, and then never; others are left alone."""

import pytest
from stand_ins import DAY, HOUR, MINUTE
from whole_house import ANNA, NOON, PASS_TYPE, Town, sqs_event, town

from chalicelib.passes.apple.webservice import way_of
from chalicelib.services.ports import PushAnswer, PushReaction, Registration
from chalicelib.services.repush_plan import FIRST_LOOK, LOOKS, first_look, next_look

TOKEN = "token-phone-1"


def bought() -> tuple[Town, str]:
    """Anna has bought something, and her phone was pushed."""
    here = town()
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    buys(here)
    assert here.pusher.calls == [[TOKEN]]
    return here, link


def buys(here: Town, cents: int = 1000) -> None:
    here.buys(ANNA, cents)
    here.follow()


def fetches(here: Town, link: str, device: str = "phone-1") -> None:
    card = here.card(link)
    known = {each.device: each for each in here.own.cards.registrations(card.serial)}[device]
    here.own.cards.mark_fetched(known, card.changed_at, here.clock.now())


def days_pass(here: Town, days: int = 5) -> list[int]:
    """The schedule of every five minutes, and the queue; milliseconds from the start to each push."""
    began, pushed = here.clock.now(), []
    for _ in range(days * 288):
        here.clock.forward(5 * MINUTE)
        before = len(here.pusher.calls)
        here.house.look_around()
        waiting = [(message, delay) for message, delay in here.pushes.take()]
        for message, delay in waiting:
            assert delay <= 300
            assert here.house.pushes(sqs_event([message])) == {"batchItemFailures": []}
        pushed += [here.clock.now() - began] * (len(here.pusher.calls) - before)
    return pushed


def is_slow(pushed: list[int], looks: int = len(LOOKS)) -> bool:
    """Did so many pushes come each in its time: a tenth later at most, and the schedule's five minutes?"""
    due = LOOKS[:looks]
    return len(pushed) == looks and all(
        after <= at <= after * 11 // 10 + 5 * MINUTE for after, at in zip(due, pushed, strict=True)
    )


def test_a_phone_that_does_not_come_is_told_again_four_times_and_then_never() -> None:
    here, _ = bought()
    assert is_slow(days_pass(here))
    assert here.pusher.calls == [[TOKEN]] * (1 + len(LOOKS))


def test_a_phone_that_has_come_is_left_alone() -> None:
    here, link = bought()
    fetches(here, link)
    assert days_pass(here) == []


def test_nothing_is_queued_for_a_phone_that_has_come() -> None:
    here, link = bought()
    assert here.pushes.take() == []
    here.clock.forward(70 * MINUTE)
    fetches(here, link)

    here.house.look_around()

    assert here.pushes.take() == []


def test_only_the_phone_that_has_not_come_is_told_again() -> None:
    here = town()
    link = here.member(ANNA)
    here.adds_to_wallet(link, "phone-1")
    here.adds_to_wallet(link, "phone-2")
    here.clock.forward(MINUTE)
    buys(here)
    fetches(here, link, "phone-1")
    here.pusher.calls.clear()
    assert is_slow(days_pass(here, 2), looks=3)
    assert here.pusher.calls == [["token-phone-2"]] * 3


@pytest.mark.parametrize("reason", ["BadCertificate", "ExpiredProviderToken", "TopicDisallowed"])
def test_a_push_that_our_own_mistake_kept_back_is_told_when_the_mistake_is_mended(reason: str) -> None:
    here = town()
    here.adds_to_wallet(here.member(ANNA))
    here.clock.forward(MINUTE)
    here.pusher.answers[TOKEN] = PushAnswer(PushReaction.STOP, reason)
    buys(here)
    assert here.alarm.names == ["push_configuration_wrong"]
    here.pusher.answers.clear()
    here.pusher.calls.clear()
    assert is_slow(days_pass(here))


def test_a_phone_that_registered_after_the_change_was_never_told_of_it() -> None:
    here = town()
    link = here.member(ANNA)
    here.adds_to_wallet(link, "phone-1")
    here.clock.forward(MINUTE)
    buys(here)
    fetches(here, link, "phone-1")
    here.clock.forward(MINUTE)
    here.adds_to_wallet(link, "phone-2")
    here.pusher.calls.clear()
    days_pass(here, 1)
    assert here.pusher.calls == []


def test_a_later_change_begins_the_schedule_anew() -> None:
    here, _ = bought()
    here.clock.forward(30 * HOUR)
    here.house.look_around()
    here.pushes.take()
    buys(here)
    here.pusher.calls.clear()
    assert is_slow(days_pass(here))


def test_a_change_shortly_before_the_look_gets_its_own_hour() -> None:
    here, _ = bought()
    here.clock.forward(50 * MINUTE)
    buys(here)
    here.pusher.calls.clear()
    assert is_slow(days_pass(here))


def test_many_changes_within_an_hour_are_noted_once() -> None:
    here, _ = bought()
    noted = len(here.own.repushes.waiting(since=0, until=NOON + 9 * DAY, limit=99).cards)
    for _ in range(5):
        here.clock.forward(2 * MINUTE)
        buys(here)
    assert noted == 1
    assert len(here.own.repushes.waiting(since=0, until=NOON + 9 * DAY, limit=99).cards) == 1


def test_a_card_without_phones_is_not_noted() -> None:
    here = town()
    here.member(ANNA)
    buys(here)
    assert here.own.repushes.waiting(since=0, until=NOON + 9 * DAY, limit=99).cards == []


def test_a_message_of_the_shop_is_not_said_again_at_night() -> None:
    here = town()
    link = here.join(ANNA.email or "", marketing="yes")
    here.adds_to_wallet(link)
    here.clock.instant = NOON + 6 * HOUR + 50 * MINUTE  # 20:50 in Berlin
    campaign = here.house.messages.campaign(here.program, {"en": "Pie.", "ru": "Пирог."})
    here.house.walking.start(here.program, "message", rate=20, campaign=campaign)
    for message, _ in here.sweeps.take():
        here.house.sweeps(sqs_event([message]))
    assert here.pusher.calls == [[TOKEN]]
    here.pusher.calls.clear()
    morning = 12 * HOUR + 10 * MINUTE  # 9:00 the next day
    assert morning <= days_pass(here, 1)[0] <= morning + 5 * MINUTE


def test_a_lost_round_of_the_schedule_is_made_up_for_by_the_next() -> None:
    here, _ = bought()
    here.clock.forward(8 * HOUR)
    here.house.look_around()
    ((message, _),) = here.pushes.take()
    assert here.house.pushes(sqs_event([message, message])) == {"batchItemFailures": []}
    assert here.pusher.calls == [[TOKEN]] * 2


def test_looks_are_spread_and_never_before_their_time() -> None:
    looks = [first_look(f"serial-{number}", NOON) - NOON for number in range(1_000)]
    assert HOUR <= min(looks) < max(looks) <= FIRST_LOOK
    assert len(set(looks)) > 500


def test_after_the_last_look_there_is_none() -> None:
    at, looks = NOON, []
    while (later := next_look("serial", NOON, at)) is not None:
        looks.append(later)
        at = later
    assert is_slow([look - NOON for look in looks])
    assert looks[-1] - NOON < 4 * DAY


@pytest.mark.parametrize(
    ("pushed_at", "listed_at", "way"),
    [
        (120, 150, {"pushed_to_listed": 30, "listed_to_fetched": 50}),
        (90, 150, {"listed_to_fetched": 50}),
        (120, 80, {}),
        (0, 0, {}),
    ],
)
def test_the_way_of_a_change_is_told_in_milliseconds_step_by_step(
    pushed_at: int, listed_at: int, way: dict[str, int]
) -> None:
    device = Registration("phone-1", "serial", PASS_TYPE, "token", 1, listed_at=listed_at)
    assert way_of(device, pushed_at, 100, 200) == {"card": "serial", "changed_to_fetched": 100, **way}
