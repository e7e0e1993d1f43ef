"""What a definition still gets wrong about friends and opinions."""

from collections.abc import Iterator

from chalicelib.programs.definition import After, Definition
from chalicelib.programs.noting import Note
from chalicelib.programs.nps import ASKED
from chalicelib.programs.referral import JOINED, REFERRED
from chalicelib.programs.tiers import Referrals


def lint_people(definition: Definition) -> Iterator[Note]:
    """Rewards that come before an order can go back, levels that nobody reaches, answers that are thrown away."""
    yield from _referral(definition)
    asks = any(rule.activity == ASKED for rule in definition.earn.activities)
    if asks and definition.nps is None:
        message = "answers are rewarded and not kept"
        yield Note("earn.rules", message, "Add nps: {replace_within: 90 days}.", "warning")


def _referral(definition: Definition) -> Iterator[Note]:
    terms, tiers = definition.referral, definition.tiers
    if terms is None:
        if tiers is not None and any(isinstance(measure, Referrals) for measure, _ in tiers.counted):
            message = "levels count friends, and the program has no referral"
            yield Note("tiers", message, "Add referral, or measure something else.")
        return
    sides = {rule.activity: rule for rule in definition.earn.activities if rule.activity in (REFERRED, JOINED)}
    kinds = [definition.currency(rule.give.currency) for rule in sides.values()]
    if terms.after is None and any(not isinstance(kind.available, After) for kind in kinds):
        message = "these points can be used before the friend's order can no longer go back"
        yield Note("referral", message, "Add after: 14 days, or how long goods can be returned.", "warning")
    if REFERRED in sides and sides[REFERRED].limit is None:
        message = "nothing bounds how many friends one member is rewarded for"
        yield Note("referral", message, "Add at_most: 5 friends per month.", "warning")
