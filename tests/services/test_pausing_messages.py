"""While messages are paused, nobody is told anything and no look is sent; what is wrong can be taken back."""

import pytest
from pausing_room import pause, resume
from stand_ins import MINUTE, SECOND
from whole_house import ANNA, PROGRAM, Town, sqs_event, town

from chalicelib.services.ports.walks import Job, Walk

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
    pause(here, "messages")
    walk = begun(here, job)
    for _ in range(3):
        deliver(here)
    stands = here.house.walking.walk(PROGRAM, walk.id)
    assert (stands.state, stands.done, here.pusher.calls) == ("running", 0, [])
    resume(here, "messages")
    deliver(here)
    deliver(here)
    ended = here.house.walking.walk(PROGRAM, walk.id)
    assert (ended.state, ended.done) == ("done", 3)


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
