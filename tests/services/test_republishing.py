"""A changed look reaches every card: also those on which nothing has happened, and each phone once."""

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from stand_ins import MINUTE, SECOND, ContainerDied
from walking_room import deliver
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, SETTINGS, Town, sqs_event, town, town_on

from chalicelib.errors import Broken
from chalicelib.services.ports import Card
from chalicelib.services.ports.walks import Walk
from chalicelib.services.refreshing import Refresh, Refreshed
from ops.laptop.engine import Engine

OTHER_COLOURS = DEFINITION.replace('background: "#2b1d14"', 'background: "#102030"')


def dressed(here: Town, sheet: str = "sheet-2") -> None:
    """The version in force has other pictures from now on."""
    assert here.house.publishing.dress(here.program, here.program.in_force(here.clock.now()).sha, sheet)


def with_cards(here: Town) -> list[str]:
    """Two members, one with points and one with none yet, each with a phone; their links."""
    links = [here.member(ANNA), here.join(BORIS.email or "")]
    for place, link in enumerate(links):
        here.adds_to_wallet(link, f"phone-{place}")
    here.buys(ANNA, 1000)
    here.follow()
    here.clock.forward(MINUTE)
    here.pusher.calls.clear()
    return links


def republish(here: Town, *, times: int = 1) -> Walk:
    walk = here.house.walking.start(here.program, "republish", rate=20)
    deliver(here, times=times)
    return here.house.walking.walk(PROGRAM, walk.id)


@pytest.mark.parametrize("store", ["memory", "engine"])
def test_a_changed_look_reaches_every_card_and_phone_once(store: str, request: pytest.FixtureRequest) -> None:
    engine: Engine | None = request.getfixturevalue("engine") if store == "engine" else None
    here = town_on(engine) if engine else town()
    links = with_cards(here)
    dressed(here)
    walk = republish(here, times=2)
    assert (walk.state, walk.done, walk.counted) == ("done", 2, {"pushed": 2})
    assert sorted(here.pusher.calls) == [["token-phone-0"], ["token-phone-1"]]
    assert here.house.republishing.count(here.program) == 2
    assert all(here.card(link).news == "points" for link in links)


def test_no_card_is_drawn_before_every_worker_has_noticed_the_new_look() -> None:
    here = town()
    with_cards(here)
    dressed(here)
    here.house.walking.start(here.program, "republish", rate=20)
    ((message, delay),) = here.sweeps.take()
    assert delay > SETTINGS.program_cache_seconds
    here.house.sweeps(sqs_event([message]))
    assert here.pusher.calls == []


def test_a_look_that_did_not_change_tells_no_phone() -> None:
    here = town()
    with_cards(here)
    republish(here)
    here.pusher.calls.clear()
    here.clock.forward(MINUTE)
    walk = republish(here)
    assert walk.counted == {"unchanged": 2}
    assert here.pusher.calls == []


def test_a_new_version_reaches_cards_that_have_no_history() -> None:
    here = town()
    links = with_cards(here)
    told = here.house.publishing.publish(OTHER_COLOURS, file="bean-street.yaml")
    here.clock.instant = told.effective_at
    before = [here.card(link).face for link in links]
    here.work_off_sweeps()
    assert all(here.card(link).face != face for link, face in zip(links, before, strict=True))
    assert sorted(here.pusher.calls) == [["token-phone-0"], ["token-phone-1"]]
    (walk,) = here.house.walking.of(PROGRAM, "republish")
    assert walk.state == "done"


def test_after_a_death_in_the_middle_the_rest_follows_and_nobody_is_pushed_for_nothing() -> None:
    here = town()
    with_cards(here)
    for number in range(20):
        here.adds_to_wallet(here.join(f"{number}@example.com"), f"other-{number}")
    here.clock.forward(MINUTE)
    dressed(here)
    walk = here.house.walking.start(here.program, "republish", rate=20)
    ((message, delay),) = here.sweeps.take()
    here.clock.forward(delay * SECOND)
    pushes = iter(range(100))

    def dies_at_the_eighth() -> None:
        if next(pushes) == 7:
            raise ContainerDied

    dying = cast(Any, _Dying(here.house.refresh, dies_at_the_eighth))
    rounds = {"republish": msgspec.structs.replace(here.house.republishing, refresh=dying)}
    with pytest.raises(ContainerDied):
        msgspec.structs.replace(here.house.walking, rounds=rounds).work_off(message)
    here.clock.forward(5 * MINUTE)
    here.house.look_around()
    deliver(here)
    assert here.house.walking.walk(PROGRAM, walk.id).done == 22
    tokens = [token for call in here.pusher.calls for token in call]
    assert len(tokens) == len(set(tokens)) == 22


def test_google_hears_of_each_card_that_it_has() -> None:
    here = town()
    links = with_cards(here)
    told: list[str] = []
    refresh = msgspec.structs.replace(here.house.refresh, also=lambda card: told.append(card.serial))
    walk = here.house.walking.start(here.program, "republish", rate=20)
    ((message, delay),) = here.sweeps.take()
    here.clock.forward(delay * SECOND)
    rounds = {"republish": msgspec.structs.replace(here.house.republishing, refresh=refresh)}
    msgspec.structs.replace(here.house.walking, rounds=rounds).work_off(message)
    assert sorted(told) == sorted(here.card(link).serial for link in links)
    assert here.house.walking.walk(PROGRAM, walk.id).state == "done"


def test_a_program_that_is_gone_is_broken() -> None:
    here = town()
    with pytest.raises(Broken):
        here.house.walking.work_off({"job": "walk", "program": "nobody", "walk": "x", "turn": 0})


class _Dying:
    """services.refreshing.Refresh whose container may die before a card."""

    def __init__(self, refresh: Refresh, before: Callable[[], None]) -> None:
        self._refresh, self._before = refresh, before

    def one(self, card: Card) -> Refreshed:
        self._before()
        return self._refresh.one(card)
