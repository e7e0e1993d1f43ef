"""What a program says of using points: how few, for how much of a purchase, and how long returned ones live."""

import pytest
from program_factory import at, bean_street, points, roubles

from chalicelib.errors import Refused
from chalicelib.programs.definition import Definition
from chalicelib.programs.program import Program, Version
from chalicelib.programs.redeeming import allowed, redeemable, restored_until


def no(definition: Definition, *asked: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as err:
        allowed(definition, *asked)  # type: ignore[arg-type]
    return err.value.reason, dict(err.value.facts)


def test_fewer_points_than_the_program_takes_are_refused() -> None:
    assert no(bean_street(), 19, 10_000) == ("below_minimum", {"asked": 19, "least": 20})
    allowed(bean_street(), 20, 10_000)


def test_points_pay_for_their_share_of_the_goods_to_the_cent() -> None:
    """A bean is worth 5 cents and beans pay for half: of 9.99 EUR, 4.995 EUR or 99 beans."""
    facts = {"asked": 100, "most": 99, "goods": 999, "share": "1/2"}
    assert no(bean_street(), 100, 999) == ("more_than_the_share", facts)
    allowed(bean_street(), 99, 999)
    allowed(bean_street(), 100, 1_000)


def test_points_that_buy_no_goods_know_only_their_minimum() -> None:
    allowed(bean_street(), 1_000_000, None)
    assert no(bean_street(), 19, None)[0] == "below_minimum"


def test_where_points_do_not_pay_no_goods_are_paid_with_them() -> None:
    assert no(roubles(), 100, 10_000) == ("nothing_is_paid_with_points", {"currency": "points"})
    allowed(roubles(), 1, None)
    assert no(bean_street(), 100, 10_000, "stamps") == ("nothing_is_paid_with_points", {"currency": "stamps"})
    allowed(bean_street(), 1, None, "stamps")


def test_points_of_no_stated_worth_have_no_share() -> None:
    plain = {key: value for key, value in points().items() if key != "worth"}
    definition = roubles(currencies={"points": plain}, redeem={"pay": {"min": "5 points"}})
    allowed(definition, 1_000, 1)


@pytest.mark.parametrize(("grace", "through"), [("14 days", "2026-07-19"), ("1 day", "2026-07-06")])
def test_returned_points_can_be_used_through_the_last_day_of_their_grace(grace: str, through: str) -> None:
    definition = roubles(refunds={"restore_grace": grace})
    end = restored_until(definition, at("2026-07-05 15:30"))
    assert end == at(f"{through} 23:59:59") + 1_000


def test_without_a_grace_returned_points_that_have_ended_stay_so() -> None:
    assert restored_until(roubles(), at("2026-07-05 15:30")) == at("2026-07-05 15:30")


def published(*versions: tuple[int, dict[str, object]]) -> Program:
    return Program(
        "corner",
        tuple(
            Version(f"v{since}", roubles(currencies=kinds, earn=rule_of(next(iter(kinds)))), since, since)
            for since, kinds in versions
        ),
    )


def named(en: str, ru: str) -> dict[str, object]:
    plurals = {"one": ru, "few": f"{ru}и", "many": f"{ru}ей", "other": f"{ru}и"}
    return points(names={"en": {"one": en, "other": f"{en}s"}, "ru": plurals})


def rule_of(currency: str) -> dict[str, object]:
    return {"rules": [{"name": "shopping", "give": f"5% as {currency}"}]}


def test_every_currency_that_ever_ruled_can_be_used_and_no_other() -> None:
    program = published(
        (10, {"points": points()}), (20, {"stamps": named("stamp", "штамп"), "miles": named("mile", "миля")})
    )
    assert [redeemable(program, None, when) for when in (5, 15, 25)] == ["points", "points", "stamps"]
    assert [redeemable(program, name, 25) for name in ("points", "stamps", "miles")] == ["points", "stamps", "miles"]
    for name, when in (("stamps", 15), ("gold", 25), ("", 25)):
        with pytest.raises(Refused, match="unknown_currency"):
            redeemable(program, name, when)
