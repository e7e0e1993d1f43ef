"""Reads partners, each with its own section: `partners: {bakery: {name: Corner Bakery, pays: {a croissant: 100%}}}`."""

import hashlib
import json
import re
from collections.abc import Sequence
from fractions import Fraction

import msgspec
import yaml

from chalicelib.programs.definition import ActivityRule, OrderRule
from chalicelib.programs.partners import MOST_PARTNERS, Partner
from chalicelib.programs.read_currencies import by_currency
from chalicelib.programs.read_earn import read_rule
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, nearest, percent
from chalicelib.programs.vocabulary import Vocabulary

Rule = OrderRule | ActivityRule
_KEYS = ("name", "pays", "price", "paid", "codes", "per_friend", "rules", "approved")
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z0-9-]{3,20}")
_DIGEST = re.compile(r"[0-9a-f]{12}")
_PRICE = re.compile(r"(.+) per (.+)")
_MOST_CODES = 20
_MOST_OWN = 20


class PartnersRead(msgspec.Struct, frozen=True):
    """The partners, and the rules of their own sections."""

    partners: tuple[Partner, ...] = ()
    rules: tuple[Rule, ...] = ()


def read_partners(spot: Spot, words: Vocabulary, known: Sequence[Rule]) -> PartnersRead:
    """All partners. `known`: the program's own rules, which partners may pay for."""
    block = Block(spot, None, "partners such as bakery, each with a name")
    partners: list[Partner] = []
    rules: list[Rule] = []
    for key, section in block.fields.items():
        try:
            partner, own = _partner(key, section, words, known)
        except Unclear as unclear:
            section.note(unclear)
            continue
        partners.append(partner)
        rules += own
    if len(partners) > MOST_PARTNERS:
        raise Unclear(f"at most {MOST_PARTNERS} partners")
    return PartnersRead(tuple(partners), tuple(rules))


def _partner(key: str, spot: Spot, words: Vocabulary, known: Sequence[Rule]) -> tuple[Partner, tuple[Rule, ...]]:
    if _KEY.fullmatch(key) is None or len(key) > 24:
        raise Unclear("a short name of small letters, digits and hyphens such as corner-bakery", found=key)
    block = Block(spot, _KEYS, "a partner with a name")
    own = block.optional("rules", lambda rules: _own(rules, words), ())
    names = [rule.name for rule in (*known, *own)]
    pays = {rule.name: Fraction(1) for rule in own}
    pays |= block.optional("pays", lambda pays: _shares(pays, names), {})
    partner = Partner(
        key,
        block.required("name", Spot.text, "", "the name that people know"),
        pays=pays,
        price=block.optional("price", lambda price: _prices(price, words), {}),
        paid=block.optional("paid", lambda paid: _prices(paid, words), {}),
        codes=block.optional("codes", lambda codes: codes.items(_code, "a list such as [LENA10]"), ()),
        per_friend=block.optional("per_friend", lambda per: per.read(words.amount), 0),
        own=tuple(rule.name for rule in own),
        digest=_digest(spot.node) if own else "",
        approved=block.optional("approved", lambda approved: approved.read(_approval), ""),
    )
    if len(partner.codes) > _MOST_CODES:
        block.object_to("codes", f"at most {_MOST_CODES} codes")
    return partner, own


def _own(spot: Spot, words: Vocabulary) -> tuple[Rule, ...]:
    rules = spot.items(lambda rule: read_rule(rule, words, ()), "a list of rules, each with name and give")
    if len(rules) > _MOST_OWN:
        raise Unclear(f"at most {_MOST_OWN} rules")
    return rules


def _shares(spot: Spot, names: Sequence[str]) -> dict[str, Fraction]:
    """By the name of a rule, the share of its points."""
    block = Block(spot, None, "shares by the name of a rule, such as {every euro: 50%}")
    shares = {}
    for name, share in block.fields.items():
        if name not in names:
            meant = nearest(name, names)
            share.book.note(
                share.node.start_mark,
                share.path,
                "there is no rule of this name",
                f'Did you mean "{meant}"?' if meant else "",
            )
        shares[name] = block.optional(name, lambda part: part.read(_share), Fraction(1))
    return shares


def _share(text: str) -> Fraction:
    part = percent(text)
    if not 0 < part <= 1:
        raise Unclear("a share above zero, at most 100%")
    return part


def _prices(spot: Spot, words: Vocabulary) -> dict[str, Fraction]:
    """ "0.04 EUR per bean", or a list with one for each kind of points."""
    expected = f"money for one point, such as 0.04 EUR per {words.example}"

    def one(item: Spot) -> tuple[str, Fraction]:
        match = _PRICE.fullmatch(item.text())
        if match is None:
            raise Unclear(expected)
        return words.currency(match[2]), words.worth(match[1])

    return by_currency(spot, one, expected)


def _code(spot: Spot) -> str:
    code = spot.text()
    if _CODE.fullmatch(code) is None:
        raise Unclear("a code of 3 to 20 capital letters, digits and hyphens")
    return code


def _approval(text: str) -> str:
    if _DIGEST.fullmatch(text) is None:
        raise Unclear("the 12 digits that pointpass lint names")
    return text


def _digest(section: yaml.Node) -> str:
    """What the host agrees to: the section as it is read, whatever its order and layout, without the agreement."""
    content = _plain(section)
    assert isinstance(content, dict)
    content.pop("approved", None)
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _plain(node: yaml.Node) -> object:
    match node:
        case yaml.MappingNode():
            return {str(key.value): _plain(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_plain(item) for item in node.value]
        case _:
            return str(node.value)
