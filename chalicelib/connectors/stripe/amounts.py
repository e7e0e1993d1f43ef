"""Stripe's units of a currency in minor units of ISO 4217."""

from chalicelib.errors import Malformed
from chalicelib.money import exponent

_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""The currencies that Stripe counts in other units than ISO 4217.

Krona and Ugandan shilling have lost their hundredths; Stripe goes on counting them, always whole hundreds ("special
cases": to charge 5 ISK, the amount is 500). UGX also stands in Stripe's list of currencies without decimals; the
special case is what the API does. The ariary has two digits in ISO 4217 and none at Stripe. Forint and Taiwan dollar
are special for payouts only. Source: docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases".
"""


def minor(amount: int, currency: str) -> int:
    """Minor units for an amount as Stripe tells it. currency: in Stripe's lower case. Raises Malformed."""
    code = currency.upper()
    shift = exponent(code) - _DIGITS.get(code, exponent(code))
    unit: int = 10 ** abs(shift)
    if shift >= 0:
        return amount * unit
    whole, rest = divmod(amount, unit)
    if rest:
        raise Malformed("fraction_of_a_minor_unit", currency=code)
    return whole
