"""Plain words for every "no" that a store or an operator can meet."""

from chalicelib.errors import Broken, LoyaltyError, Malformed, TryAgain, Untrusted

WORDS = {
    # keys
    "unknown_key": "This key is not known. Send it as: Authorization: Bearer pp_...",
    "key_unknown": "There is no such key.",
    "key_lacks_scope": "This key may not do that. It needs the scope: {needs}.",
    "no_scopes": "A key needs at least one scope.",
    # what is not there
    "program_unknown": "There is no such program for this key.",
    "member_unknown": "There is no such member.",
    "redemption_unknown": "There is no such redemption.",
    "order_unknown": "There is no such order.",
    "quote_unknown": "There is no such quote.",
    "quote_too_old": "The time of this quote is over: ask for a new one.",
    "one_of_both": "Ask about an order or about a refund, one of both.",
    "nobody_is_called_so": "Nobody is called so.",
    "no_such_address": "There is nothing at this address.",
    # what was sent
    "body_not_understood": "The request could not be understood at {field}: {says}.",
    "body_too_large": "The request is larger than {most} bytes.",
    "not_json": "Send the request as application/json.",
    "idempotency_key_not_understood": "An Idempotency-Key has 1 to 200 letters, digits and signs of ASCII.",
    "nobody_named": "Name the customer: an e-mail address, a phone number with its country code, or an own id.",
    "not_a_number_of_points": "This is not a number of points.",
    "reason_missing": "Say why: the member reads it.",
    "reason_too_long": "The reason is too long: at most {most} letters.",
    "language_unknown": "The program has no such language.",
    # points
    "not_enough_points": "There are not enough points: {asked} were asked for, {there} are there.",
    "unknown_currency": "The program has no such points: {currency}.",
    "below_minimum": "That is less than the program takes at once.",
    "more_than_the_share": "Points may not pay for so large a part.",
    "too_many_open_holds": "Too many points are set aside already: {open} times.",
    "not_a_time_to_hold": "Points are held for half an hour at most.",
    "another_redemption": "This Idempotency-Key has been used for another redemption.",
    "another_adjustment": "This name has been used for another adjustment.",
    "another_transfer": "This name has been used for another transfer.",
    "already_captured": "These points have been used already.",
    "already_released": "These points have been released already.",
    "expired": "The time of this hold is over: its points are back.",
    "more_than_was_held": "{asked} is more than was held: {held}.",
    "another_currency": "The program does not take this money.",
    "not_rewarded": "The program gives nothing for this.",
    "guests_are_not_kept": "Nobody has joined under this name, and the program keeps no points for guests.",
    "limit_reached": "A limit of the program lets nothing through.",
    "limit_of_the_day": "The limit of the day is {limit}; {left} are left.",
    # members
    "not_a_member": "This is not a member of the program yet.",
    "account_closed": "This account is closed.",
    "transfers_not_allowed": "The program does not let members give points to each other.",
    "transfer_to_oneself": "Giver and receiver are the same member.",
    "below_the_least": "At least {least} points can be given at once.",
    "merge_with_itself": "That is one account, not two.",
    "merge_cycle": "These accounts are one already, the other way round.",
    "already_merged": "The account {account} has been joined to another one: {into}.",
    "nothing_to_merge": "The account {account} has no points and no history.",
    "not_merged": "The account {account} has not been joined to another one.",
    "already_unmerged": "The accounts have been parted already.",
    "too_late_to_unmerge": "They were joined more than {days} days ago.",
    "merged_since": "The account {account} has been joined to another one since: part that first.",
}


def plain(err: LoyaltyError) -> str:
    """What happened, in words; without any where the fault is ours."""
    if isinstance(err, Broken):
        return "Something went wrong on our side."
    if isinstance(err, TryAgain):
        return "This cannot be done right now. Try again."
    words = WORDS.get(err.reason)
    if words is None:
        return _otherwise(err)
    try:
        return words.format(**err.facts)
    except KeyError:
        return _otherwise(err)


def _otherwise(err: LoyaltyError) -> str:
    match err:
        case Untrusted():
            return "This is not known here."
        case Malformed():
            return "This could not be understood."
        case _:
            return f"The rules say no: {err.reason.replace('_', ' ')}."
