"""While messages are paused, nobody is told anything and no look is sent; what is wrong can be taken back."""

from collections.abc import Mapping

import pytest
from pausing_room import pause, resume
from stand_ins import HOUR, MINUTE, SECOND, refusal
from whole_house import ANNA, PROGRAM, Town, sqs_event, town

from chalicelib.services.ports import PushAnswer, PushReaction
from chalicelib.services.ports.walks import Job, Walk
from chalicelib.services.walking import Stop

TEXTS = {"en": "Cherry pie is back.", "ru": "Вишнёвый пирог снова здесь."}


def with_phones(here: Town, count: int = 3) -> list[str]:
    links = []
    for number in range(count):
        links.append(here.join(f"{number}@example.com", marketing="yes"))
        here.adds_to_wallet(links[-1], f"phone-{number}")
    here.clock.forward(MINUTE)
    return links


def begun(here: Town, job: Job) -> Walk:
    campaign = here.house.messages.campaign(here.program, TEXTS) if job == "message" else None
    return here.house.walking.start(here.program, job, rate=20, campaign=campaign)


def deliver(here: Town) -> None:
    """What the queue holds now, and what that sends; the schedule comes by five minutes later."""
    while waiting := here.sweeps.take():
        for message, delay in waiting:
            here.clock.forward(delay * SECOND)
            assert here.house.sweeps(sqs_event([message])) == {"batchItemFailures": []}
    here.clock.forward(5 * MINUTE)
    here.house.walking.revive()


@pytest.mark.parametrize("job", ["message", "republish"])
def test_a_walk_rests_while_messages_are_paused_and_goes_on_afterwards(job: Job) -> None:
    here = town()
    with_phones(here)
    walk = begun(here, job)
    pause(here, "messages")
    for _ in range(3):
        deliver(here)
    stands = here.house.walking.walk(PROGRAM, walk.id)
    assert (stands.state, stands.done, here.pusher.calls) == ("running", 0, [])
    resume(here, "messages")
    deliver(here)
    deliver(here)
    ended = here.house.walking.walk(PROGRAM, walk.id)
    assert (ended.state, ended.done) == ("done", 3)


def test_a_message_does_not_begin_while_messages_are_paused() -> None:
    here = town()
    with_phones(here)
    pause(here, "messages")
    assert refusal(lambda: begun(here, "message")) == "messages_paused"
    assert (here.house.walking.of(PROGRAM, "message"), here.sweeps.take()) == ([], [])


def test_a_message_is_taken_back_while_messages_are_paused() -> None:
    here = town()
    links = with_phones(here)
    walk = begun(here, "message")
    deliver(here)
    assert [here.card(link).message is not None for link in links] == [True, True, True]
    pause(here, "messages")
    here.house.walking.withdraw(here.program, walk.id, rate=20)
    deliver(here)
    deliver(here)
    assert [here.card(link).message for link in links] == [None, None, None]


def test_points_are_pushed_and_addresses_proved_while_messages_are_paused() -> None:
    here = town()
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    pause(here, "messages")
    here.buys(ANNA, 4599)
    here.follow()
    assert len(here.pusher.calls) == 1
    before = len(here.mail.letters)
    here.join("new@example.com")
    assert len(here.mail.letters) == before + 1


# --- what was said already, and is said again


def told(here: Town) -> str:
    """A phone was told of a message, and has not come for it."""
    link = here.join(ANNA.email or "", marketing="yes")
    here.types_code(link, here.mail.letters[-1].code)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    begun(here, "message")
    deliver(here)
    assert len(here.pusher.calls) == 1
    return link


def time_passes(here: Town, time: int) -> int:
    """The schedule of every five minutes, and the queue of pushes, each message in its time; how many pushes."""
    waiting: list[tuple[int, Mapping[str, str | int]]] = []
    before = len(here.pusher.calls)
    for _ in range(time // (5 * MINUTE)):
        here.clock.forward(5 * MINUTE)
        here.house.look_around()
        waiting += [(here.clock.now() + delay * SECOND, message) for message, delay in here.pushes.take()]
        for at, message in [each for each in waiting if each[0] <= here.clock.now()]:
            waiting.remove((at, message))
            assert here.house.pushes(sqs_event([message])) == {"batchItemFailures": []}
    for at, message in waiting:
        here.pushes.send(message, delay_seconds=max(0, at - here.clock.now()) // SECOND)
    return len(here.pusher.calls) - before


def test_a_message_is_not_said_again_while_messages_are_paused() -> None:
    here = town()
    told(here)
    pause(here, "messages")
    assert time_passes(here, 4 * HOUR) == 0
    resume(here, "messages")
    assert time_passes(here, 2 * HOUR) == 1


def test_a_pause_of_days_makes_up_for_nothing_but_says_it_once() -> None:
    here = town()
    told(here)
    pause(here, "messages")
    assert time_passes(here, 100 * HOUR) == 0
    resume(here, "messages")
    assert time_passes(here, 2 * HOUR) == 1
    assert time_passes(here, 100 * HOUR) == 0


def test_a_message_that_nobody_paused_is_said_again() -> None:
    here = town()
    told(here)
    assert time_passes(here, 6 * HOUR + 50 * MINUTE) == 2


def test_a_message_that_was_taken_back_in_the_pause_is_said_by_nobody_afterwards() -> None:
    here = town()
    link = told(here)
    pause(here, "messages")
    (walk,) = here.house.walking.of(PROGRAM, "message")
    here.house.walking.withdraw(here.program, walk.id, rate=20)
    deliver(here)
    deliver(here)
    card = here.card(link)
    assert (card.message, card.news) == (None, "points")


def test_a_push_that_apple_put_off_waits_for_the_end_of_the_pause() -> None:
    here = town()
    here.pusher.answers["token-phone-1"] = PushAnswer(PushReaction.LATER, "busy")
    link = told(here)
    pause(here, "messages")
    here.pusher.answers.clear()
    before = here.card(link)
    assert time_passes(here, 20 * MINUTE) == 0
    assert here.card(link) == before
    resume(here, "messages")
    assert time_passes(here, 20 * MINUTE) == 1


def test_points_are_pushed_to_a_phone_whose_message_waits() -> None:
    here = town()
    link = told(here)
    pause(here, "messages")
    here.clock.forward(HOUR)
    here.buys(ANNA, 4599)
    here.follow()
    assert (len(here.pusher.calls), here.card(link).news) == (2, "points")


def test_a_card_that_is_given_a_message_while_the_pause_is_noticed_waits_with_its_push() -> None:
    """The batch of a walk that is under way goes on to its end."""
    here = town()
    link = here.join(ANNA.email or "", marketing="yes")
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    walk = begun(here, "message")
    pause(here, "messages")
    said = here.house.messages.visit(here.program, walk, Stop(here.card(link).serial))
    assert (said, here.pusher.calls) == ("told", [])
    resume(here, "messages")
    assert time_passes(here, 20 * MINUTE) == 1
