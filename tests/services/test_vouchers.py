"""Vouchers, coupons and gift cards: a code is worth its money once, whoever tries, however often."""

import hashlib

import pytest
from offers_town import PLENTY, rich
from stand_ins import DAY, MINUTE, fifty_at_once, refusal
from whole_house import ANNA, Town, town_on

from chalicelib.errors import Malformed
from chalicelib.events import Reference
from chalicelib.ledger.offer_documents import VoucherDocument
from ops.laptop.engine import Engine


def bought(here: Town, number: int = 1) -> str:
    """The code of a voucher that Anna exchanges fifty beans for."""
    reference = Reference(f"redemption/{number}")
    account = here.account(ANNA)
    document = here.house.catalogue.redeem(here.program, reference, account, "five", actor="till")
    (code,) = here.house.catalogue.codes(here.program, document)
    return code


def gift_card(here: Town, worth: int = 5_000) -> str:
    return here.house.vouchers.issue(here.program, "sale/1", "gift-card", worth=worth).code


def look(here: Town, code: str) -> VoucherDocument:
    return here.house.vouchers.look(here.program, code)


def use(here: Town, code: str, amount: int, name: str = "checkout/1", goods: int = 10_000) -> VoucherDocument:
    return here.house.vouchers.use(here.program, code, name, amount, goods=goods)


def test_points_become_a_coupon_that_is_used_at_once_and_once() -> None:
    here = rich()
    code = bought(here)
    assert here.stored_balance(ANNA) == 50
    voucher = look(here, code)
    assert (voucher.key, voucher.worth, voucher.left, voucher.account) == ("five-off", 500, 500, here.account(ANNA))
    assert use(here, code, 300).left == 0, "what is left of a coupon for one purchase is lost"
    assert refusal(lambda: use(here, code, 1, "checkout/2")) == "voucher_empty"
    assert here.violations() == []


def test_a_code_is_told_again_to_who_lost_the_answer_and_is_kept_as_a_digest_only() -> None:
    here = rich()
    code = bought(here)
    assert bought(here) == code
    assert here.stored_balance(ANNA) == 50
    assert look(here, code.lower().replace("-", " ")) == look(here, code)
    letters = code.replace("-", "")
    assert not any(
        letters in str(document) or code in str(document) for document in here.own.ledger.documents("bean-street")
    )  # type: ignore[attr-defined]
    assert refusal(lambda: look(here, "0000-0000-0000-0000")) == "voucher_unknown"


def test_a_code_cannot_be_found_by_trying_digests_without_the_key() -> None:
    here = rich()
    code = bought(here)
    typed = code.replace("-", "")
    voucher = look(here, code)
    plain = {hashlib.sha256(text.encode()).hexdigest()[:32] for text in (code, typed, f"voucher/bean-street/{typed}")}
    assert voucher.reference.removeprefix("voucher/") not in plain


@pytest.mark.parametrize(
    ("amount", "goods", "why"),
    [
        (500, 1_099, "voucher_order_too_small"),
        (501, 2_000, "voucher_empty"),
        (0, 2_000, "not_an_amount"),
        (500, 1_100, ""),
    ],
)
def test_a_coupon_is_used_within_its_rules(amount: int, goods: int, why: str) -> None:
    here = rich()
    code = bought(here)
    assert refusal(lambda: use(here, code, amount, goods=goods)) == why


def test_a_coupon_lives_to_the_end_of_its_last_day() -> None:
    here = rich()
    code = bought(here)
    here.clock.forward(30 * DAY)
    here.house.vouchers.reserve(here.program, code, "a", 500, goods=5_000, until=here.clock.now() + MINUTE)
    here.house.vouchers.release(here.program, code, "a")
    here.clock.forward(DAY)
    assert refusal(lambda: use(here, code, 500)) == "voucher_over"


def test_a_gift_card_is_used_in_parts_and_given_back() -> None:
    here = rich()
    code = gift_card(here)
    assert use(here, code, 2_000).left == 3_000
    assert use(here, code, 2_000).left == 3_000, "the same checkout again"
    assert refusal(lambda: use(here, code, 2_001)) == "another_use"
    assert refusal(lambda: use(here, code, 3_001, "checkout/2")) == "voucher_empty"
    assert refusal(lambda: use(here, code, 3_000, "checkout/2", goods=2_999)) == "voucher_more_than_goods"
    back = here.house.vouchers.give_back
    assert back(here.program, code, "checkout/1", 500).left == 3_500
    assert back(here.program, code, "checkout/1", 500).left == 3_500
    assert refusal(lambda: back(here.program, code, "checkout/1", 2_001)) == "more_than_was_used"
    assert refusal(lambda: back(here.program, code, "checkout/9", 1)) == "use_unknown"
    assert here.violations() == []


def test_a_coupon_that_comes_back_whole_is_whole_again() -> None:
    here = rich()
    code = bought(here)
    use(here, code, 300)
    assert here.house.vouchers.give_back(here.program, code, "checkout/1", 100).left == 100
    assert here.house.vouchers.give_back(here.program, code, "checkout/1", 300).left == 500


def test_a_gift_card_is_reserved_for_a_checkout_and_released_by_itself() -> None:
    here = rich()
    code, own = gift_card(here), here.house.vouchers
    until = here.clock.now() + 15 * MINUTE
    assert own.reserve(here.program, code, "a", 4_000, goods=9_000, until=until).left == 5_000
    assert refusal(lambda: use(here, code, 2_000, "b")) == "voucher_empty"
    assert use(here, code, 1_000, "b").left == 4_000
    assert use(here, code, 4_000, "a").left == 0
    assert refusal(lambda: own.release(here.program, code, "a")) == "already_captured"
    own.give_back(here.program, code, "a", 4_000)
    own.reserve(here.program, code, "c", 4_000, goods=9_000, until=here.clock.now() + MINUTE)
    here.clock.forward(MINUTE)
    assert use(here, code, 4_000, "d").left == 0
    with pytest.raises(Malformed):
        own.reserve(here.program, code, "e", 1, goods=9, until=here.clock.now() + 31 * MINUTE)


def test_a_gift_card_is_sold_within_its_limits_and_once() -> None:
    here = rich()
    own = here.house.vouchers
    sold = own.issue(here.program, "sale/1", "gift-card", worth=5_000)
    assert own.issue(here.program, "sale/1", "gift-card", worth=5_000) == sold
    assert refusal(lambda: own.issue(here.program, "sale/1", "gift-card", worth=6_000)) == "another_voucher"
    assert refusal(lambda: own.issue(here.program, "sale/2", "gift-card", worth=999)) == "not_this_worth"
    assert refusal(lambda: own.issue(here.program, "sale/2", "gift-card")) == "not_this_worth"
    assert refusal(lambda: own.issue(here.program, "sale/2", "teapot")) == "voucher_kind_unknown"
    assert own.issue(here.program, "sale/2", "five-off").voucher.worth == 500


def test_points_for_an_unused_coupon_come_back_and_the_coupon_is_no_good() -> None:
    here = rich()
    code = bought(here)
    here.house.catalogue.undo(here.program, Reference("redemption/1"), actor="till")
    assert (here.stored_balance(ANNA), look(here, code).state) == (100, "cancelled")
    assert refusal(lambda: use(here, code, 500)) == "voucher_cancelled"
    code = bought(here, 2)
    use(here, code, 500)
    assert (
        refusal(lambda: here.house.catalogue.undo(here.program, Reference("redemption/2"), actor="till"))
        == "voucher_used"
    )
    assert here.violations() == []


def test_codes_of_a_pool_are_each_given_once_and_then_there_are_none() -> None:
    here = rich()
    own, account = here.house.vouchers, here.account(ANNA)
    assert refusal(lambda: cinema(here, 1)) == "no_codes_left"
    assert own.bring(here.program, "cinema", ["FILM-001", "FILM-002", "film-001"]) == (2, 1)
    assert own.bring(here.program, "cinema", ["FILM-002"]) == (0, 1)
    assert refusal(lambda: look(here, "FILM-001")) == "voucher_unknown", "nobody has it yet"
    here.buys(ANNA, 10_000)
    first, second = cinema(here, 1), cinema(here, 2)
    assert [first, second] == [["FILM-001"], ["FILM-002"]]
    assert cinema(here, 1) == first
    assert refusal(lambda: cinema(here, 3)) == "no_codes_left"
    assert look(here, "FILM-001").account == account
    assert refusal(lambda: own.bring(here.program, "five-off", ["FILM-003"])) == "codes_are_made"
    assert refusal(lambda: own.bring(here.program, "cinema", ["x"])) == "not_a_code"
    assert here.violations() == []


def cinema(here: Town, number: int) -> list[str]:
    reference, account = Reference(f"redemption/c{number}"), here.account(ANNA)
    document = here.house.catalogue.redeem(here.program, reference, account, "cinema", actor="till")
    return here.house.catalogue.codes(here.program, document)


def _one_of_fifty(here: Town) -> None:
    code = bought(here)
    assert fifty_at_once(lambda number: use(here, code, 500, f"checkout/{number}")) == {"": 1, "voucher_empty": 49}
    card = gift_card(here)
    ends = fifty_at_once(lambda number: use(here, card, 1_000, f"checkout/{number}"))
    assert ends == {"": 5, "voucher_empty": 45}
    assert (look(here, code).left, look(here, card).left) == (0, 0)
    assert here.violations() == []


def test_a_coupon_is_used_once_under_fifty_tries_at_once() -> None:
    _one_of_fifty(rich())


def test_a_coupon_is_used_once_under_fifty_tries_at_once_on_the_engine(engine: Engine) -> None:
    here = town_on(engine, PLENTY)
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    here.follow()
    _one_of_fifty(here)
