"""Benefits that are no points: who has them, and how often they are used."""

from offers_town import rich
from stand_ins import DAY, refusal
from whole_house import ANNA, Town

from chalicelib.events import Reference
from chalicelib.ledger.offer_documents import PerkUseDocument
from chalicelib.services.perks import PerkLeft


def use(here: Town, number: int, perk: str = "lounge") -> PerkUseDocument:
    return here.house.perks.use(here.program, Reference(f"perk/{number}"), here.account(ANNA), perk)


def test_lounge_visits_are_two_a_year_and_start_anew_in_the_next_one() -> None:
    here = rich()
    assert [refusal(lambda number=number: use(here, number)) for number in (1, 1, 2, 3)] == ["", "", "", "perk_used_up"]
    assert here.house.perks.of(here.program, here.account(ANNA)) == [PerkLeft("lounge", 2, 2)]
    here.clock.forward(365 * DAY)
    assert refusal(lambda: use(here, 4)) == ""
    here.follow()
    assert here.violations() == []


def test_a_visit_that_did_not_happen_is_given_back_once() -> None:
    here = rich()
    use(here, 1)
    use(here, 2)
    undone = here.house.perks.give_back(here.program, Reference("perk/1"))
    assert here.house.perks.give_back(here.program, Reference("perk/1")) == undone
    assert here.house.perks.of(here.program, here.account(ANNA)) == [PerkLeft("lounge", 1, 2)]
    assert refusal(lambda: here.house.perks.give_back(here.program, Reference("perk/9"))) == "use_unknown"


def test_a_personal_consultant_is_for_a_high_level_and_needs_no_count() -> None:
    here = rich()
    assert refusal(lambda: use(here, 1, "consultant")) == "perk_not_yours"
    here.buys(ANNA, 200_000)
    assert here.house.perks.of(here.program, here.account(ANNA))[1:] == [
        PerkLeft("free_delivery"),
        PerkLeft("consultant"),
    ]
    assert use(here, 1, "consultant").count is None
    assert refusal(lambda: use(here, 2, "free_delivery")) == ""


def test_a_benefit_that_nobody_declared_is_unknown() -> None:
    here = rich()
    assert refusal(lambda: use(here, 1, "helicopter")) == "perk_unknown"
    use(here, 1)
    assert refusal(lambda: use(here, 1, "consultant")) == "another_use"
