"""Reads `referral: {referrer: 100 beans, friend: 50 beans, on_order: 2, min_order: 20 EUR, after: 14 days}`."""

import re

import msgspec

from chalicelib.programs.definition import ActivityRule, Fixed
from chalicelib.programs.limits import Limit
from chalicelib.programs.referral import FRIEND_RULE, JOINED, REFERRED, REFERRER_RULE, Referral
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, duration, whole
from chalicelib.programs.vocabulary import Vocabulary

_KEYS = ("referrer", "friend", "on_order", "min_order", "after", "at_most")
_MOST_ORDER = 10
_MOST_FRIENDS = 1_000
_FRIENDS = re.compile(r"([0-9]{1,4}) friends? per month")


class ReferralRead(msgspec.Struct, frozen=True):
    """The terms, and the rules by which both are rewarded."""

    terms: Referral | None = None
    rules: tuple[ActivityRule, ...] = ()


def read_referral(spot: Spot, words: Vocabulary) -> ReferralRead:
    """Both sides are rewarded, or one of them."""
    block = Block(spot, _KEYS)
    sides = {side: block.optional(side, lambda give: give.read(words.points), None) for side in ("referrer", "friend")}
    if not {"referrer", "friend"} & block.fields.keys():
        raise Unclear("what the referrer or the friend gets, such as {referrer: 100 " + words.example + "}")
    most = block.optional("at_most", lambda most: most.read(_friends), None)
    if most is not None and "referrer" not in block.fields:
        block.object_to("at_most", "this limits what the referrer gets, who gets nothing")
    rules = []
    if isinstance(give := sides["referrer"], Fixed):
        limit = None if most is None else Limit(most * give.points, "month")
        rules.append(ActivityRule(REFERRER_RULE, REFERRED, give, limit))
    if isinstance(give := sides["friend"], Fixed):
        rules.append(ActivityRule(FRIEND_RULE, JOINED, give, once_per="member"))
    terms = Referral(
        on_order=block.optional("on_order", lambda order: order.read(_order), 1),
        min_order=block.optional("min_order", lambda least: least.read(words.amount), 0),
        after=block.optional("after", lambda after: after.read(duration), None),
    )
    return ReferralRead(terms, tuple(rules))


def _order(text: str) -> int:
    number = whole(text)
    if not 1 <= number <= _MOST_ORDER:
        raise Unclear(f"which order of the friend, 1 to {_MOST_ORDER}")
    return number


def _friends(text: str) -> int:
    match = _FRIENDS.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= _MOST_FRIENDS:
        raise Unclear(f"1 to {_MOST_FRIENDS}, such as 5 friends per month")
    return int(match[1])
