"""What is known of members: told once, seen by the orders that come, kept when accounts join, gone when erased."""

import pytest
from stand_ins import DAY
from two_people import merge, two, unmerge
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, Town, town, town_on

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId
from chalicelib.ledger.documents import Document
from chalicelib.ledger.member_document import MemberDocument, member_reference
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.learning import Attribute, Born, Fact, FeeRefunded, Listed, Picked, PlanPaid
from ops.laptop.engine import Engine

CLUB = DEFINITION.replace(
    "    - {name: a review,",
    """\
    - {name: for students, give: 7 beans, when: {attribute: student is yes}}
    - {name: birthday, give: 11 beans, when: {birthday: {before: 3 days, after: 3 days}}}
    - {name: with pro, give: 13 beans, when: {plan: pro}}
    - {name: tea, give: 17 beans, when: {chosen: tea}}
    - {name: invited, give: 19 beans, when: {in: vip}}
    - {name: a review,""",
).replace(
    "card:\n",
    """\
members: {attributes: {student: yes or no, balance: money, city: text}}
segments: [vip]
choices: {favourites: {of: [tea, coffee, cakes], pick: 1, locked: 30 days}}
plans: {pro: {fee: 5 EUR, every: 1 month, trial: 14 days}}
benefits: [{name: free service, while: {attribute: balance at least 500 EUR}}]
card:
""",
)


@pytest.fixture
def here() -> Town:
    """Anna and Boris have joined; each has bought for a hundred euros, which gave a hundred beans."""
    return two(town(CLUB), anna=10_000, boris=10_000)


def known(here: Town, account: AccountId) -> MemberDocument:
    return here.house.knowing.of(here.program, account).document


def tell(here: Town, *facts: Fact, account: AccountId | None = None) -> MemberDocument:
    whose = account or here.account(ANNA)
    return here.house.knowing.tell(here.program, whose, facts, revision=known(here, whose).revision).document


def earned(here: Town, price: int = 100) -> int:
    """Beans of one more order of Anna's: one for the euro, and what her rules give."""
    before = here.stored_balance(ANNA)
    here.buys(ANNA, price)
    return here.stored_balance(ANNA) - before


def now(here: Town) -> int:
    return here.clock.now()


def test_an_order_earns_what_its_member_is_known_for(here: Town) -> None:
    assert earned(here) == 1
    tell(here, Attribute("student", True, now(here)), Listed("vip", True, now(here)), PlanPaid("pro"))
    assert earned(here) == 1 + 7 + 13 + 19
    assert here.violations() == []


def test_a_choice_earns_more_until_it_lapses_and_cannot_be_changed_before(here: Town) -> None:
    tell(here, Picked("favourites", ("tea",)))
    assert earned(here) == 1 + 17
    with pytest.raises(Refused, match="choice_locked"):
        tell(here, Picked("favourites", ("coffee",)))
    here.clock.forward(30 * DAY)
    assert earned(here) == 1
    tell(here, Picked("favourites", ("coffee",)))


def test_a_birthday_earns_once_and_follows_the_refund(here: Town) -> None:
    tell(here, Born(ZoneCalendar("Europe/Berlin").day(now(here)).replace(year=1990).isoformat()))
    before = here.stored_balance(ANNA)
    order = here.buys(ANNA, 100)
    assert here.stored_balance(ANNA) - before == 1 + 11
    assert earned(here) == 1
    here.deliver(here.shop.cancelled(order))
    assert earned(here) == 1 + 11
    assert here.violations() == []


def test_an_order_keeps_what_held_when_it_was_first_seen(here: Town) -> None:
    tell(here, Listed("vip", True, now(here)))
    before = here.stored_balance(ANNA)
    order = here.buys(ANNA, 100)
    tell(here, Listed("vip", False, now(here)))
    here.deliver(here.shop.updated(order))
    assert here.stored_balance(ANNA) - before == 1 + 19
    assert earned(here) == 1
    assert here.document(order).pricing.held == ("invited",)  # type: ignore[union-attr]


def test_a_birthday_can_be_corrected_once_in_a_calendar_year(here: Town) -> None:
    tell(here, Born("1990-02-28"))
    tell(here, Born("1990-02-27"))
    with pytest.raises(Refused, match="birthday_changed_already"):
        tell(here, Born("1990-02-26"))
    here.clock.forward(366 * DAY)
    assert tell(here, Born("1990-02-26")).birthday.day == "1990-02-26"  # type: ignore[union-attr]


def test_a_trial_is_for_those_who_never_had_the_plan_and_a_fee_prolongs_what_runs(here: Town) -> None:
    trial = tell(here, PlanPaid("pro", is_trial=True)).plans[0]
    assert trial.until - trial.since == 14 * DAY
    with pytest.raises(Refused, match="trial_used"):
        tell(here, PlanPaid("pro", is_trial=True))
    paid = tell(here, PlanPaid("pro")).plans[1]
    assert (paid.since, paid.fee) == (trial.until, 500)


def test_a_refunded_fee_ends_the_plan_and_the_next_fee_begins_it_anew(here: Town) -> None:
    tell(here, PlanPaid("pro"))
    here.clock.forward(DAY)
    tell(here, FeeRefunded("pro"))
    assert earned(here) == 1
    again = tell(here, PlanPaid("pro")).plans[1]
    assert again.since == now(here)
    assert earned(here) == 1 + 13


def test_a_benefit_holds_as_long_as_the_balance_does(here: Town) -> None:
    anna = here.account(ANNA)
    told = here.house.knowing.tell(here.program, anna, [Attribute("balance", 50_000, now(here))], revision=0)
    assert told.benefits == ("free service",)
    here.clock.forward(DAY)
    told = here.house.knowing.tell(here.program, anna, [Attribute("balance", 49_999, now(here))], revision=1)
    assert told.benefits == ()


def test_whoever_has_not_seen_the_newest_change_is_refused(here: Town) -> None:
    tell(here, Attribute("city", "Riga", now(here)))
    with pytest.raises(Refused, match="member_changed"):
        here.house.knowing.tell(here.program, here.account(ANNA), [Born("1990-02-28")], revision=0)
    assert known(here, here.account(ANNA)).birthday is None


def test_what_is_known_already_is_not_written_again(here: Town) -> None:
    tell(here, Attribute("city", "Riga", now(here)))
    here.clock.forward(DAY)
    assert tell(here, Attribute("city", "Riga", now(here))).revision == 1


@pytest.mark.parametrize(
    "fact",
    [
        Attribute("height", 180, 0),
        Attribute("student", "yes", 0),
        Attribute("balance", True, 0),
        Attribute("city", "x" * 41, 0),
        Attribute("city", "Riga", 10**14),
        Listed("friends", True, 0),
        Born("1990-02-30"),
        Born("2190-01-01"),
        Picked("drinks", ("tea",)),
        Picked("favourites", ("milk",)),
        Picked("favourites", ("tea", "coffee")),
        Picked("favourites", ()),
        PlanPaid("gold"),
        FeeRefunded("pro"),
    ],
)
def test_what_the_program_does_not_keep_is_refused_and_nothing_is_written(here: Town, fact: Fact) -> None:
    with pytest.raises((Refused, Malformed)):
        tell(here, Attribute("city", "Riga", now(here)), fact)
    assert known(here, here.account(ANNA)).revision == 0


def test_a_program_that_asks_for_no_birthday_keeps_none() -> None:
    here = two(town(), anna=100, boris=0)
    with pytest.raises(Refused, match="birthday_not_asked"):
        tell(here, Born("1990-02-28"))


# --- accounts that become one, and people who want to be forgotten --------------------------------------------------


def test_the_account_that_stays_knows_what_only_the_other_one_knew(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    tell(here, Attribute("student", True, now(here)), Attribute("city", "Riga", now(here)), Born("1990-02-28"))
    tell(here, Attribute("city", "Liepaja", now(here)), account=boris)
    merge(here)
    document = known(here, boris)
    cities = [value.value for value in document.attributes["city"]]
    assert (cities, document.attribute("student", now(here)), document.birthday.day) == (  # type: ignore[union-attr]
        ["Liepaja"],
        True,
        "1990-02-28",
    )
    unmerge(here, anna)
    assert known(here, anna).attribute("city", now(here)) == "Riga"


def test_erasure_removes_what_is_personal_also_of_accounts_that_were_joined(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    tell(here, Attribute("city", "Riga", now(here)), Born("1990-02-28"), PlanPaid("pro"))
    merge(here)
    assert here.deliver(here.shop.erasure_asked(BORIS)).status == 200
    assert here.work_off_deferred() == {"batchItemFailures": []}
    for account in (anna, boris):
        stored = here.own.ledger.document(PROGRAM, member_reference(account))
        assert isinstance(stored, MemberDocument)
        assert (stored.attributes, stored.birthday, len(stored.plans)) == ({}, None, 1)


# --- what it costs --------------------------------------------------------------------------------------------------


def reads(here: Town, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """References of the documents that one order reads."""
    seen: list[str] = []
    ledger = here.own.ledger
    real = type(ledger).document

    def counting(self: object, program: str, reference: str) -> Document | None:
        seen.append(reference)
        return real(ledger, program, reference)  # type: ignore[arg-type]

    monkeypatch.setattr(type(ledger), "document", counting)
    here.buys(ANNA, 100)
    monkeypatch.undo()
    return seen


def test_the_member_is_read_once_and_only_if_a_rule_asks(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [each for each in reads(here, monkeypatch) if each.startswith("member/")]
    assert asked == [member_reference(here.account(ANNA))]
    plain = two(town(), anna=100, boris=0)
    assert [each for each in reads(plain, monkeypatch) if each.startswith("member/")] == []


def test_it_is_kept_by_the_engine_as_by_the_stores_in_memory(engine: Engine) -> None:
    here = two(town_on(engine, CLUB), anna=100, boris=100)
    anna, boris = here.account(ANNA), here.account(BORIS)
    tell(here, Attribute("city", "Riga", now(here)), Listed("vip", True, now(here)), PlanPaid("pro"))
    tell(here, Attribute("city", "Tver", now(here)), account=boris)
    assert earned(here) == 1 + 13 + 19
    with pytest.raises(Refused, match="member_changed"):
        here.house.knowing.tell(here.program, anna, [Attribute("city", "Tula", now(here))], revision=0)
    merge(here)
    document = known(here, boris)
    assert (document.attribute("city", now(here)), document.is_on("vip", now(here))) == ("Tver", True)
    assert here.violations() == []


CAPPED = DEFINITION.replace(
    "    - {name: every euro, give: 1 bean per 1 EUR, rounding: {down: per order}}",
    """\
    - {name: plain, give: 1 bean per 1 EUR, at_most: 30 beans per month, when: {without_plan: pro}}
    - {name: with pro, give: 2 beans per 1 EUR, at_most: 300 beans per month, when: {plan: pro}}""",
).replace("card:\n", "plans: {pro: {fee: 5 EUR, every: 1 month}}\ncard:\n")


def test_a_paid_package_raises_the_share_that_comes_back_and_the_cap_on_it() -> None:
    """3 000 a month for everybody and 30 000 with the subscription, at a hundredth of that."""
    assert "with pro" in CAPPED
    here = two(town(CAPPED), anna=0, boris=0)
    here.buys(ANNA, 10_000)
    assert here.stored_balance(ANNA) == 30
    tell(here, PlanPaid("pro"))
    assert (earned(here, 10_000), earned(here, 10_000)) == (200, 100)
    assert here.violations() == []
