"""Plain words for every "no" that a store or an operator can meet."""

from collections.abc import Mapping

from chalicelib.errors import Broken, LoyaltyError, Malformed, TryAgain, Untrusted

WORDS = {
    # keys
    "unknown_key": "This key is not known. Send it as: Authorization: Bearer pp_...",
    "key_unknown": "There is no such key.",
    "key_ended": "The key {key} has ended. Make another one: pointpass key create.",
    "key_lacks_scope": "This key may not do that. It needs the scope: {needs}.",
    "no_scopes": "A key needs at least one scope.",
    "key_name_missing": "Say who will use the key.",
    "key_name_too_long": "The name of a key has at most {most} letters.",
    "key_name_not_one_line": "The name of a key is one line, without signs that cannot be seen.",
    # those who work at the till
    "wrong_sign_in": "Name and password do not fit.",
    "sign_in_later": "Too many wrong tries: wait {seconds} seconds.",
    "sign_in_again": "This sign-in has ended. Sign in again.",
    "own_account": "Nobody gives anything to themselves: let somebody else do this.",
    "staff_unknown": "Nobody of this name works here.",
    "staff_known": "Somebody of this name works here already: {name}.",
    "staff_name_not_possible": "A name has 1 to 40 small letters, digits, - and _, and begins with a letter or digit.",
    "staff_not_oneself": "Nobody changes this about themselves: let another owner do it.",
    "password_too_short": "A password has at least {least} letters.",
    "password_too_long": "A password has at most {most} letters.",
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
    "code_misread": "The scanner misread this code. Scan it once more, or type its digits.",
    "code_too_old": "The code on the card has changed meanwhile. Scan it once more, from the phone itself.",
    "card_has_ended": "This card has ended: its holder is no member any more.",
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
    "another_level": "This name has been used for another level.",
    "unknown_level": "The program has no level {level}; it has: {levels}.",
    "unknown_level_given": "No level was given under this id.",
    "day_is_over": "This day is over.",
    "day_too_far": "That is more than a hundred years away: leave the day out where there is no last one.",
    "another_adjustment": "This name has been used for another adjustment.",
    "another_transfer": "This name has been used for another transfer.",
    "already_captured": "These points have been used already.",
    "already_released": "These points have been released already.",
    "expired": "The time of this hold is over: its points are back.",
    "more_than_was_held": "{asked} is more than was held: {held}.",
    "another_currency": "The program does not take this money.",
    "not_rewarded": "The program gives nothing for this.",
    "guests_are_not_kept": "Nobody has joined under this name, and the program keeps no points for guests.",
    "conditions_not_met": "The program gives something for this, but not for this one.",
    "moment_not_possible": "This moment has not come yet, or is too long ago.",
    "amount_and_currency": "Send an amount together with its currency.",
    "referral_not_offered": "The program gives nothing for bringing friends.",
    "referral_unknown": "Nobody brought this member.",
    "code_unknown": "There is no such code.",
    "not_a_new_member": "Only a member without any order can name a code.",
    "referral_to_oneself": "This is the member's own code.",
    "referred_already": "This member has come with another code.",
    "too_many_claims": "Too many came with this code from one place: {most} in seven days.",
    "households_not_allowed": "The program has no households.",
    "household_full": "A household has at most {most} members.",
    "in_another_household": "This member is in another household: leave that first.",
    "in_no_household": "This member is in no household.",
    "more_than_was_redeemed": "{asked} is more than is left to give back: {left}.",
    "partner_unknown": "The program has no such partner: {partner}.",
    "limit_reached": "A limit of the program lets nothing through.",
    "limit_of_the_day": "The limit of the day is {limit}; {left} are left.",
    # what is known of members
    "member_changed": "Somebody has changed this member's profile: read it again. Its revision is {revision}.",
    "attribute_unknown": "The program has no such attribute: {name}.",
    "attribute_not_understood": "The attribute {name} is of this kind: {kind}.",
    "segment_unknown": "The program has no such segment: {name}.",
    "not_true_yet": "This begins in the future, or before 1970.",
    "birthday_not_asked": "Nothing in the program depends on a birthday, so none is kept.",
    "birthday_not_understood": "This is no day on which a member can have been born.",
    "birthday_changed_already": "The birthday was corrected in {year} already; that can be done once a year.",
    "choice_unknown": "The program has no such choice: {name}.",
    "option_unknown": "There is no such option to pick: {name}.",
    "too_many_options": "At least one and at most so many can be picked, each once: {pick}.",
    "choice_locked": "This choice holds until {until}.",
    "plan_unknown": "The program has no such plan: {name}.",
    "no_trial": "The plan {name} has no trial.",
    "trial_used": "A trial is for those who have never had the plan {name}.",
    "plan_paid_far_ahead": "At most {most} periods of plans are kept, and all of them still run or are to come.",
    "plan_not_paid": "No fee of the plan {name} is paid for now.",
    # paying, rewards, vouchers, benefits
    "nothing_is_paid_with_points": "Nothing is paid with these points.",
    "order_too_small": "That is too small an order for this.",
    "categories_needed": "Say how much of the goods is in which category: points do not pay for {not_for}.",
    "not_in_steps": "Points are used in steps of {step}.",
    "rate_not_known": "There is no rate for this member: it depends on {attribute}.",
    "confirmation_needed": "This has to be confirmed: {how}.",
    "not_with_a_discount": "Points do not pay where the members' discount was taken.",
    "not_exchanged_for_money": "The program does not exchange points for money.",
    "orders_not_paid_off": "The program does not pay for past orders with points.",
    "order_too_old": "This order is too old to be paid for with points.",
    "more_than_the_order": "That is more than points may still pay of this order: {left}.",
    "reward_unknown": "There is no such reward: {reward}.",
    "reward_not_yet": "This reward is there from {since} on.",
    "reward_over": "This reward was there until {until}.",
    "reward_not_for_level": "This reward is for members of these levels: {levels}.",
    "reward_gone": "All {most} of these rewards are gone.",
    "reward_had_before": "A member may have this reward {most} times in this period, and has.",
    "no_codes_left": "There are no codes left for this.",
    "no_money_for_this": "The whole price of this reward is paid in points: {price}.",
    "too_much_in_money": "At least {least} points are needed; only the rest can be paid in money.",
    "more_than_the_price": "That is more than the reward costs: {price}.",
    "voucher_unknown": "There is no such voucher.",
    "voucher_kind_unknown": "The program has no such voucher: {voucher}.",
    "not_this_worth": "A voucher of this kind is worth {least} to {most} minor units.",
    "another_voucher": "This name has been used for another voucher.",
    "another_use": "This name has been used for something else.",
    "voucher_cancelled": "This voucher has been cancelled.",
    "voucher_over": "The time of this voucher is over.",
    "voucher_empty": "That is more than the voucher has left: {left}.",
    "voucher_reserved": "This voucher is set aside for another checkout.",
    "voucher_used": "The voucher has been used already, so its points cannot go back.",
    "voucher_order_too_small": "This voucher is for purchases from {least} minor units on.",
    "voucher_more_than_goods": "That is more than is to be paid: {goods}.",
    "voucher_too_often": "This voucher has been used {most} times.",
    "more_than_was_used": "That is more than was paid: {used}.",
    "use_unknown": "There is no such use.",
    "not_an_amount": "This is not an amount of money.",
    "perk_unknown": "There is no such benefit: {perk}.",
    "perk_not_yours": "The member does not have this benefit now.",
    "perk_used_up": "All {most} of this period have been used.",
    "cards_not_combined": "Stamps of different cards are not put together.",
    "codes_are_made": "The codes of this voucher are made here: {voucher}.",
    "not_a_code": "Line {line} is not a code of 4 to 64 letters.",
    # prize draws
    "draw_unknown": "The program has no such draw: {name}.",
    "draw_open": "The draw is open until {closes}.",
    "another_seed": "This is not the seed whose SHA-256 was told before.",
    "no_tickets": "Nobody has a ticket.",
    "ticket_list_broken": "The list of tickets cannot be understood at line {line}.",
    # what the operators have paused
    "earning_paused": "Points are not counted right now. Those for this follow by themselves where a purchase is told.",
    "redeeming_paused": "Nothing can be used right now: points, rewards, vouchers and benefits are kept as they are.",
    "joining_paused": "Nobody can join right now. Cards that are there work as before.",
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

CASHIER: Mapping[str, Mapping[str, str]] = {
    "own_account": {
        "en": "You cannot give anything to your own account. Please ask a colleague to do it.",
        "ru": "Себе начислить нельзя. Попросите об этом коллегу.",
    },
    "sign_in_again": {
        "en": "Your sign-in has ended. Please sign in again.",
        "ru": "Вход больше не действует. Войдите ещё раз.",
    },
    "wrong_sign_in": {
        "en": "Name and password do not fit. Please try again.",
        "ru": "Имя и пароль не подходят. Попробуйте ещё раз.",
    },
    "sign_in_later": {
        "en": "Too many wrong tries. Please wait, sign in at a till where you did before, or get a new password.",
        "ru": "Слишком много неверных попыток. Подождите, войдите на кассе, где уже входили, или смените пароль.",
    },
    "earning_paused": {
        "en": "Points are added later. Please finish the sale as usual.",
        "ru": "Баллы придут позже. Проведите продажу как обычно.",
    },
    "redeeming_paused": {
        "en": "Points and vouchers cannot be used right now. Nothing is lost: the customer can use them later.",
        "ru": "Сейчас нельзя списать баллы или принять купон. Ничего не пропало: покупатель воспользуется ими позже.",
    },
    "joining_paused": {
        "en": "New members cannot join right now. Please ask the customer to come back to it later.",
        "ru": "Сейчас нельзя вступить в программу. Предложите покупателю сделать это позже.",
    },
}
"""What somebody at a till has to know, in words to be shown or said there."""


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
