"""Members bring friends: on which of the friend's orders both are rewarded, and when a referral is looked at first.

There is one level: what a friend's friends do brings nothing to whoever brought the friend.
"""

from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.events import Instant, Reference
from chalicelib.programs.durations import Duration

REFERRED, JOINED = "friend.referred", "friend.joined"
"""The activities of both sides: who brought a friend, and the friend."""

REFERRER_RULE, FRIEND_RULE = "a friend came", "brought by a friend"
MOST_CLAIMS = 10
"""Of one code from one address in `CLAIM_DAYS`. Source: Loloyal, referral fraud protection."""
CLAIM_DAYS = 7
MOST_KEPT = 20
"""Orders of a friend that are remembered; the first ones decide."""

BLOCKING, TELLING = ("card", "device"), ("address",)
"""Marks that stop a referral until somebody has looked at it, and those that are only told."""


class Referral(msgspec.Struct, frozen=True):
    """The terms of bringing friends. What both get stands among the rules for activities.

    on_order: which of the friend's kept orders counts      min_order: the least such order, in minor units
    after: how long after that order the points can be used; None at once
    """

    on_order: int = 1
    min_order: int = 0
    after: Duration | None = None


def deciding(terms: Referral, kept: Mapping[Reference, Instant]) -> Instant | None:
    """When the order was placed that makes a referral effective; None as long as there is none."""
    days = sorted(kept.values())
    return days[terms.on_order - 1] if len(days) >= terms.on_order else None


def with_order(
    kept: Mapping[Reference, Instant], order: Reference, occurred_at: Instant, *, is_kept: bool
) -> Mapping[Reference, Instant]:
    """The orders that are kept, after news of one: the earliest that can be remembered."""
    others = {name: at for name, at in kept.items() if name != order}
    if is_kept:
        others[order] = occurred_at
    first: Sequence[Reference] = sorted(others, key=lambda name: (others[name], name))[:MOST_KEPT]
    return {name: others[name] for name in first}


def recent(claims: Sequence[Instant], now: Instant) -> tuple[Instant, ...]:
    """The claims that still count towards the limit."""
    since = now - CLAIM_DAYS * 86_400_000
    return tuple(at for at in claims if at > since)
