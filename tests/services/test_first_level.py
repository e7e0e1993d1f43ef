"""Members are on the first level from the start: before they have bought or done anything, too."""

from offers_town import PLENTY
from torn_restore import repair
from whole_house import ANNA, DEFINITION, PROGRAM, Town, town

from chalicelib.cards.history import history
from chalicelib.events import Reference
from chalicelib.ledger.documents import OrderDocument
from chalicelib.programs.tiers import level_held, level_now
from chalicelib.services.perks import PerkLeft
from chalicelib.store.memory.ledger import MemoryLedger

DOUBLE = DEFINITION.replace("{name: Bean, from: 0}", "{name: Bean, from: 0, multiply: 2}")
GIVEN = DEFINITION.replace("{name: Bean, from: 0}", "{name: Bean, from: by invitation, multiply: 2}")
FOR_BEAN = DEFINITION.replace(
    "    - {name: a review,", "    - {name: welcome, give: 50 beans, when: {level: Bean}}\n    - {name: a review,"
)


def joined(definition: str) -> Town:
    here = town(definition)
    here.member(ANNA)
    return here


def test_the_first_order_of_all_earns_what_the_first_level_multiplies() -> None:
    here = joined(DOUBLE)
    here.buys(ANNA, 10_000)
    assert here.stored_balance(ANNA) == 200
    entries = here.entries(here.account(ANNA))
    rows = history(entries, here.program, "beans", now=here.clock.now())
    assert [(row.what, row.points, row.tier) for row in rows] == [("earned", 200, "Bean")]
    assert here.violations() == []


def test_a_rule_for_the_first_level_holds_on_the_first_order_of_all() -> None:
    here = joined(FOR_BEAN)
    here.buys(ANNA, 10_000)
    assert here.stored_balance(ANNA) == 150


def test_a_first_level_that_is_only_given_does_not_count_before() -> None:
    here = joined(GIVEN)
    here.buys(ANNA, 10_000)
    assert here.stored_balance(ANNA) == 100
    snap, tiers = here.entries(here.account(ANNA))[0].snap, here.program.latest.definition.tiers
    assert (level_held(tiers, snap.tier, 0), level_now(tiers, type(snap.tier)())) == ("", "")


def test_standing_benefits_of_the_first_level_hold_before_the_first_order() -> None:
    text = DEFINITION.replace("card:\n", "benefits: [{name: hello, while: {level: Bean}}]\ncard:\n")
    here = joined(text)
    assert here.house.knowing.of(here.program, here.account(ANNA)).benefits == ("hello",)


def test_benefits_and_rewards_of_the_first_level_are_there_before_the_first_order() -> None:
    text = PLENTY.replace("{name: Bean, from: 0}", "{name: Bean, from: 0, perks: [consultant]}")
    here = joined(text)
    account = here.account(ANNA)
    assert PerkLeft("consultant") in here.house.perks.of(here.program, account)
    assert here.house.perks.use(here.program, Reference("perk/1"), account, "consultant").perk == "consultant"


def test_a_first_order_whose_document_is_lost_is_made_anew_on_its_level() -> None:
    here = joined(DOUBLE)
    here.buys(ANNA, 10_000)
    (order,) = [each for each in here.own.audit.documents(PROGRAM) if isinstance(each, OrderDocument)]
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    del ledger.kept[PROGRAM, order.reference]
    repair(here)
    anew = ledger.document(PROGRAM, order.reference)
    assert isinstance(anew, OrderDocument)
    assert anew.pricing is not None
    assert anew.pricing.tier == "Bean"
