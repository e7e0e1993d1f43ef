"""Cards in Google Wallet follow what cards show: once, in order, and at the queue's own time."""

import msgspec
import pytest
from google_room import CARD, OBJECT, Interrupted, Room, Scripted, balance, room_with
from google_samples import FACE, OBJECT_ID, PROGRAM, SERIAL, Google
from stand_ins import SECOND, HandClock

from chalicelib.errors import Broken, TryAgain
from chalicelib.services.google_notices import BUSY_MILLISECONDS, notices_left
from chalicelib.services.ports.google import (
    GoogleState,
    WalletAnswer,
    WalletReaction,
)
from ops.laptop.google import Prescribed

# --- saving


def test_the_link_leads_to_a_card_that_google_has(room: Room, google: Google) -> None:
    link = room.refresh.save_link(CARD)

    assert link.startswith(f"{google.service.save_url}/")
    assert google.calls == [("POST", "loyaltyClass", 200), ("POST", OBJECT, 200)]
    assert balance(google) == 1240


def test_an_unchanged_card_is_linked_without_asking_google(saved: Room, google: Google) -> None:
    assert saved.refresh.save_link(CARD)
    assert google.calls == []


def test_when_google_is_busy_the_owner_is_asked_to_come_again(room: Room, google: Google) -> None:
    google.service.answers.append(Prescribed("POST", "loyaltyClass", 503))

    with pytest.raises(TryAgain):
        room.refresh.save_link(CARD)
    assert room.refresh.save_link(CARD)


def test_when_google_refuses_us_somebody_is_woken(room: Room, google: Google) -> None:
    google.service.answers.append(Prescribed("*", "*", 403, "permissionDenied"))

    with pytest.raises(Broken):
        room.refresh.save_link(CARD)
    assert room.alarm.raised == [("google_refused", {"card": SERIAL, "answer": "permissionDenied"})]


def test_a_card_that_google_has_is_linked_even_when_the_news_must_wait(saved: Room, google: Google) -> None:
    saved.faces.now = msgspec.structs.replace(FACE, points=1)
    google.service.answers.append(Prescribed("PATCH", OBJECT, 503))

    assert saved.refresh.save_link(CARD)
    saved.work_off()
    assert balance(google) == 1


def test_a_card_that_is_being_told_for_the_first_time_is_not_linked_yet(room: Room) -> None:
    room.states.put_state(GoogleState(SERIAL, PROGRAM, 1, busy_until=room.clock.now() + 1))

    with pytest.raises(TryAgain):
        room.refresh.save_link(CARD)


# --- following


def test_a_card_that_nobody_saved_is_not_queued(room: Room) -> None:
    room.follow(CARD)

    assert room.queue.take() == []


def test_the_stream_only_queues(saved: Room, google: Google) -> None:
    saved.shows(points=1300)

    assert google.calls == []
    assert saved.queue.take() == [({"serial": SERIAL, "wallet": "google", "attempt": 0}, 0)]


def test_a_change_reaches_google_with_a_notice(saved: Room, google: Google) -> None:
    saved.shows(points=1300)
    saved.work_off()

    assert google.calls == [("PATCH", OBJECT, 200)]
    assert balance(google) == 1300
    assert len(google.service.notices) == 1


def test_an_unchanged_card_asks_nothing_of_google(saved: Room, google: Google) -> None:
    saved.follow(CARD)
    saved.work_off()

    assert google.calls == []


def test_only_points_and_levels_are_news(saved: Room, google: Google) -> None:
    saved.shows(arriving=())
    saved.work_off()
    assert (google.calls, google.service.notices) == ([("PATCH", OBJECT, 200)], [])

    saved.shows(tier="Gold")
    saved.work_off()
    assert len(google.service.notices) == 1


def test_the_class_is_told_once_for_each_look(saved: Room, google: Google) -> None:
    saved.shows(points=1)
    saved.work_off()
    saved.shows(points=2, look=msgspec.structs.replace(FACE.look, background="#000000"))
    saved.work_off()
    saved.shows(points=3)
    saved.work_off()

    assert [kind for _, kind, _ in google.calls] == [OBJECT, "loyaltyClass", OBJECT, OBJECT]
    card = google.service.card(OBJECT_ID)
    assert card is not None
    assert card["classReference"]["hexBackgroundColor"] == "#000000"


def test_what_google_lost_is_told_anew(saved: Room, google: Google) -> None:
    for known in google.service.resources.values():
        known.clear()
    saved.shows(points=7)
    saved.work_off()

    assert balance(google) == 7
    assert saved.alarm.names == []


def test_a_message_about_a_card_that_is_no_more_is_dropped(saved: Room, google: Google) -> None:
    saved.refresh.work_off({"serial": "gone", "wallet": "google", "attempt": 0})

    assert google.calls == []


# --- later


def test_a_busy_google_is_asked_again_with_growing_pauses_until_somebody_is_woken(saved: Room, google: Google) -> None:
    google.service.answers += [Prescribed("PATCH", OBJECT, 503, "backendError")] * 6
    saved.shows(points=7)
    delays = saved.work_off()

    assert delays[0] == 0
    assert all(
        pause <= delay <= min(900, 2 * pause) for pause, delay in zip((5, 30, 120, 600, 900), delays[1:], strict=True)
    )
    assert saved.alarm.raised == [("google_given_up", {"card": SERIAL, "answer": "backendError"})]


def test_pauses_differ_so_that_workers_do_not_meet_again() -> None:
    def pause(seed: int) -> int:
        here = room_with(Scripted([WalletAnswer(WalletReaction.LATER, "x")]), HandClock(), seed=seed)
        here.states.put_state(GoogleState(SERIAL, PROGRAM, 1, face="old"))
        here.refresh.work_off({"serial": SERIAL, "attempt": 2})
        return here.queue.take()[0][1]

    assert len({pause(seed) for seed in range(20)}) > 10


def test_a_change_that_was_put_off_arrives_with_its_notice(saved: Room, google: Google) -> None:
    google.service.answers += [Prescribed("PATCH", OBJECT, 503), Prescribed("PATCH", OBJECT, 429)]
    saved.shows(points=7)
    saved.work_off()

    assert balance(google) == 7
    assert len(google.service.notices) == 1
    assert notices_left(saved.state, saved.clock.now()) == 2


def test_a_refusal_wakes_somebody_and_is_not_repeated(saved: Room, google: Google) -> None:
    google.service.answers.append(Prescribed("PATCH", OBJECT, 403, "permissionDenied"))
    saved.shows(points=7)

    assert saved.work_off() == [0]
    assert saved.alarm.names == ["google_refused"]
    saved.shows(points=8)
    saved.work_off()
    assert balance(google) == 8


# --- one at a time


def test_while_one_worker_tells_google_others_wait(saved: Room, google: Google) -> None:
    busy = msgspec.structs.replace(
        saved.state, revision=saved.state.revision + 1, busy_until=saved.clock.now() + 3 * SECOND
    )
    saved.states.put_state(busy)
    saved.shows(points=7)

    assert saved.work_off() == [0, 5]
    assert balance(google) == 7


def test_an_old_face_never_arrives_after_a_new_one(google: Google) -> None:
    """A second worker starts while the first one is on the line: it must not get through before the first is done."""
    room = room_with(Interrupted(google.wallet()), google.clock)
    room.refresh.save_link(CARD)
    room.refresh.wallet.between = lambda: (room.shows(points=2), room.work_off(most=1))  # type: ignore[attr-defined]
    room.shows(points=1)
    room.work_off()

    assert balance(google) == 2
    assert room.refresh.wallet.told == [1240, 1, 2]  # type: ignore[attr-defined]


def test_a_worker_that_died_keeps_a_card_for_a_minute_only(google: Google) -> None:
    room = room_with(Interrupted(google.wallet()), google.clock)
    room.refresh.save_link(CARD)

    def dies() -> None:
        raise KeyboardInterrupt

    room.refresh.wallet.between = dies  # type: ignore[attr-defined]
    room.shows(points=1)
    message, _ = room.queue.take()[0]
    with pytest.raises(KeyboardInterrupt):
        room.refresh.work_off(message)
    room.clock.forward(BUSY_MILLISECONDS)
    room.refresh.work_off(message)

    assert balance(google) == 1
