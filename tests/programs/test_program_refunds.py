"""What a definition says of refunds, of orders told late and of goods that never arrive."""

from typing import Any

import pytest
from program_factory import at, paid, points, pricing, roubles

from chalicelib.events import Amounts
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.posting import Ways
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.lots import late_from
from chalicelib.programs.pricing import price
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import explain_text, terms

YEAR = {"after": "12 months", "at": "end of month"}
LATE = {**YEAR, "late": {"min_life": "7 days"}}
AWAITED = {"after": "14 days", "from": "delivery", "give_up": "60 days"}


def shop(**keys: Any) -> Definition:
    return roubles(currencies={"points": points(**keys)})


def lot_of(definition: Definition, *, told_at: int = 0, delivered_at: int | None = None) -> Lot:
    """Of an order of 1 March 2026 in Moscow."""
    context = pricing()
    context = type(context)(context.version, "", context.occurred_at, 0, told_at=told_at)
    (worth,) = price(definition, context, paid(10_000, delivered_at=delivered_at), Amounts()).worths
    return worth.lot


@pytest.mark.parametrize(
    ("refunds", "ways"),
    [
        ({}, Ways(is_owed=True, is_forgiven=True)),
        ({"when_spent": "negative balance"}, Ways(is_owed=True, is_forgiven=True)),
        ({"when_spent": "write off"}, Ways(is_owed=False, is_forgiven=True)),
        ({"when_spent": "net against refund"}, Ways(is_owed=True, is_forgiven=True)),
        ({"when_spent": "reverse reward"}, Ways(is_owed=True, is_forgiven=True)),
        ({"after_expiry": "take from balance"}, Ways(is_owed=True, is_forgiven=False)),
    ],
)
def test_each_policy_is_what_the_ledger_does(refunds: dict[str, str], ways: Ways) -> None:
    assert roubles(refunds=refunds).refunds.ways == ways


@pytest.mark.parametrize("refunds", [{"when_spent": "write-off"}, {"after_expiry": "never"}, {"when_spent": ""}])
def test_another_word_is_not_understood(refunds: dict[str, str]) -> None:
    with pytest.raises(DefinitionError) as wrong:
        roubles(refunds=refunds)
    assert "expected one of" in str(wrong.value)


@pytest.mark.parametrize(
    ("refunds", "english", "russian"),
    [
        ({"when_spent": "negative balance"}, "you owe these points", "баланс становится отрицательным"),
        ({"when_spent": "write off"}, "nothing is asked of you", "возмещать их не нужно"),
        ({"when_spent": "net against refund"}, "the refund is smaller", "сумма возврата уменьшается"),
        ({"when_spent": "reverse reward"}, "is cancelled; where there is none", "отменяется; если такой нет"),
        ({"after_expiry": "take from balance"}, "other points are taken", "списываются другие баллы"),
    ],
)
def test_members_read_what_a_refund_does(refunds: dict[str, str], english: str, russian: str) -> None:
    for language, words in (("en", english), ("ru", russian)):
        said = " ".join(line for section in terms(roubles(refunds=refunds), language) for line in section.sentences)
        assert words in said


def test_members_read_what_becomes_of_late_orders_and_of_goods_that_never_arrive() -> None:
    definition = shop(available=AWAITED, expires=LATE)
    for language, words in (
        ("en", ("If nobody has told us of the delivery 60 days after the order", "at least this long: 7 days.")),
        ("ru", ("Если через 60 дней после заказа о доставке ничего не известно", "не меньше: 7 дней.")),
    ):
        said = explain_text(definition, language)
        assert all(word in said for word in words)


def test_points_whose_worth_nobody_named_cannot_be_netted() -> None:
    worthless = {key: value for key, value in points().items() if key != "worth"}
    definition = roubles(currencies={"points": worthless}, refunds={"when_spent": "net against refund"})
    (finding,) = (each for each in lint(definition, file="corner.yaml") if each.weight == "error")
    assert "nothing says what that is" in finding.message


# --- told late ----------------------------------------------------------------------------------------------------


def test_3_13_life_is_counted_from_the_order_and_a_late_one_lives_a_week_at_least() -> None:
    definition = shop(expires=LATE)
    for told, usable_until in [
        ("2026-03-01 12:00", "2027-04-01 00:00"),
        ("2027-03-20 12:00", "2027-04-01 00:00"),
        ("2027-03-30 12:00", "2027-04-07 00:00"),
        ("2027-06-01 23:50", "2027-06-09 00:00"),
    ]:
        assert lot_of(definition, told_at=at(told)).ends == at(usable_until)


def test_when_an_order_was_told_is_frozen_only_where_it_matters() -> None:
    assert late_from(shop(expires=LATE), 5) == 5
    assert late_from(shop(expires=YEAR), 5) == 0


@pytest.mark.parametrize(
    "expires",
    [
        {"after": "90 days", "without": "activity", "late": {"min_life": "7 days"}},
        {"at": "end of membership year", "late": {"min_life": "7 days"}},
        {**YEAR, "late": {"min": "7 days"}},
        {**YEAR, "late": "7 days"},
    ],
)
def test_a_least_life_needs_lots_that_live_for_themselves(expires: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="late"):
        shop(expires=expires)


# --- never delivered ----------------------------------------------------------------------------------------------


def test_3_3_points_stop_waiting_for_a_delivery_at_the_end_of_the_sixtieth_day() -> None:
    definition = shop(available=AWAITED)
    waiting = lot_of(definition)
    assert (waiting.ends, waiting.never_usable) == (at("2026-05-01 00:00"), True)
    delivered = lot_of(definition, delivered_at=at("2026-03-05 15:00"))
    assert (delivered.at, delivered.ends) == (at("2026-03-19 00:00"), NEVER)


def test_points_do_not_wait_longer_than_they_live() -> None:
    definition = shop(available={**AWAITED, "give_up": "2 years"}, expires=YEAR)
    assert lot_of(definition) == Lot(at("2027-04-01 00:00"), NEVER)


def test_giving_up_needs_a_delivery_to_wait_for() -> None:
    with pytest.raises(DefinitionError, match="only points that wait for a delivery"):
        shop(available={"after": "14 days", "give_up": "60 days"})


def test_giving_up_needs_lots_that_live_for_themselves() -> None:
    definition = shop(available=AWAITED, expires={"after": "90 days", "without": "activity"})
    errors = [finding.path for finding in lint(definition, file="corner.yaml") if finding.weight == "error"]
    assert errors == ["currencies.points.available.give_up"]
