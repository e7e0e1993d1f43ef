"""Documents of what members do for each other and say of the program: opinions, friends, households."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.events import AccountId, Instant, Reference


class Answer(msgspec.Struct, frozen=True):
    """Whether a member would recommend the program: 0, certainly not, to 10."""

    at: Instant
    score: int


class AnswersDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="answers", tag_field="kind"):
    """What one account answered, oldest first."""

    reference: Reference
    account: AccountId
    answers: tuple[Answer, ...] = ()
    revision: int = 0


class ReferralCodeDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="referral_code", tag_field="kind"):
    """Whose code it is that friends name."""

    reference: Reference
    account: AccountId
    revision: int = 0


class ReferralTraceDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="referral_trace", tag_field="kind"):
    """What was seen with a code: a payment card, a device, an address, or where its claims came from.

    account: with whom it was seen first; None for claims      at: when a claim came from there
    """

    reference: Reference
    account: AccountId | None = None
    at: tuple[Instant, ...] = ()
    revision: int = 0


class ReferralDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="referral", tag_field="kind"):
    """Who brought a new member, and whether that counts by now. Its points stand in the activities of both.

    account: the friend      referrer: who brought them, None for a partner of the program
    version: the program version whose terms hold for it      kept: the friend's orders that count, by when they were
    state: open, held until somebody has looked at it, refused      reasons, flags: why it is held; what is only told
    is_effective: both have their points      same_as: whose referral this is now, since both accounts are one person's
    """

    reference: Reference
    account: AccountId
    code: str = ""
    referrer: AccountId | None = None
    partner: str = ""
    version: str = ""
    claimed_at: Instant = 0
    state: Literal["open", "held", "refused"] = "open"
    reasons: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    actor: str = ""
    kept: Mapping[Reference, Instant] = {}
    is_effective: bool = False
    same_as: AccountId | None = None
    revision: int = 0


class HouseholdDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="household", tag_field="kind"):
    """Members who use their points together. Each keeps their own; who leaves takes what is left of them along."""

    reference: Reference
    accounts: tuple[AccountId, ...] = ()
    revision: int = 0


class Share(msgspec.Struct, frozen=True):
    """Points of one member that a household used, from the cell that ends at `ends`."""

    account: AccountId
    ends: Instant
    points: int


class HouseholdUseDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="household_use", tag_field="kind"):
    """Points that a household used at once: the lots they were drawn from, whoever they belonged to.

    account: who asked      returned: of the points, back in the lots they were drawn from
    """

    reference: Reference
    household: Reference
    account: AccountId
    currency: str
    points: int
    drawn: tuple[Share, ...] = ()
    returned: int = 0
    partner: str = ""
    revision: int = 0
