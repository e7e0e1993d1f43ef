"""What the shop says reaches a card once, is announced within the budget, and can be taken back."""

from typing import Any

import msgspec
import pytest
from google_room import CARD, CLASS, OBJECT, Room, room_with
from google_samples import CLASS_ID, FACE, ISSUER_ID, OBJECT_ID, Google, translated
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import DAY, NOON, HandClock

from chalicelib.cards.face import Message
from chalicelib.errors import Broken
from chalicelib.passes.google.messages import message_of
from chalicelib.services.google_notices import MESSAGE, notices_left
from chalicelib.services.ports.google import WalletAnswer, WalletReaction
from ops.laptop import google as stand_in
from ops.laptop.google import HANG_UP, Prescribed
from ops.laptop.google_papers import account_public_key

ADD = f"{OBJECT}/addMessage"
WORDS = {"en": "Double beans on Friday.", "ru": "В пятницу двойные зёрна."}


def said(number: int = 1) -> Message:
    return Message(f"message-{number}", WORDS, NOON)


def lying(google: Google, name: str = OBJECT_ID) -> list[str]:
    return [each["id"] for each in google.service.resources[OBJECT][name].get("messages", [])]


def announced(google: Google) -> int:
    return len(google.service.register.announced)


def test_a_message_says_who_says_it_in_every_language() -> None:
    google = message_of(FACE, said())

    assert (google.header, google.body, google.message_type) == ("Bean Street Coffee", WORDS["en"], "TEXT")
    told = {each.language: each.value for each in google.localized_body.translated_values}
    assert told == {"ru": WORDS["ru"]}


@pytest.mark.parametrize("message", [Message("", WORDS, NOON), Message("m", {"en": " "}, NOON)])
def test_a_message_that_says_nothing_is_not_sent(message: Message) -> None:
    with pytest.raises(Broken, match="message"):
        message_of(FACE, message)


def test_a_new_message_is_added_and_announced(saved: Room, google: Google) -> None:
    saved.shows(message=said())
    saved.work_off()

    assert google.calls == [("POST", ADD, 200)]
    (told,) = google.service.resources[OBJECT][OBJECT_ID]["messages"]
    assert (told["id"], told["messageType"]) == ("message-1", "TEXT_AND_NOTIFY")
    assert translated(told["localizedBody"]) == WORDS
    assert announced(google) == 1


def test_a_message_is_added_once_however_often_the_card_is_looked_at(saved: Room, google: Google) -> None:
    saved.shows(message=said())
    saved.work_off()
    saved.shows(points=5)
    saved.follow(CARD)
    saved.work_off()

    assert google.calls == [("POST", ADD, 200), ("PATCH", OBJECT, 200)]
    assert lying(google) == ["message-1"]


def test_points_and_a_message_are_told_in_that_order_and_both_announced(saved: Room, google: Google) -> None:
    saved.shows(message=said(), points=5)
    saved.work_off()

    assert google.calls == [("PATCH", OBJECT, 200), ("POST", ADD, 200)]
    assert (len(google.service.notices), announced(google)) == (1, 1)


def test_a_message_waits_while_messages_are_paused_and_is_told_afterwards(saved: Room, google: Google) -> None:
    saved.faces.programs.paused.add("messages")
    saved.shows(message=said())
    delays = saved.work_off(most=5)

    assert (google.calls, lying(google), delays[1:]) == ([], [], [900] * 4)

    saved.faces.programs.paused.clear()
    saved.work_off()

    assert (lying(google), announced(google)) == (["message-1"], 1)


def test_points_are_told_while_a_message_waits(saved: Room, google: Google) -> None:
    saved.faces.programs.paused.add("messages")
    saved.shows(message=said(), points=5)
    saved.work_off(most=2)

    assert (google.calls, lying(google)) == ([("PATCH", OBJECT, 200)], [])


def test_a_message_that_google_was_too_busy_for_is_not_told_again_while_messages_are_paused(
    saved: Room, google: Google
) -> None:
    google.service.answers += [Prescribed("POST", ADD, 503)]
    saved.shows(message=said())
    saved.work_off(most=1)
    saved.faces.programs.paused.add("messages")
    saved.work_off(most=3)

    assert google.calls == [("POST", ADD, 503)]


def test_a_message_is_taken_back_while_messages_are_paused(saved: Room, google: Google) -> None:
    saved.shows(message=said())
    saved.work_off()
    saved.faces.programs.paused.add("messages")
    saved.shows(message=None)

    assert (saved.work_off(), lying(google)) == ([0], [])


def test_a_pause_of_something_else_keeps_no_message(saved: Room, google: Google) -> None:
    saved.faces.programs.paused |= {"earning", "redeeming", "joining"}
    saved.shows(message=said())

    assert (saved.work_off(), lying(google)) == ([0], ["message-1"])


@pytest.mark.parametrize("status", [429, 503, 500, HANG_UP])
def test_a_message_is_not_lost_when_google_is_busy(saved: Room, google: Google, status: int) -> None:
    google.service.answers += [Prescribed("POST", ADD, status)] * 2
    saved.shows(message=said())
    saved.work_off()

    assert lying(google) == ["message-1"]
    assert saved.alarm.names == []


@pytest.mark.parametrize("status", [500, HANG_UP])
def test_a_message_whose_answer_was_lost_is_not_added_again(saved: Room, google: Google, status: int) -> None:
    google.service.answers.append(Prescribed("POST", ADD, status, does_it=True))
    saved.shows(message=said())
    saved.work_off()

    assert google.calls == [("POST", ADD, status), ("GET", OBJECT, 200)]
    assert lying(google) == ["message-1"]
    assert announced(google) == 1


def test_a_message_whose_teller_died_is_not_added_again(saved: Room, google: Google) -> None:
    saved.shows(message=said())
    message, _ = saved.queue.take()[0]
    adds = saved.refresh.wallet.add_message

    def dies(*told: Any, **named: Any) -> WalletAnswer:
        adds(*told, **named)
        raise KeyboardInterrupt

    saved.refresh.wallet.add_message = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        saved.refresh.work_off(message)
    del saved.refresh.wallet.add_message
    saved.clock.forward(DAY)
    saved.refresh.work_off(message)

    assert lying(google) == ["message-1"]


def test_the_fourth_message_of_a_day_comes_in_silence(saved: Room, google: Google) -> None:
    for number in range(1, 6):
        saved.shows(message=said(number))
        saved.work_off()

    assert lying(google) == [f"message-{number}" for number in range(1, 6)]
    assert announced(google) == 3
    assert 403 not in [status for _, _, status in google.calls]
    assert notices_left(saved.state, saved.clock.now()) == 3  # changes of points have a budget of their own


def test_when_google_counts_more_messages_than_we_do_the_message_comes_in_silence(saved: Room, google: Google) -> None:
    google.service.register.announced += [(OBJECT_ID, saved.clock.now())] * 3
    for number in (1, 2):
        saved.shows(message=said(number))
        saved.work_off()

    assert [status for _, _, status in google.calls] == [403, 200, 200]
    assert lying(google) == ["message-1", "message-2"]
    assert notices_left(saved.state, saved.clock.now(), MESSAGE) == 0


def test_ten_messages_lie_on_a_card_and_the_oldest_go(saved: Room, google: Google) -> None:
    for number in range(1, 14):
        saved.clock.forward(DAY)
        saved.shows(message=said(number))
        saved.work_off()

    assert lying(google) == [f"message-{number}" for number in range(4, 14)]


def test_a_card_that_is_saved_later_has_the_message_from_the_beginning_and_in_silence(
    room: Room, google: Google
) -> None:
    room.faces.now = msgspec.structs.replace(FACE, message=said())
    room.refresh.save_link(CARD)
    room.follow(CARD)
    room.work_off()

    assert google.calls == [("POST", CLASS, 200), ("POST", OBJECT, 200)]
    assert (lying(google), announced(google)) == (["message-1"], 0)


def test_a_first_telling_whose_answer_was_lost_brings_the_message_once(room: Room, google: Google) -> None:
    room.faces.now = msgspec.structs.replace(FACE, message=said())
    google.service.answers.append(Prescribed("POST", OBJECT, HANG_UP, does_it=True))
    with pytest.raises(Exception, match="google_card_not_told"):
        room.refresh.save_link(CARD)
    room.refresh.save_link(CARD)

    assert lying(google) == ["message-1"]


def test_a_message_for_a_card_that_google_lost_comes_with_the_card(saved: Room, google: Google) -> None:
    google.service.resources[OBJECT].clear()
    saved.shows(message=said())
    saved.work_off()

    assert lying(google) == ["message-1"]
    assert saved.alarm.names == []


def test_a_message_that_is_taken_back_goes_and_others_stay(saved: Room, google: Google) -> None:
    for number in (1, 2):
        saved.shows(message=said(number))
        saved.work_off()
    google.service.calls.clear()
    saved.shows(message=None)
    saved.work_off()

    assert lying(google) == ["message-1"]
    assert google.calls == [("GET", OBJECT, 200), ("PATCH", OBJECT, 200)]
    google.service.calls.clear()
    saved.follow(CARD)
    saved.work_off()
    assert google.calls == []


def test_a_message_of_which_nobody_knows_whether_it_came_is_taken_back_too(saved: Room, google: Google) -> None:
    google.service.answers.append(Prescribed("POST", ADD, HANG_UP, does_it=True))
    saved.shows(message=said())
    saved.refresh.work_off(saved.queue.take()[0][0])
    saved.shows(message=None)
    saved.work_off()

    assert lying(google) == []


def test_a_card_that_has_ended_is_told_nothing_more(saved: Room, google: Google) -> None:
    saved.shows(is_void=True, message=said())
    saved.work_off()

    assert google.calls == [("PATCH", OBJECT, 200)]
    assert lying(google) == []


def test_a_refused_message_wakes_somebody(saved: Room, google: Google) -> None:
    google.service.answers.append(Prescribed("POST", ADD, 403, "permissionDenied"))
    saved.shows(message=said())
    saved.work_off()

    assert saved.alarm.names == ["google_refused"]


def test_a_message_to_a_class_reaches_all_its_cards_with_one_call(saved: Room, google: Google) -> None:
    told = {"id": "m", "header": "h", "body": "b", "messageType": "TEXT"}
    client = google.clients[0]

    answer = client.add_message(CLASS, CLASS_ID, told, is_notice=True, may_be_there=True)

    assert answer == WalletAnswer(WalletReaction.DONE, "")
    assert google.calls == [("GET", CLASS, 200), ("POST", f"{CLASS}/addMessage", 200)]
    card = google.service.card(OBJECT_ID)
    assert card is not None
    assert [each["id"] for each in card["classReference"]["messages"]] == ["m"]


STORMS = st.lists(
    st.sampled_from([200, 200, 429, 500, 503, HANG_UP, -500, -HANG_UP]),  # minus: carried out all the same
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None)
@given(storm=STORMS)
def test_whatever_goes_wrong_the_last_message_lies_there_once(storm: list[int], stormy: Any) -> None:
    room, google = stormy()
    for number, status in enumerate(storm):
        if status != 200:
            google.service.answers.append(Prescribed("POST", ADD, abs(status), does_it=status < 0))
        room.clock.forward(DAY)
        room.shows(message=said(number))
        room.work_off()
        assert lying(google).count(f"message-{number}") == 1

    assert len(lying(google)) <= 10


@pytest.fixture(scope="module")
def stormy(key_file: Any, account: Any, notary: Any) -> Any:
    """One stand-in for all examples; each has a fresh card."""
    clock = HandClock()
    service = stand_in.start(account_public_key(key_file), notary, issuer_id=ISSUER_ID, now=clock.now)
    running = Google(service, account, clock)
    wallet = running.wallet(callback_url=lambda _: "http://127.0.0.1:1/nobody")

    def fresh() -> tuple[Room, Google]:
        service.answers.clear()
        for kept in service.resources.values():
            kept.clear()
        clock.forward(2 * DAY)
        room = room_with(wallet, clock)
        room.refresh.save_link(CARD)
        return room, running

    yield fresh
    for client in running.clients:
        client.close()
    service.stop()
