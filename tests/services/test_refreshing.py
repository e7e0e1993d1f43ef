"""Cards follow the journal: the first change at once, further ones together, an unchanged face not at all."""

from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import DAY, MINUTE, SECOND, ContainerDied
from whole_house import ANNA, PASS_TYPE, SETTINGS, Town, sqs_event, town

from chalicelib.bootstrap.house import assembled
from chalicelib.services.ports import PushAnswer, PushReaction, Registration
from chalicelib.web.desk import Visit

TOKEN = "token-phone-1"


def with_phone(**around: Any) -> tuple[Town, str]:
    """Anna's card in one wallet, long after its last push."""
    here = town(around=around)
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    return here, link


def phones(here: Town, link: str) -> list[Registration]:
    return list(here.own.cards.registrations(here.card(link).serial))


def work_off(here: Town) -> list[int]:
    """Wait for each queued push and hand it to its handler; the delays."""
    delays = []
    for message, delay in here.pushes.take():
        delays.append(delay)
        here.clock.forward(delay * SECOND)
        assert here.house.pushes(sqs_event([message])) == {"batchItemFailures": []}
    return delays


def test_first_change_is_pushed_at_once() -> None:
    here, _ = with_phone()
    here.buys(ANNA, 1000)
    here.follow()
    assert here.pusher.calls == [[TOKEN]]


def test_first_change_after_the_phone_came_is_pushed_at_once_however_new_the_card_is() -> None:
    here = town()
    here.buys(ANNA, 1000)
    link = here.member(ANNA)
    here.follow()
    here.clock.forward(5 * SECOND)
    here.adds_to_wallet(link)
    here.clock.forward(5 * SECOND)
    here.buys(ANNA, 1000)
    here.follow()
    assert here.pusher.calls == [[TOKEN]]


def test_unchanged_face_is_not_pushed() -> None:
    here, _ = with_phone()
    here.buys(ANNA, 1000)
    here.follow()
    here.clock.forward(MINUTE)
    here.buys(ANNA, 50)  # not a whole euro
    here.followed.clear()
    here.follow()
    assert here.pusher.calls == [[TOKEN]]


def test_further_changes_within_thirty_seconds_become_one_trailing_push() -> None:
    here, _ = with_phone()
    for _ in range(5):
        here.buys(ANNA, 1000)
        here.follow()
        here.clock.forward(5 * SECOND)
    assert here.pusher.calls == [[TOKEN]]
    here.clock.instant -= 5 * SECOND
    assert len(work_off(here)) == 1
    assert here.pusher.calls == [[TOKEN], [TOKEN]]


def test_trailing_push_comes_when_the_quiet_time_is_over() -> None:
    here, _ = with_phone()
    here.buys(ANNA, 1000)
    here.follow()
    here.clock.forward(12 * SECOND)
    here.buys(ANNA, 1000)
    here.follow()
    assert work_off(here) == [18]


def test_after_the_quiet_time_a_change_is_pushed_at_once_again() -> None:
    here, _ = with_phone()
    for _ in range(3):
        here.buys(ANNA, 1000)
        here.follow()
        here.clock.forward(30 * SECOND)
    assert here.pusher.calls == [[TOKEN]] * 3
    assert work_off(here) == []


def test_change_after_the_trailing_push_waits_its_own_quiet_time() -> None:
    here, _ = with_phone()
    here.buys(ANNA, 1000)
    here.follow()
    here.clock.forward(5 * SECOND)
    here.buys(ANNA, 1000)
    here.follow()
    work_off(here)
    here.clock.forward(5 * SECOND)
    here.buys(ANNA, 1000)
    here.follow()
    assert here.pusher.calls == [[TOKEN]] * 2
    assert work_off(here) == [25]


def test_push_that_died_with_its_container_is_repaired_by_the_streams_repeat() -> None:
    here, _ = with_phone()
    here.buys(ANNA, 1000)
    here.pusher.dies = True
    with pytest.raises(ContainerDied):
        here.follow()
    here.pusher.dies = False
    here.follow()
    assert here.pusher.calls == [[TOKEN]]


def test_stream_that_repeats_pushes_once() -> None:
    here, _ = with_phone()
    here.buys(ANNA, 1000)
    for _ in range(3):
        here.follow()
        here.followed.clear()
    assert here.pusher.calls == [[TOKEN]]


def test_stream_that_repeats_in_another_container_tells_only_phones_that_have_not_come() -> None:
    here, link = with_phone()
    here.adds_to_wallet(link, "phone-2")
    here.clock.forward(MINUTE)
    here.buys(ANNA, 1000)
    here.follow()
    one, two = phones(here, link)
    here.own.cards.mark_fetched(one, here.card(link).changed_at, here.clock.now())
    here.pusher.calls.clear()

    here.followed.clear()
    here.house = assembled(SETTINGS, here.own)  # another container
    here.follow()

    assert here.pusher.calls == [[two.push_token]]


def test_phone_that_comes_while_the_card_is_written_is_told() -> None:
    coming: list[Registration] = []

    def around(name: str, call: Callable[[], Any]) -> Any:
        if name == "put_card" and coming:
            here.own.cards.register(coming.pop())
        return call()

    here = town(around={"cards": around})
    link = here.member(ANNA)
    here.clock.forward(MINUTE)
    coming.append(Registration("phone-9", here.card(link).serial, PASS_TYPE, "token-9", here.clock.now()))
    here.buys(ANNA, 1000)
    here.follow()

    assert here.pusher.calls == [["token-9"]]


def test_late_news_of_an_old_entry_shows_the_present() -> None:
    here, link = with_phone()
    here.buys(ANNA, 1000)
    here.buys(ANNA, 2000)
    here.follow()  # both entries in one batch
    assert here.pusher.calls == [[TOKEN]]
    assert here.facts(link)["points"] == 30


def test_card_that_moved_meanwhile_is_looked_at_again() -> None:
    """The stream and a person's own request refresh the same card at the same moment."""
    losses = 0

    def racing(name: str, call: Callable[[], Any]) -> Any:
        nonlocal losses
        if name == "put_card" and losses:
            losses -= 1
            return False
        return call()

    here = town(around={"cards": racing})
    here.buys(ANNA, 4500)
    link = here.join("anna.ozola@example.com")
    losses = 1
    assert here.types_code(link, here.mail.letters[-1].code).status == 303
    assert here.facts(link)["points"] == 45


# --- what push services answer ------------------------------------------------------------------------------------


def answered(reaction: PushReaction, reason: str = "", since: int | None = None) -> tuple[Town, str]:
    here, link = with_phone()
    here.pusher.answers[TOKEN] = PushAnswer(reaction, reason, since)
    here.buys(ANNA, 1000)
    here.follow()
    return here, link


def test_push_is_noted_on_the_card() -> None:
    here, link = answered(PushReaction.DELIVERED)
    assert here.card(link).pushed_at == here.clock.now()


def test_dead_token_is_forgotten() -> None:
    here, link = answered(PushReaction.FORGET, "BadDeviceToken")
    assert phones(here, link) == []


@pytest.mark.parametrize(("dead_for", "left"), [(MINUTE // 2, 0), (MINUTE, 0), (DAY, 1)])
def test_token_that_is_gone_is_forgotten_unless_it_was_registered_again_since(dead_for: int, left: int) -> None:
    here, link = with_phone()
    here.pusher.answers[TOKEN] = PushAnswer(PushReaction.FORGET, "Unregistered", here.clock.now() - dead_for)
    here.buys(ANNA, 1000)
    here.follow()
    assert len(phones(here, link)) == left


def test_many_dead_tokens_at_once_raise_an_alarm() -> None:
    here, link = with_phone()
    for number in range(2, 6):
        here.adds_to_wallet(link, f"phone-{number}")
    for phone in phones(here, link):
        here.pusher.answers[phone.push_token] = PushAnswer(PushReaction.FORGET, "BadDeviceToken")
    here.clock.forward(MINUTE)
    here.buys(ANNA, 1000)
    here.follow()
    assert here.alarm.names == ["many_dead_tokens"]


def test_wrong_configuration_raises_an_alarm_and_deletes_nothing() -> None:
    here, link = answered(PushReaction.STOP, "TopicDisallowed")
    assert here.alarm.names == ["push_configuration_wrong"]
    assert len(phones(here, link)) == 1
    assert here.pushes.take() == []


def test_push_that_was_put_off_is_repeated_with_growing_pauses_and_given_up_aloud() -> None:
    here, link = answered(PushReaction.LATER, "TooManyRequests")
    delays: list[int] = []
    while len(delays) < 20 and (found := work_off(here)):
        delays += found
    assert delays == sorted(delays)
    assert 3 <= len(delays) <= 10
    assert here.alarm.names == ["push_given_up"]
    assert len(phones(here, link)) == 1


def test_push_that_was_put_off_arrives_when_the_service_is_back() -> None:
    here, _ = answered(PushReaction.LATER, "ServiceUnavailable")
    del here.pusher.answers[TOKEN]
    work_off(here)
    assert here.pusher.calls == [[TOKEN]] * 2
    assert work_off(here) == []


def test_phone_that_fetched_meanwhile_is_not_pushed_again() -> None:
    here, link = answered(PushReaction.LATER, "ServiceUnavailable")
    card, (phone,) = here.card(link), phones(here, link)
    here.own.cards.mark_fetched(phone, card.changed_at, here.clock.now())
    work_off(here)
    assert here.pusher.calls == [[TOKEN]]


def test_queued_push_of_a_card_that_is_gone_is_done_with() -> None:
    here = town()
    assert here.house.pushes(sqs_event([{"serial": "gone", "attempt": 0}])) == {"batchItemFailures": []}


# --- what the change was about ------------------------------------------------------------------------------------


def test_news_tells_a_new_tier_from_new_points() -> None:
    here, link = with_phone()
    here.buys(ANNA, 1000)
    here.follow()
    assert here.card(link).news == "points"
    here.clock.forward(MINUTE)
    here.buys(ANNA, 30_000)
    here.follow()
    assert (here.card(link).news, here.card(link).tier) == ("tier", "Silver")
    here.clock.forward(MINUTE)
    here.buys(ANNA, 1000)
    here.follow()
    assert here.card(link).news == "points"


def test_update_tag_grows_with_each_change_even_within_one_millisecond() -> None:
    here, link = with_phone()
    tags = [here.card(link).changed_at]
    for _ in range(3):
        here.buys(ANNA, 1000)
        here.follow()
        tags.append(here.card(link).changed_at)
    assert tags == sorted(set(tags))


def test_view_follows_the_newest_entry() -> None:
    here, _ = with_phone()
    for _ in range(3):
        here.buys(ANNA, 1000)
    here.follow()
    here.followed.clear()
    here.follow()
    assert here.own.views.seq("bean-street", here.account(ANNA)) == 3


def test_new_tier_that_was_not_announced_yet_is_not_drowned_by_new_points() -> None:
    here, link = with_phone()
    here.buys(ANNA, 1000)
    here.follow()
    here.buys(ANNA, 30_000)
    here.follow()
    here.buys(ANNA, 1000)
    here.follow()
    assert (here.card(link).news, here.pusher.calls) == ("tier", [[TOKEN]])
    work_off(here)
    here.clock.forward(MINUTE)
    here.buys(ANNA, 1000)
    here.follow()
    assert here.card(link).news == "points"


def test_pass_that_was_added_before_its_points_went_again_is_told_of_that() -> None:
    here, link = with_phone()
    before = here.facts(link)["points"]
    order = here.buys(ANNA, 1000)
    here.house.wallet_file(link, Visit())
    here.adds_to_wallet(link, "phone-2")
    here.deliver(here.shop.refunded(order, amount=1000))
    here.follow()
    assert here.facts(link)["points"] == before
    assert here.pusher.calls == [[TOKEN, "token-phone-2"]]
