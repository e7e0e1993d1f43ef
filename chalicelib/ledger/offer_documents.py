"""Documents of what members get beside points: how much of it is gone, vouchers, pools of codes, and used benefits."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.events import AccountId, Instant, Reference


class CountDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="count", tag_field="kind"):
    """How often something was had: a reward out of its stock, or by one member in one period; a benefit; a code.

    brought: codes that a pool was brought; of everything else the rules say how many there are
    """

    reference: Reference
    revision: int = 0
    used: int = 0
    brought: int = 0


class Reserved(msgspec.Struct, frozen=True):
    """Money of a voucher that waits for a checkout until `until`, in minor units."""

    amount: int
    until: Instant


class VoucherUse(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a voucher paid, in minor units. `lost`: what was left of one for a single use; `returned`: given back."""

    amount: int
    at: Instant
    lost: int = 0
    returned: int = 0


VoucherState = Literal["pooled", "open", "cancelled"]


class VoucherDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="voucher", tag_field="kind"):
    """A voucher or gift card under the digest of its code, with the rules of the day it was given out.

    key: its kind      worth, left: in minor units of the program's money      ends: the first instant after its time
    once: it can be used for one purchase only      min_order: the least purchase
    account: whose it is; None for whoever has the code      redemption: whose points it was
    reserved, uses: by the name of the checkout      state: pooled (a code that nobody has yet), open or cancelled
    pool: its number in the pool that it came from; 0 for a code of our own
    """

    reference: Reference
    key: str
    worth: int = 0
    left: int = 0
    ends: Instant = 0
    version: str = ""
    once: bool = False
    min_order: int = 0
    account: AccountId | None = None
    redemption: Reference | None = None
    revision: int = 0
    state: VoucherState = "open"
    pool: int = 0
    reserved: Mapping[str, Reserved] = {}
    uses: Mapping[str, VoucherUse] = {}


class PoolDocument(msgspec.Struct, frozen=True, tag="pool", tag_field="kind"):
    """One code of a pool, by its number. `code`: locked, so that only the vault can read it."""

    reference: Reference
    code: str
    revision: int = 0


class IssueDocument(msgspec.Struct, frozen=True, tag="voucher_issue", tag_field="kind"):
    """Which voucher was given out under a name, for no points."""

    reference: Reference
    voucher: Reference
    revision: int = 0


class PerkUseDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="perk_use", tag_field="kind"):
    """A benefit that a member used once. `count`: the document that counted it; None for one without a limit."""

    reference: Reference
    account: AccountId
    perk: str
    at: Instant
    revision: int = 0
    count: Reference | None = None
    undone: bool = False
