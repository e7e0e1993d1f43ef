"""Every operation of the stores' API, once: the front door, the door's checks and the description all read this."""

from typing import Literal

import msgspec

from chalicelib.services.ports.access import Scope
from chalicelib.web.api import levels, offer_shapes, people, shapes, staff
from chalicelib.web.api.knowledge import Profile, ProfileTold

_PROGRAM = "/v1/programs/{program}"
DESCRIPTION = "/v1/openapi.json"


class Asked(msgspec.Struct, frozen=True):
    """A question in the address. `kind`: its JSON schema."""

    name: str
    kind: dict[str, str | int]
    says: str


class Operation(msgspec.Struct, frozen=True):
    """One thing a store can do.

    does: the counter's method      scope: what its key needs; None: open to all      takes: the body, None for none
    is_once: an Idempotency-Key makes it happen once      refusals: ids of what the rules may say (409)
    """

    method: Literal["GET", "POST"]
    path: str
    does: str
    scope: Scope | None
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
    Asked("code", {"type": "string", "maxLength": 100}, "What a scanner read from the member's card."),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST", f"{_PROGRAM}/staff/sign-in", "staff.sign_in", None, "Somebody begins their day at the till",
        staff.SignedIn, takes=staff.SignIn,
    ),
    Operation("GET", f"{_PROGRAM}/staff", "staff.everybody", "staff", "Who works at the till", staff.StaffList),
    Operation(
        "POST", f"{_PROGRAM}/staff/{{name}}/change", "staff.change", "staff",
        "Give somebody who works at the till another role, or keep them from signing in", staff.StaffMember,
        takes=staff.StaffChange, refusals=("staff_not_oneself",),
    ),
    Operation(
        "GET", f"{_PROGRAM}/members", "find", "read", "Find a customer", shapes.Members, asks=_NAMES,
        refusals=("code_misread", "code_too_old", "card_has_ended"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/members", "enrol", "manage", "Enrol a customer, or find them", shapes.Member,
        takes=shapes.Enrolment, refusals=("joining_paused",),
    ),
    Operation("GET", _MEMBER, "member", "read", "A member", shapes.Member),
    Operation(
        "GET", f"{_MEMBER}/profile", "profiles.profile", "read", "What is known of a member beside points", Profile,
    ),
    Operation(
        "POST", f"{_MEMBER}/profile", "profiles.tell", "manage", "Change what is known of a member", Profile,
        takes=ProfileTold,
        refusals=(
            "member_changed", "not_a_member", "attribute_unknown", "segment_unknown", "birthday_not_asked",
            "birthday_changed_already", "choice_unknown", "option_unknown", "too_many_options", "choice_locked",
            "plan_unknown", "no_trial", "trial_used", "plan_paid_far_ahead", "plan_not_paid",
        ),
    ),
    Operation("GET", f"{_MEMBER}/balance", "balance", "read", "What a member has now", shapes.Balance),
    Operation(
        "GET", f"{_MEMBER}/history", "history", "read", "What happened to a member's points", shapes.History,
        asks=(_CURRENCY, _LIMIT, _LANGUAGE),
    ),
    Operation(
        "POST", f"{_PROGRAM}/quotes", "quote", "read", "What an order would earn, or a refund take back",
        shapes.Quote, takes=shapes.QuoteAsked, refusals=("another_currency", "earning_paused"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/quotes/accept", "accept", "manage", "Accept a refund's quote", shapes.Accepted,
        takes=shapes.Acceptance, refusals=("quote_too_old",),
    ),
    Operation(
        "POST", f"{_PROGRAM}/redemptions", "redeem", "redeem", "Use points, or hold them", shapes.Redemption,
        takes=shapes.RedemptionAsked, is_once=True,
        refusals=(
            "not_enough_points", "unknown_currency", "not_a_member", "too_many_open_holds", "another_redemption",
            "redeeming_paused",
        ),
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
        takes=shapes.ActivityTold,
        refusals=("not_rewarded", "guests_are_not_kept", "limit_reached", "conditions_not_met", "earning_paused"),
    ),
    Operation(
        "POST", f"{_MEMBER}/activities", "deed", "manage", "Reward a member's activity, or take it back",
        shapes.Activity, takes=shapes.Deed,
        refusals=("not_rewarded", "limit_reached", "conditions_not_met", "earning_paused"),
    ),
    Operation(
        "POST", f"{_MEMBER}/referral-code", "people.code", "manage", "A member's code for friends",
        people.ReferralCode, takes=people.Marks, may_be_empty=True, refusals=("referral_not_offered", "not_a_member"),
    ),
    Operation(
        "POST", f"{_MEMBER}/referral", "people.claim", "manage", "A new member came with a friend's code",
        people.Referral, takes=people.ReferralClaim,
        refusals=(
            "referral_not_offered", "not_a_member", "code_unknown", "not_a_new_member", "referral_to_oneself",
            "referred_already", "too_many_claims",
        ),
    ),
    Operation("GET", f"{_MEMBER}/referral", "people.referral", "read", "By whom a member was brought", people.Referral),
    Operation(
        "POST", f"{_MEMBER}/household", "people.join", "manage", "Join a household", people.Household,
        takes=people.HouseholdJoined,
        refusals=("households_not_allowed", "household_full", "in_another_household", "not_a_member"),
    ),
    Operation(
        "GET", f"{_MEMBER}/household", "people.household", "read", "With whom a member uses points", people.Household,
        refusals=("in_no_household",),
    ),
    Operation(
        "POST", f"{_MEMBER}/household/leave", "people.leave", "manage", "Leave a household", people.Household,
        refusals=("in_no_household",),
    ),
    Operation(
        "POST", f"{_MEMBER}/household/redemptions", "people.use", "redeem", "Use points of a whole household",
        people.HouseholdUse, takes=people.HouseholdUseAsked, is_once=True,
        refusals=(
            "in_no_household", "not_enough_points", "unknown_currency", "another_redemption", "redeeming_paused",
        ),
    ),
    Operation(
        "POST", f"{_PROGRAM}/household-redemptions/{{redemption}}/return", "people.give_back", "redeem",
        "Give a household's points back to their owners", people.HouseholdUse, takes=people.HouseholdReturn,
        may_be_empty=True, refusals=("more_than_was_redeemed",),
    ),
    Operation(
        "POST", f"{_PROGRAM}/adjustments", "adjust", "manage", "Give or take points by hand", shapes.Adjustment,
        takes=shapes.AdjustmentAsked, is_once=True, refusals=("not_enough_points", "limit_of_the_day"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/levels", "levels.give", "manage", "Give a level by hand", levels.LevelGiven,
        takes=levels.LevelAsked, is_once=True, refusals=("unknown_level", "account_closed", "another_level"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/levels/{{given}}/withdraw", "levels.withdraw", "manage", "Take a given level back",
        levels.LevelGiven,
    ),
    Operation(
        "POST", f"{_PROGRAM}/transfers", "transfer", "manage", "Move points between members", shapes.Transfer,
        takes=shapes.TransferAsked, is_once=True,
        refusals=("transfers_not_allowed", "not_enough_points", "redeeming_paused"),
    ),
    Operation(
        "GET", f"{_PROGRAM}/rewards", "offers.rewards", "read", "What points are exchanged for",
        offer_shapes.RewardList, asks=(_LANGUAGE,),
    ),
    Operation(
        "POST", f"{_PROGRAM}/rewards", "offers.reward", "redeem", "Exchange points for a reward", offer_shapes.Exchange,
        takes=offer_shapes.RewardAsked, is_once=True,
        refusals=(
            "not_enough_points", "reward_not_yet", "reward_over", "reward_not_for_level", "reward_gone",
            "reward_had_before", "no_codes_left", "no_money_for_this", "too_much_in_money", "more_than_the_price",
            "redeeming_paused",
        ),
    ),
    Operation(
        "POST", f"{_PROGRAM}/money", "offers.money", "redeem", "Exchange points for money", offer_shapes.Exchange,
        takes=offer_shapes.MoneyAsked, is_once=True,
        refusals=("not_exchanged_for_money", "not_in_steps", "rate_not_known", "redeeming_paused"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/past-orders", "offers.past_order", "redeem", "Pay for a past order with points",
        offer_shapes.Exchange, takes=offer_shapes.PastOrderAsked, is_once=True,
        refusals=("orders_not_paid_off", "order_too_old", "order_too_small", "more_than_the_order", "redeeming_paused"),
    ),
    Operation(
        "POST", f"{_REDEMPTION}/undo", "offers.undo", "redeem", "Give points back for what was not handed out",
        offer_shapes.Exchange, refusals=("voucher_used", "expired"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/vouchers", "offers.issue", "manage", "Give out a voucher, or sell a gift card",
        offer_shapes.VoucherTold, takes=offer_shapes.VoucherWanted, is_once=True,
        refusals=("voucher_kind_unknown", "not_this_worth", "no_codes_left", "another_voucher"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/vouchers/look", "offers.look", "read", "Look at a voucher", offer_shapes.VoucherTold,
        takes=offer_shapes.VoucherShown,
    ),
    Operation(
        "POST", f"{_PROGRAM}/vouchers/use", "offers.pay", "redeem", "Pay with a voucher, or reserve it",
        offer_shapes.VoucherTold, takes=offer_shapes.VoucherPays,
        refusals=(
            "voucher_over", "voucher_cancelled", "voucher_empty", "voucher_reserved", "voucher_order_too_small",
            "voucher_more_than_goods", "voucher_too_often", "another_use", "redeeming_paused",
        ),
    ),
    Operation(
        "POST", f"{_PROGRAM}/vouchers/release", "offers.free", "redeem", "Let go of what is reserved",
        offer_shapes.VoucherTold, takes=offer_shapes.VoucherFreed, refusals=("already_captured",),
    ),
    Operation(
        "POST", f"{_PROGRAM}/vouchers/give-back", "offers.give_back", "redeem", "Put money back on a voucher",
        offer_shapes.VoucherTold, takes=offer_shapes.VoucherReturned, refusals=("more_than_was_used",),
    ),
    Operation(
        "GET", f"{_MEMBER}/perks", "offers.perks_of", "read", "A member's benefits", offer_shapes.PerkList,
        asks=(_LANGUAGE,),
    ),
    Operation(
        "POST", f"{_PROGRAM}/perks", "offers.use_perk", "redeem", "Use a benefit", offer_shapes.PerkUse,
        takes=offer_shapes.PerkAsked, is_once=True,
        refusals=("perk_not_yours", "perk_used_up", "another_use", "redeeming_paused"),
    ),
    Operation(
        "POST", f"{_PROGRAM}/perks/{{use}}/undo", "offers.undo_perk", "redeem", "A benefit was not used after all",
        offer_shapes.PerkUse,
    ),
)  # fmt: skip
