"""What Google may or may not show is told again, and one message at a time waits for a card that is busy."""

import msgspec
from google_room import CARD, DONE, Interrupted, Room, Scripted, room_with
from google_samples import FACE
from stand_ins import HandClock

from chalicelib.services.ports.google import WalletAnswer, WalletReaction

NO_ANSWER = WalletAnswer(WalletReaction.LATER, "ReadTimeout", may_have_happened=True)


def known_room(*answers: WalletAnswer) -> tuple[Room, Interrupted]:
    """A card that Google has; the answers to what it is told next."""
    clock = HandClock()
    wallet = Interrupted(Scripted([DONE, *answers], clock))  # type: ignore[arg-type]
    room = room_with(wallet, clock)  # type: ignore[arg-type]
    room.refresh.save_link(CARD)
    return room, wallet


def test_a_face_that_came_back_is_told_when_google_may_show_the_one_in_between() -> None:
    room, wallet = known_room(NO_ANSWER)
    room.shows(points=FACE.points + 5)
    room.refresh.work_off(room.queue.take()[0][0])
    room.faces.now = FACE

    room.work_off()

    assert wallet.told == [FACE.points, FACE.points + 5, FACE.points]


def test_many_messages_for_a_busy_card_leave_one_that_looks_again() -> None:
    room, _ = known_room()
    busy = msgspec.structs.replace(room.state, revision=room.state.revision + 1, busy_until=room.clock.now() + 60_000)
    assert room.states.put_state(busy)

    for _ in range(20):
        room.refresh.work_off({"serial": CARD.serial, "wallet": "google", "attempt": 0})

    assert len(room.queue.take()) == 1


def test_the_message_that_looks_again_is_not_dropped_for_itself() -> None:
    room, _ = known_room()
    busy = msgspec.structs.replace(room.state, revision=room.state.revision + 1, busy_until=room.clock.now() + 60_000)
    assert room.states.put_state(busy)
    room.refresh.work_off({"serial": CARD.serial, "wallet": "google", "attempt": 0})
    ((again, _),) = room.queue.take()

    room.refresh.work_off(again)

    assert len(room.queue.take()) == 1
