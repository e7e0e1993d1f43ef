"""What Google tells us of a card is written once, and the newest stands."""

from collections import Counter

import msgspec
import pytest
from google_room import CARD, OBJECT, Interrupted, Room, balance, room_with, told
from google_samples import FACE, PROGRAM, SERIAL, Google
from stand_ins import HOUR, NOON

from chalicelib.errors import Untrusted
from chalicelib.services.ports.google import (
    DeletedTold,
    SavedTold,
)


def test_a_saved_card_is_marked_and_told_what_is_new(saved: Room, google: Google) -> None:
    saved.refresh.told(told(SavedTold, "n1", NOON + HOUR))

    assert saved.state.is_saved
    assert len(saved.queue.take()) == 1


def test_a_deleted_card_is_no_longer_followed(saved: Room, google: Google) -> None:
    saved.refresh.told(told(DeletedTold, "n1", NOON + HOUR))
    saved.shows(points=7)
    saved.refresh.work_off({"serial": SERIAL, "attempt": 0})

    assert (saved.queue.take(), google.calls) == ([], [])


def test_a_card_that_is_saved_again_is_followed_again(saved: Room, google: Google) -> None:
    saved.refresh.told(told(DeletedTold, "n1", NOON + HOUR))
    saved.faces.now = msgspec.structs.replace(FACE, points=7)
    saved.refresh.save_link(CARD)

    assert balance(google) == 7
    assert not saved.state.is_gone


def test_messages_that_overtook_each_other_leave_the_newest_standing(saved: Room) -> None:
    saved.refresh.told(told(SavedTold, "n2", NOON + 2 * HOUR))
    saved.refresh.told(told(DeletedTold, "n1", NOON + HOUR))

    assert (saved.state.is_saved, saved.state.is_gone) == (True, False)


def test_a_repeated_nonce_writes_nothing(saved: Room) -> None:
    saved.refresh.told(told(DeletedTold, "n1", NOON + HOUR))
    before = saved.state

    with pytest.raises(Untrusted, match="google_nonce_repeated"):
        saved.refresh.told(told(SavedTold, "n1", NOON + 2 * HOUR))
    assert saved.state == before
    assert saved.queue.take() == []


@pytest.mark.parametrize(
    "event", [SavedTold(PROGRAM, "s-2", "n", NOON + 1), SavedTold("tea-house", SERIAL, "n", NOON + 1)]
)
def test_a_card_that_we_never_told_google_is_unknown(saved: Room, event: SavedTold) -> None:
    before = saved.state

    with pytest.raises(Untrusted, match="google_card_unknown"):
        saved.refresh.told(event)
    assert saved.state == before
    saved.refresh.told(told(SavedTold, "n", NOON + 1))  # the nonce was not used up


def test_no_state_is_lost_when_everything_happens_at_once(google: Google) -> None:
    """Google's messages and the worker write the same row."""
    room = room_with(Interrupted(google.wallet()), google.clock)
    room.refresh.save_link(CARD)
    room.refresh.wallet.between = lambda: room.refresh.told(told(SavedTold, "n1", NOON + HOUR))  # type: ignore[attr-defined]
    room.shows(points=3)
    room.work_off()

    assert (room.state.is_saved, room.state.points, balance(google)) == (True, 3, 3)
    assert Counter(google.calls)[("PATCH", OBJECT, 200)] == 1
