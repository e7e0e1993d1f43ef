"""A level has a class of its own: members move between them, and what is new for all of them is told once."""

import msgspec
import pytest
from google_room import CARD, CLASS, OBJECT, Room, room_with
from google_samples import CLASS_ID, FACE, OBJECT_ID, PROGRAM, SERIAL, Google

from chalicelib.services.ports.google import GoogleState
from ops.laptop.google import Prescribed

CARDS = 1_000


@pytest.fixture
def silver(room: Room, google: Google) -> Room:
    """A card that Google has in the class of its level."""
    room.faces.now = msgspec.structs.replace(FACE, level_class="silver")
    room.refresh.save_link(CARD)
    google.service.calls.clear()
    return room


def in_google(google: Google) -> tuple[str, str, str]:
    """The class a card is in, the level the class tells, and the level the card tells itself."""
    card = google.service.card(OBJECT_ID)
    assert card is not None
    own = card.get("secondaryLoyaltyPoints", {}).get("balance", {}).get("string", "")
    return card["classId"], card["classReference"].get("rewardsTier", ""), own


def test_a_member_of_another_level_moves_to_its_class_which_is_told_first(silver: Room, google: Google) -> None:
    silver.shows(tier="Gold", level_class="gold")
    silver.work_off()

    assert google.calls == [("POST", CLASS, 200), ("PATCH", OBJECT, 200)]
    assert in_google(google) == (f"{CLASS_ID}.gold", "Gold", "")
    assert silver.state.level_class == "gold"


def test_the_save_link_names_the_class_in_which_the_card_is(silver: Room, google: Google) -> None:
    silver.shows(tier="Gold", level_class="gold")
    silver.work_off()
    link = silver.refresh.save_link(CARD)

    assert google.service.save(link.rpartition("/")[2]) == OBJECT_ID


@pytest.mark.parametrize(("status", "reason"), [(400, "badRequest"), (409, "conflict")])
def test_a_card_that_google_will_not_move_stays_and_tells_its_level_itself(
    silver: Room, google: Google, status: int, reason: str
) -> None:
    google.service.register.refuses_moves = (status, reason)
    silver.shows(tier="Gold", level_class="gold", points=9)
    silver.work_off()

    assert in_google(google) == (f"{CLASS_ID}.silver", "Silver", "Gold")
    assert silver.alarm.raised == [("google_class_refused", {"card": SERIAL, "level_class": "gold"})]
    assert (silver.state.level_class, silver.state.refused_class) == ("silver", "gold")
    assert google.service.save(silver.refresh.save_link(CARD).rpartition("/")[2]) == OBJECT_ID


def test_what_was_refused_is_not_asked_for_again_until_the_level_changes(silver: Room, google: Google) -> None:
    google.service.register.refuses_moves = (400, "badRequest")
    silver.shows(tier="Gold", level_class="gold")
    silver.work_off()
    google.service.calls.clear()
    silver.shows(points=10)
    silver.work_off()
    assert google.calls == [("PATCH", OBJECT, 200)]
    assert len(silver.alarm.raised) == 1

    google.service.register.refuses_moves = None
    silver.shows(tier="Platinum", level_class="platinum")
    silver.work_off()
    assert in_google(google) == (f"{CLASS_ID}.platinum", "Platinum", "")
    assert silver.state.refused_class == ""


def test_an_unchanged_card_that_stayed_asks_nothing_of_google(silver: Room, google: Google) -> None:
    google.service.register.refuses_moves = (400, "badRequest")
    silver.shows(tier="Gold", level_class="gold")
    silver.work_off()
    google.service.calls.clear()
    silver.follow(CARD)
    silver.work_off()

    assert google.calls == []


def test_a_card_that_goes_back_to_where_it_stayed_is_as_any_other(silver: Room, google: Google) -> None:
    google.service.register.refuses_moves = (400, "badRequest")
    silver.shows(tier="Gold", level_class="gold")
    silver.work_off()
    silver.shows(tier="Silver", level_class="silver")
    silver.work_off()

    assert in_google(google) == (f"{CLASS_ID}.silver", "Silver", "")


def test_a_refusal_that_is_not_about_the_class_is_our_mistake(silver: Room, google: Google) -> None:
    google.service.answers += [Prescribed("PATCH", OBJECT, 400, "badRequest")] * 2
    silver.shows(tier="Gold", level_class="gold")
    silver.work_off()

    assert silver.alarm.names == ["google_refused"]
    assert silver.state.level_class == "silver"


def test_a_class_that_google_lost_is_told_before_a_card_moves_there(silver: Room, google: Google) -> None:
    gold = msgspec.structs.replace(FACE, tier="Gold", level_class="gold")
    silver.states.put_class_face(f"{PROGRAM}.gold", silver.refresh.wallet.class_face(gold))
    silver.shows(tier="Gold", level_class="gold")
    silver.work_off()

    assert google.calls == [("PATCH", OBJECT, 404), ("POST", CLASS, 200), ("PATCH", OBJECT, 200)]
    assert in_google(google)[0] == f"{CLASS_ID}.gold"


def test_a_card_from_before_there_were_classes_for_levels_moves_to_its_own(saved: Room, google: Google) -> None:
    saved.shows(level_class="silver")
    saved.work_off()

    assert in_google(google) == (f"{CLASS_ID}.silver", "Silver", "")


def test_what_is_new_for_all_members_is_one_call_for_a_thousand_cards(google: Google) -> None:
    room = room_with(google.wallet(), google.clock)
    cards = [
        msgspec.structs.replace(CARD, serial=f"serial-{number}", link=f"link-{number}", barcode=f"BS-{number}")
        for number in range(CARDS)
    ]
    wallet = room.refresh.wallet
    room.states.put_class_face(PROGRAM, wallet.class_face(FACE))
    wallet.put_class(FACE, is_known=False)
    for card in cards:
        assert room.refresh.cards.put_card(card)
        shown = wallet.object_face(FACE, card.serial, level_class="")
        room.states.put_state(GoogleState(card.serial, PROGRAM, 1, face=shown, points=FACE.points, tier=FACE.tier))
    google.service.calls.clear()

    room.faces.now = msgspec.structs.replace(
        FACE, look=msgspec.structs.replace(FACE.look, background="#123456"), privacy="https://new.example/privacy"
    )
    for card in cards:
        room.follow(card)
    room.work_off()

    assert google.calls == [("PATCH", CLASS, 200)]
    told = google.service.resources[CLASS][CLASS_ID]
    assert told["hexBackgroundColor"] == "#123456"


def test_members_of_different_levels_do_not_change_the_one_class_to_and_fro(saved: Room, google: Google) -> None:
    for tier, colour in (("Gold", "#d4af37"), ("Silver", "#c0c0c0"), ("Gold", "#d4af37")):
        saved.shows(tier=tier, look=msgspec.structs.replace(FACE.look, background=colour, ground=FACE.look.background))
        saved.work_off()

    assert {kind for _, kind, _ in google.calls} == {OBJECT}
