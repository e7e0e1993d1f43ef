"""The owner of a card is notified three times in a day at most, and of what matters."""

from google_room import CARD, DONE, Room, Scripted, balance, room_with
from google_samples import OBJECT_ID, PROGRAM, SERIAL, Google
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import DAY, HOUR, MINUTE, NOON, SECOND, HandClock

from chalicelib.services.google_notices import notices_left
from chalicelib.services.ports.google import (
    GoogleState,
    Notice,
    WalletAnswer,
    WalletReaction,
)


def test_the_fourth_change_of_a_day_is_silent(saved: Room, google: Google) -> None:
    for points in range(1, 6):
        saved.shows(points=points)
        saved.work_off()

    assert balance(google) == 5
    assert len(google.service.notices) == 3
    assert 403 not in [status for _, _, status in google.calls]


def test_warning_is_a_notice_of_its_own_and_is_given_once(saved: Room, google: Google) -> None:
    saved.shows(is_ending_soon=True)
    saved.work_off()
    assert len(google.service.notices) == 1
    saved.shows(perks=())
    saved.work_off()
    assert len(google.service.notices) == 1


def test_a_day_later_the_owner_hears_again(saved: Room, google: Google) -> None:
    for points in range(1, 5):
        saved.shows(points=points)
        saved.work_off()
    saved.clock.forward(DAY + MINUTE)
    saved.shows(points=9)
    saved.work_off()

    assert len(google.service.notices) == 4


def test_when_google_counts_more_than_we_do_nobody_asks_again_that_day(saved: Room, google: Google) -> None:
    google.service.register.notices += [(OBJECT_ID, saved.clock.now())] * 3
    for points in range(1, 4):
        saved.shows(points=points)
        saved.work_off()

    assert balance(google) == 3
    assert [status for _, _, status in google.calls] == [403, 200, 200, 200]


def test_another_kind_of_notice_has_a_budget_of_its_own() -> None:
    state = GoogleState(SERIAL, PROGRAM, 1, notices=(Notice("message", NOON),) * 3)

    assert notices_left(state, NOON) == 3


STORMS = st.lists(
    st.tuples(
        st.integers(0, 3 * HOUR),
        st.sampled_from(
            [
                DONE,
                DONE,
                WalletAnswer(WalletReaction.LATER, "429"),
                WalletAnswer(WalletReaction.LATER, "lost", may_have_happened=True),
                WalletAnswer(WalletReaction.STOP, "403"),
                WalletAnswer(WalletReaction.DONE, "", is_silenced=True),
            ]
        ),
        st.integers(0, 20 * SECOND),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(STORMS)
def test_no_day_holds_more_than_three_notices(storm: list[tuple[int, WalletAnswer, int]]) -> None:
    clock = HandClock()
    wallet = Scripted([], clock, lateness=iter(()))
    room = room_with(wallet, clock)
    room.refresh.save_link(CARD)
    for number, (pause, answer, lateness) in enumerate(storm):
        clock.forward(pause)
        wallet.answers.append(answer)
        wallet.lateness = iter([lateness])
        room.shows(points=number)
        room.work_off(most=3)

    assert all(sum(start <= at < start + DAY for at in wallet.given) <= 3 for start in wallet.given)


def test_a_notice_that_was_given_late_counts_from_then() -> None:
    clock = HandClock()
    wallet = Scripted([], clock, lateness=iter((0, 20 * SECOND)))
    room = room_with(wallet, clock)
    room.refresh.save_link(CARD)
    asked_at = clock.now()
    for points in range(3):
        room.shows(points=points)
        room.work_off()
    clock.instant = asked_at + DAY
    room.shows(points=9)
    room.work_off()

    assert len(wallet.given) == 3


def test_the_last_change_always_arrives_in_the_end(google: Google) -> None:
    clock = HandClock()
    room = room_with(Scripted([WalletAnswer(WalletReaction.LATER, "x", may_have_happened=True)] * 4, clock), clock)
    room.states.put_state(GoogleState(SERIAL, PROGRAM, 1, face="old"))
    room.shows(points=5)
    room.work_off()

    assert (room.state.points, room.state.busy_until) == (5, 0)
