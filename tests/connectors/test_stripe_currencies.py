"""Stripe's units of every currency it charges in, against the lists of its documentation."""

import pytest
from stripe_desk import ANNA, sender, told

from chalicelib.connectors.stripe.amounts import minor
from chalicelib.errors import Malformed
from chalicelib.money import decimal_text

# docs.stripe.com/currencies: "Zero-decimal currencies", the three-decimal ones, and "Special cases".
ZERO_DECIMAL = ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
THREE_DECIMAL = ["bhd", "jod", "kwd", "omr", "tnd"]
WHOLE_BUT_COUNTED_IN_HUNDREDTHS = ["isk", "ugx"]
TWO_DECIMAL = ["usd", "eur", "gbp", "rub", "kzt", "huf", "twd", "idr", "pln", "chf", "aed"]


def as_money(amount: int, currency: str) -> str:
    return decimal_text(minor(amount, currency), currency.upper())


@pytest.mark.parametrize("currency", ZERO_DECIMAL)
def test_five_hundred_of_a_zero_decimal_currency_are_500(currency):
    assert as_money(500, currency).removesuffix(".00") == "500"


@pytest.mark.parametrize("currency", THREE_DECIMAL)
def test_amounts_of_three_decimal_currencies_are_thousandths(currency):
    assert as_money(5120, currency) == "5.120"


@pytest.mark.parametrize("currency", WHOLE_BUT_COUNTED_IN_HUNDREDTHS)
def test_five_of_a_currency_that_lost_its_hundredths_are_500(currency):
    assert as_money(500, currency) == "5"
    with pytest.raises(Malformed, match="fraction_of_a_minor_unit"):
        minor(501, currency)


@pytest.mark.parametrize("currency", TWO_DECIMAL)
def test_all_others_are_hundredths(currency):
    assert as_money(1099, currency) == "10.99"


@pytest.mark.parametrize(
    ("currency", "amount", "goods"), [("jpy", 500, 500), ("mga", 500, 50_000), ("isk", 500, 5), ("kwd", 5120, 5120)]
)
def test_payment_its_refund_and_its_dispute_are_counted_alike(currency, amount, goods):
    account = sender()
    payment = account.payment(amount, currency, ANNA)
    paid = told(account.paid(payment)).payment
    assert (paid.currency, paid.amounts.goods) == (currency.upper(), goods)
    for signed in (account.disputed(account.dispute(payment)), account.refunded(payment), account.charged(payment)):
        (back,) = told(signed).refunds.values()
        assert back.amounts == paid.amounts


@pytest.mark.parametrize("code", ["", "e", "usdc", "12€", "ßß"])
def test_what_is_no_currency_is_malformed(code):
    with pytest.raises(Malformed, match="not_a_currency"):
        minor(100, code)
