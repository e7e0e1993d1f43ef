"""What a definition still gets wrong about partners."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from chalicelib.programs import wording
from chalicelib.programs.definition import Definition
from chalicelib.programs.noting import Note
from chalicelib.programs.partners import Partner
from chalicelib.programs.referral import JOINED


def lint_partners(definition: Definition) -> Iterator[Note]:
    """Sections that the program has not agreed to, points that nobody can price, codes that lead nowhere."""
    for partner in definition.partners:
        path = f"partners.{partner.key}"
        yield from _agreement(partner, path)
        yield from _prices(definition, partner, path)
        yield from _codes(definition, partner, path)
        if not partner.pays and not partner.codes and not partner.paid:
            message = "this partner pays for nothing, is paid for nothing and brings nobody"
            yield Note(path, message, "Add pays, paid or codes, or leave the partner out.", "warning")
    yield from _too_much(definition)
    yield from _same_codes(definition)


def _agreement(partner: Partner, path: str) -> Iterator[Note]:
    if not partner.own or partner.approved == partner.digest:
        return
    agrees = f"Read it and agree with approved: {partner.digest}"
    if partner.approved:
        yield Note(f"{path}.approved", "the section has changed since the program agreed to it", f"{agrees}.")
    else:
        yield Note(path, "the program has not agreed to the rules of this section", f"{agrees}.")


def _prices(definition: Definition, partner: Partner, path: str) -> Iterator[Note]:
    kinds = {rule.name: rule.give.currency for rule in definition.earn.rules}
    for currency in dict.fromkeys(kinds[name] for name in partner.pays if name in kinds):
        if currency not in partner.price and definition.currency(currency).worth is None:
            message = f"nothing says what this partner pays for one of the {currency}"
            yield Note(path, message, f"Add price: 0.04 {definition.money} per point, or a worth of the points.")
    for currency, paid in partner.paid.items():
        price = partner.price.get(currency) or definition.currency(currency).worth
        if price is not None and paid > price:
            message = "it is paid more for a point that is used than it pays for one that is given"
            yield Note(f"{path}.paid", message, "Compare both prices.", "warning")


def _codes(definition: Definition, partner: Partner, path: str) -> Iterator[Note]:
    is_counted = any(rule.activity == JOINED for rule in definition.earn.activities)
    if partner.codes and not is_counted:
        message = "friends who come with these codes get nothing, so nobody counts them"
        yield Note(f"{path}.codes", message, "Add referral with what a friend gets.")
    if partner.per_friend and not partner.codes:
        yield Note(f"{path}.per_friend", "no code brings anybody", "Add codes, or leave this out.")


def _too_much(definition: Definition) -> Iterator[Note]:
    shares: dict[str, Fraction] = defaultdict(Fraction)
    for partner in definition.partners:
        for rule, share in partner.pays.items():
            shares[rule] += share
            if shares[rule] > 1:
                message = f'partners pay for {wording.share(shares[rule], "en")} of the points of "{rule}"'
                yield Note(f"partners.{partner.key}.pays", message, "Let them pay for at most 100% together.")


def _same_codes(definition: Definition) -> Iterator[Note]:
    seen: dict[str, str] = {}
    for partner in definition.partners:
        for code in partner.codes:
            if seen.setdefault(code, partner.key) != partner.key or partner.codes.count(code) > 1:
                yield Note(f"partners.{partner.key}.codes", f"the code {code} is used twice", "Use each only once.")
