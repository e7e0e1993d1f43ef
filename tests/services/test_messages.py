"""What a shop says reaches those who agreed, once, by day, and not too often; and it can be taken back."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from stand_ins import DAY, HOUR, MINUTE, SECOND, ContainerDied, Wrapped, refusal
from walking_room import deliver
from whole_house import ANNA, BORIS, DEFINITION, NOON, PROGRAM, Town, town

from chalicelib.programs.learning import Listed
from chalicelib.services.messages import LONGEST, MOST_A_WEEK, wakes_at
from chalicelib.services.ports import Card
from chalicelib.services.ports.walks import Campaign, Walk
from chalicelib.services.walking import Stop

TEXTS = {"en": "Cherry pie is back.", "ru": "Вишнёвый пирог снова здесь."}
SEGMENTS = DEFINITION + "\nsegments: [neighbours]\n"


def joined(here: Town, email: str, *, agrees: bool = True) -> str:
    """Somebody who joined, and agreed to be told, or not; their card's link. Its phone is called after them."""
    link = here.join(email, **({"marketing": "yes"} if agrees else {}))
    here.adds_to_wallet(link, email)
    here.clock.forward(MINUTE)
    return link


def say(here: Town, texts: Mapping[str, str] = TEXTS, **more: Any) -> Walk:
    """Begin to send a message."""
    campaign = here.house.messages.campaign(here.program, texts, **more)
    return here.house.walking.start(here.program, "message", rate=20, campaign=campaign)


def told(here: Town, link: str) -> str:
    message = here.card(link).message
    return message.told("en") if message else ""


def counted(here: Town, walk: Walk) -> Mapping[str, int]:
    return here.house.walking.walk(PROGRAM, walk.id).counted


# --- who gets it


def test_only_those_who_agreed_are_told() -> None:
    here = town()
    yes, no = joined(here, "yes@example.com"), joined(here, "no@example.com", agrees=False)
    walk = say(here)
    deliver(here)
    assert (told(here, yes), told(here, no)) == (TEXTS["en"], "")
    assert counted(here, walk) == {"told": 1, "no consent": 1}
    assert here.pusher.calls == [["token-yes@example.com"]]


def test_a_card_on_which_nothing_has_happened_yet_is_told_too() -> None:
    here = town()
    link = joined(here, ANNA.email or "")
    assert here.own.ledger.newest(PROGRAM, here.card(link).account) is None
    say(here)
    deliver(here)
    assert told(here, link) == TEXTS["en"]


def test_who_was_forgotten_or_left_is_not_told() -> None:
    here = town()
    link = joined(here, "gone@example.com")
    here.own.members.erase_member(PROGRAM, here.card(link).member)
    walk = say(here)
    deliver(here)
    assert counted(here, walk) == {"no consent": 1}


def test_only_the_level_that_was_named_is_told() -> None:
    here = town()
    for buyer, euros in ((ANNA, 400), (BORIS, 10)):
        here.types_code(joined(here, buyer.email or ""), here.mail.letters[-1].code)
        here.buys(buyer, euros * 100)
    here.follow()
    here.clock.forward(MINUTE)
    walk = say(here, level="Silver")
    deliver(here)
    assert counted(here, walk) == {"told": 1, "other level": 1}
    (anna,) = here.own.cards.cards_of(PROGRAM, here.account(ANNA))
    assert anna.message is not None


def test_only_the_segment_that_was_named_is_told() -> None:
    here = town(SEGMENTS)
    links = [joined(here, f"{name}@example.com") for name in ("near", "far")]
    here.house.knowing.tell(here.program, here.card(links[0]).account, [Listed("neighbours", True, NOON)], revision=0)
    walk = say(here, segment="neighbours")
    deliver(here)
    assert counted(here, walk) == {"told": 1, "not in the segment": 1}
    assert [told(here, link) for link in links] == [TEXTS["en"], ""]


def test_audience_says_who_would_get_it_and_writes_nothing() -> None:
    here = town()
    links = [joined(here, f"{number}@example.com", agrees=number < 2) for number in range(3)]
    before = [here.card(link) for link in links]
    campaign = here.house.messages.campaign(here.program, TEXTS)
    assert here.house.messages.audience(here.program, campaign) == {("Bean", "told"): 2, ("Bean", "no consent"): 1}
    assert [here.card(link) for link in links] == before
    assert here.sweeps.take() == []


# --- how often


def test_a_page_that_is_repeated_tells_nobody_twice() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    say(here)
    deliver(here, times=3)
    before = here.card(link)
    assert len(before.heard) == 1
    assert len(here.pusher.calls) == 1


@pytest.mark.parametrize("dies_at", ["put_card", "push"])
def test_after_a_death_in_the_middle_everybody_is_told_and_noted_once(dies_at: str) -> None:
    dying: list[str] = []

    def around(name: str, call: Any) -> Any:
        if name not in dying:
            return call()
        dying.clear()
        call()
        raise ContainerDied

    here = town(around={"cards" if dies_at == "put_card" else "pusher": around})
    links = [joined(here, f"{number}@example.com") for number in range(3)]
    dying.append(dies_at)
    say(here)
    with pytest.raises(ContainerDied):
        deliver(here)
    here.clock.forward(5 * MINUTE)
    here.house.look_around()
    deliver(here)
    assert [told(here, link) for link in links] == [TEXTS["en"]] * 3
    assert [len(here.card(link).heard) for link in links] == [1, 1, 1]
    assert {token for call in here.pusher.calls for token in call} == {f"token-{n}@example.com" for n in range(3)}


def test_nobody_is_told_twice_within_a_day() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    say(here)
    deliver(here)
    here.clock.forward(DAY - HOUR)
    walk = say(here, dict.fromkeys(TEXTS, "Again!"))
    deliver(here)
    assert counted(here, walk) == {"told enough": 1}
    assert told(here, link) == TEXTS["en"]


def test_of_two_messages_at_the_same_moment_a_card_gets_one() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    first, second = (
        here.house.messages.campaign(here.program, {"en": words, "ru": words}) for words in ("First.", "Second.")
    )
    second = msgspec.structs.replace(second, message=msgspec.structs.replace(second.message, id="message-2"))
    stop, rounds = Stop(here.card(link).serial), here.house.messages
    walks = [Walk(PROGRAM, each.message.id, "message", 20, NOON, campaign=each) for each in (first, second)]
    between = iter([lambda: rounds.visit(here.program, walks[1], stop)])

    def around(name: str, call: Any) -> Any:
        """The other one comes between the look at the card and its write."""
        if name == "put_card" and (happens := next(between, None)):
            happens()
        return call()

    slow = msgspec.structs.replace(here.house.refresh, cards=Wrapped(here.own.cards, around))
    assert msgspec.structs.replace(rounds, refresh=slow).visit(here.program, walks[0], stop) == "told enough"
    assert told(here, link) == "Second."
    assert len(here.card(link).heard) == 1


def test_nobody_is_told_more_than_a_few_times_a_week() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    counts = []
    for day in range(7):
        walk = say(here, dict.fromkeys(TEXTS, f"Day {day}"))
        deliver(here)
        counts.append("".join(counted(here, walk)))
        here.clock.forward(DAY + MINUTE)
    assert counts == ["told"] * MOST_A_WEEK + ["told enough"] * (7 - MOST_A_WEEK)
    assert told(here, link) == f"Day {MOST_A_WEEK - 1}"
    here.clock.forward(DAY)
    walk = say(here)
    deliver(here)
    assert counted(here, walk) == {"told": 1}


# --- when


def test_nobody_is_told_at_night_and_everybody_in_the_morning() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    here.clock.instant = NOON + 8 * HOUR  # 22:00 in Berlin
    walk = say(here)
    deliver(here)
    assert told(here, link) == ""
    assert here.house.walking.walk(PROGRAM, walk.id).rests_until == NOON + 19 * HOUR
    here.clock.instant = NOON + 19 * HOUR
    here.house.look_around()
    deliver(here)
    assert told(here, link) == TEXTS["en"]


def test_the_shop_may_insist_on_the_night() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    here.clock.instant = NOON + 8 * HOUR
    say(here, at_night=True)
    deliver(here)
    assert told(here, link) == TEXTS["en"]


@pytest.mark.parametrize(
    ("at", "wakes"),
    [
        (NOON, NOON),
        (NOON + 7 * HOUR - 1, NOON + 7 * HOUR - 1),
        (NOON + 7 * HOUR, NOON + 19 * HOUR),
        (NOON + 13 * HOUR, NOON + 19 * HOUR),
        (NOON + 19 * HOUR, NOON + 19 * HOUR),
        # Clocks go back in the night to 25 October 2026: that night is an hour longer.
        (NOON + 123 * DAY + 7 * HOUR, NOON + 123 * DAY + 20 * HOUR),
    ],
)
def test_the_night_is_from_nine_to_nine_by_the_programs_clock(at: int, wakes: int) -> None:
    assert wakes_at(town().program, at) == wakes


# --- what it is about


def test_the_phone_announces_the_message() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    say(here)
    deliver(here)
    assert here.card(link).news == "message"


def test_points_after_a_message_are_announced_as_points() -> None:
    here = town()
    link = here.join(ANNA.email or "", marketing="yes")
    here.types_code(link, here.mail.letters[-1].code)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    say(here)
    deliver(here)
    here.clock.forward(MINUTE)
    here.buys(ANNA, 1000)
    here.follow()
    assert here.card(link).news == "points"
    assert told(here, link) == TEXTS["en"]


def test_a_new_level_goes_before_a_message_that_waits() -> None:
    here = town()
    link = here.join(ANNA.email or "", marketing="yes")
    here.types_code(link, here.mail.letters[-1].code)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    here.buys(ANNA, 1000)
    here.follow()
    here.clock.forward(5 * SECOND)
    say(here)
    deliver(here)
    assert here.card(link).news == "message"
    here.buys(ANNA, 1000)  # within the quiet time: the message still waits to be announced
    here.follow()
    assert here.card(link).news == "message"
    here.buys(ANNA, 40_000)
    here.follow()
    assert here.card(link).news == "tier"


# --- taking it back


def test_a_message_is_taken_off_every_card_in_silence_and_never_comes_back() -> None:
    here = town()
    links = [joined(here, f"{number}@example.com", agrees=number > 0) for number in range(3)]
    walk = say(here)
    deliver(here)
    here.clock.forward(MINUTE)
    back = here.house.walking.withdraw(here.program, walk.id, rate=20)
    deliver(here, times=2)
    assert [told(here, link) for link in links] == [""] * 3
    assert counted(here, back) == {"withdrawn": 2, "never had it": 1}
    assert [here.card(link).news for link in links[1:]] == ["points"] * 2
    assert len(here.pusher.calls) == 4
    assert [len(here.card(link).heard) for link in links] == [0, 1, 1]


def test_what_was_said_since_stays_when_an_older_message_is_taken_back() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    first = say(here)
    deliver(here)
    here.clock.forward(DAY + MINUTE)
    say(here, dict.fromkeys(TEXTS, "Newer."))
    deliver(here)
    here.house.walking.withdraw(here.program, first.id, rate=20)
    deliver(here)
    assert told(here, link) == "Newer."


def test_a_death_while_taking_back_leaves_no_wallet_behind() -> None:
    """The card was written, and its container died before Google heard of it."""
    here = town()
    link = joined(here, "anna@example.com")
    walk = say(here)
    deliver(here)
    heard: list[str] = []

    def dies_first(card: Card) -> None:
        heard.append(card.serial)
        if len(heard) == 1:
            raise ContainerDied

    refresh = msgspec.structs.replace(here.house.refresh, also=dies_first)
    messages = msgspec.structs.replace(here.house.messages, refresh=refresh)
    back = Walk(PROGRAM, "back", "withdraw", 20, NOON, campaign=here.house.walking.walk(PROGRAM, walk.id).campaign)
    stop = Stop(here.card(link).serial)
    with pytest.raises(ContainerDied):
        messages.visit(here.program, back, stop)
    assert messages.visit(here.program, back, stop) == "withdrawn"
    assert len(heard) == 2
    assert told(here, link) == ""


def test_who_was_passed_by_is_not_told_after_the_message_was_taken_back() -> None:
    here = town()
    link = joined(here, "anna@example.com")
    walk = say(here)
    here.sweeps.take()
    missed: dict[str, str | int] = {"job": "missed", "program": PROGRAM, "walk": walk.id}
    here.house.walking.withdraw(here.program, walk.id, rate=20)
    here.house.walking.work_off({**missed, "names": here.card(link).serial})
    deliver(here)
    assert told(here, link) == ""
    assert refusal(lambda: here.house.walking.resume(PROGRAM, walk.id)) == "walk_done"


# --- what can be said


@pytest.mark.parametrize(
    ("texts", "more", "why"),
    [
        ({"en": "Only one."}, {}, "message_language_missing"),
        ({"en": "Blank.", "ru": "  "}, {}, "message_language_missing"),
        (TEXTS | {"de": "Zu viel."}, {}, "message_language_unknown"),
        (TEXTS | {"en": "x" * (LONGEST + 1)}, {}, "message_too_long"),
        (TEXTS | {"en": "Two\nlines"}, {}, "message_unprintable"),
        (TEXTS | {"en": "\u202egnorw"}, {}, "message_unprintable"),
        (TEXTS | {"en": "\ud800"}, {}, "message_unprintable"),
        (TEXTS, {"level": "Platinum"}, "message_level_unknown"),
        (TEXTS, {"segment": "nobody"}, "message_segment_unknown"),
    ],
)
def test_what_cannot_be_said_is_refused(texts: dict[str, str], more: dict[str, str], why: str) -> None:
    here = town()
    assert refusal(lambda: here.house.messages.campaign(here.program, texts, **more)) == why


def test_an_emoji_of_several_parts_can_be_said() -> None:
    here = town()
    campaign = here.house.messages.campaign(here.program, {**TEXTS, "en": "For you 👩‍👧 " + "x" * 200})
    assert isinstance(campaign, Campaign)
    assert campaign.message.told("en").startswith("For you 👩‍👧")


def test_a_card_of_before_messages_is_still_read() -> None:
    old = msgspec.json.decode(
        b'{"program":"p","serial":"s","account":"a","member":"m","link":"l","barcode":"b","language":"en",'
        b'"opened_at":1,"revision":4}',
        type=Card,
    )
    assert (old.message, old.heard, old.announced, old.look_at) == (None, (), "", 0)
