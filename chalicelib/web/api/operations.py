"""Every operation of the stores' API, once: the front door, the door's checks and the description all read this."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from chalicelib.services.ports.access import Scope
from chalicelib.web.api import shapes

_PROGRAM = "/v1/programs/{program}"
DESCRIPTION = "/v1/openapi.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the address. `kind`: its JSON schema."""

    name: str
    kind: dict[str, str | int]
    says: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a store can do.

    does: the counter's method      scope: what its key needs      takes: the body, None for none
    is_once: an Idempotency-Key makes it happen once      refusals: ids of what the rules may say (409)
    """

    method: Literal["GET", "POST"]
    path: str
    does: str
    scope: Scope
    says: str
    gives: type[msgspec.Struct]
    takes: type[msgspec.Struct] | None = None
    asks: tuple[Asked, ...] = ()
    is_once: bool = False
    may_be_empty: bool = False
    refusals: tuple[str, ...] = ()


_MEMBER = f"{_PROGRAM}/members/{{member}}"
_REDEMPTION = f"{_PROGRAM}/redemptions/{{redemption}}"
_LANGUAGE = Asked("language", {"type": "string", "maxLength": 8}, "Of the words, such as en or ru.")
_LIMIT = Asked("limit", {"type": "integer", "minimum": 1, "maximum": 100}, "At most so many lines.")
_CURRENCY = Asked("currency", {"type": "string", "maxLength": 24}, "Which points; the first kind if left out.")
_NAMES = (
    Asked("email", {"type": "string", "maxLength": 254}, "An e-mail address."),
    Asked("phone", {"type": "string", "maxLength": 32}, "A phone number with its country code."),
    Asked("customer", {"type": "string", "maxLength": 100}, "The shop's own id."),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", f"{_PROGRAM}/members", "find", "read", "Find a customer", shapes.Members, asks=_NAMES),
    Operation(
        "POST", f"{_PROGRAM}/members", "enrol", "manage", "Enrol a customer, or find them", shapes.Member,
        takes=shapes.Enrolment,
    ),
    Operation("GET", _MEMBER, "member", "read", "A member", shapes.Member),
    Operation("GET", f"{_MEMBER}/balance", "balance", "read", "What a member has now", shapes.Balance),
    Operation(
        "GET", f"{_MEMBER}/history", "history", "read", "What happened to a member's points", shapes.History,
        asks=(_CURRENCY, _LIMIT, _LANGUAGE),
    ),
    Operation(
        "POST", f"{_PROGRAM}/quotes", "quote", "read", "What an order would earn, or a refund take back",
        shapes.Quote, takes=shapes.QuoteAsked, refusals=("another_currency",),
    ),
    Operation(
        "POST", f"{_PROGRAM}/quotes/accept", "accept", "manage", "Accept a refund's quote", shapes.Accepted,
        takes=shapes.Acceptance, refusals=("quote_too_old",),
    ),
    Operation(
        "POST", f"{_PROGRAM}/redemptions", "redeem", "redeem", "Use points, or hold them", shapes.Redemption,
        takes=shapes.RedemptionAsked, is_once=True,
        refusals=("not_enough_points", "unknown_currency", "not_a_member", "too_many_open_holds", "another_redemption"),
    ),
    Operation("GET", _REDEMPTION, "redemption", "read", "A redemption", shapes.Redemption),
    Operation(
        "POST", f"{_REDEMPTION}/capture", "capture", "redeem", "Use what is held", shapes.Redemption,
        takes=shapes.Capture, may_be_empty=True, refusals=("already_captured", "already_released", "not_enough_points"),
    ),
    Operation(
        "POST", f"{_REDEMPTION}/release", "release", "redeem", "Let go of what is held", shapes.Redemption,
        refusals=("already_captured", "expired"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/activities", "activity", "manage", "Reward an activity", shapes.Activity,
        takes=shapes.ActivityTold, refusals=("not_rewarded", "guests_are_not_kept"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/adjustments", "adjust", "manage", "Give or take points by hand", shapes.Adjustment,
        takes=shapes.AdjustmentAsked, is_once=True, refusals=("not_enough_points", "limit_of_the_day"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/transfers", "transfer", "manage", "Move points between members", shapes.Transfer,
        takes=shapes.TransferAsked, is_once=True, refusals=("transfers_not_allowed", "not_enough_points"),
    ),
)  # fmt: skip
