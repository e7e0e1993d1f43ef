"""Do conditions on the member hold? Judged once, for the moment at which something happened.

The account as it stood before, what is known of the member and the moment are arguments: nothing is read here.
"""

from datetime import date, timedelta

import msgspec

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.journal import Snapshot
from chalicelib.ledger.member_document import MemberDocument, PlanPeriod, unknown
from chalicelib.programs.calendar import ZoneCalendar, add_months
from chalicelib.programs.definition import ActivityRule, Definition, OrderRule
from chalicelib.programs.lots_drawn import bucket, surprises
from chalicelib.programs.member_counters import gave, money_in, orders_ever, orders_in, remembers
from chalicelib.programs.member_when import Age, AttributeTest, BirthdayWindow, InGroup, MemberWhen, OrderNumber


class Occasion(msgspec.Struct, frozen=True):
    """Something that a member did at `at`.

    snap: the account before it, settled      level: the one that counts for it
    reference: the order's; None for what is no order, or none yet
    known: what is known of the member beside; nobody asks when no condition needs it
    """

    account: AccountId
    at: Instant
    snap: Snapshot
    level: str
    reference: Reference | None = None
    known: MemberDocument = msgspec.field(default_factory=lambda: unknown(AccountId("")))


def asks_document(definition: Definition) -> bool:
    """Does any rule need to know more of the member than the account says?"""
    return any(rule.when.member.asks_document for rule in definition.earn.rules)


def keeps_knowledge(definition: Definition) -> bool:
    """Can anything be known of a member of such a program?"""
    known = definition.membership
    declared = (known.attributes, known.lists, known.choices, known.plans)
    return any(declared) or asks_birthday(definition)


def asks_birthday(definition: Definition) -> bool:
    """Does anything depend on when a member was born? Otherwise nobody needs to know it."""
    asking = [rule.when.member for rule in definition.earn.rules]
    asking += [benefit.while_ for benefit in definition.membership.benefits]
    return any(when.asks_birthday for when in asking)


def held(definition: Definition, occasion: Occasion) -> tuple[str, ...]:
    """Names of the rules with conditions on the member whose conditions hold, in the file's order."""
    return tuple(
        rule.name for rule in definition.earn.rules if rule.when.asks_member and _counts(definition, rule, occasion)
    )


def standing_benefits(definition: Definition, occasion: Occasion) -> tuple[str, ...]:
    """Names of the benefits that the member has at the moment."""
    found = definition.membership.benefits
    return tuple(benefit.name for benefit in found if holds(definition, benefit.while_, occasion))


def _counts(definition: Definition, rule: OrderRule | ActivityRule, occasion: Occasion) -> bool:
    when = rule.when.member
    if remembers(when) is not None and occasion.snap.metric(gave(rule.name)):
        return False
    return holds(definition, when, occasion)


def holds(definition: Definition, when: MemberWhen, occasion: Occasion) -> bool:
    """Do all conditions hold? What a rule remembers of itself is not asked here."""
    calendar = ZoneCalendar(definition.time_zone)
    return (
        _by_account(when, occasion, calendar)
        and _by_orders(when, occasion)
        and _by_document(definition, when, occasion, calendar)
        and (when.group is None or _in_group(definition, when.group, occasion))
        and (not when.any_of or any(holds(definition, each, occasion) for each in when.any_of))
    )


def _by_account(when: MemberWhen, occasion: Occasion, calendar: ZoneCalendar) -> bool:
    if when.joined_within is not None and occasion.at >= calendar.shifted(occasion.snap.opened, when.joined_within):
        return False
    return not when.levels or occasion.level in when.levels


def _by_orders(when: MemberWhen, occasion: Occasion) -> bool:
    snap = occasion.snap
    before = snap.metric(orders_ever().metric)
    if when.order_number is not None and not _is_number(when.order_number, before + 1):
        return False
    if when.back_after is not None and (not before or snap.metric(orders_in(when.back_after).metric)):
        return False
    many, spent, surprise = when.orders_within, when.spent, when.surprise
    if many is not None and snap.metric(orders_in(many.within).metric) + 1 < many.count:
        return False
    if spent is not None and snap.metric(money_in(spent.within).metric) < spent.amount:
        return False
    # An order that is only asked about has no name yet: nobody promises it a surprise.
    return surprise is None or (
        occasion.reference is not None and surprises(occasion.reference, surprise.share, surprise.seed)
    )


def _is_number(wanted: OrderNumber, number: int) -> bool:
    return number % wanted.number == 0 if wanted.every else number == wanted.number


def _by_document(definition: Definition, when: MemberWhen, occasion: Occasion, calendar: ZoneCalendar) -> bool:
    known, at = occasion.known, occasion.at
    return (
        (not when.in_lists or any(known.is_on(name, at) for name in when.in_lists))
        and not any(known.is_on(name, at) for name in when.not_in)
        and all(_passes(test, known, at) for test in when.attributes)
        and (not when.plans or any(has_plan(definition, known, plan, at) for plan in when.plans))
        and not any(has_plan(definition, known, plan, at) for plan in when.without_plans)
        and (not when.chosen or when.chosen in options_of(definition, known, when.chosen, at))
        and (when.birthday is None or _is_birthday(when.birthday, known, at, calendar))
        and (when.age is None or _has_age(when.age, known, calendar.day(at)))
    )


def _passes(test: AttributeTest, known: MemberDocument, at: Instant) -> bool:
    if test.test == "was":
        return known.was(test.name, test.value, at)
    value = known.attribute(test.name, at)
    if value is None or type(value) is not type(test.value):
        return False
    match test.test:
        case "is":
            return value == test.value
        case "is not":
            return value != test.value
        case "at least":
            return not _is_less(value, test.value)
        case "below":
            return _is_less(value, test.value)


def _is_less(one: str | int, other: str | int) -> bool:
    """Days as texts sort as days do."""
    return one < other if isinstance(one, int) and isinstance(other, int) else str(one) < str(other)


def has_plan(definition: Definition, known: MemberDocument, name: str, at: Instant) -> bool:
    """Is the plan paid for, or on trial, at the instant?"""
    return paid_period(definition, known, name, at) is not None


def paid_period(definition: Definition, known: MemberDocument, name: str, at: Instant) -> PlanPeriod | None:
    """The period of a plan that counts at the instant; None when the plan is not paid for then."""
    plan = definition.membership.plan(name)
    if plan is None:
        return None
    for period in known.periods(name, at):
        if not plan.refund_ends or period.refunded_at is None or at < period.refunded_at:
            return period
    return None


def options_of(definition: Definition, known: MemberDocument, option: str, at: Instant) -> tuple[str, ...]:
    """What the member has of the choice to which an option belongs: what is always there, and what was picked."""
    choice = definition.membership.choice_of(option)
    return () if choice is None else (*choice.always, *known.picked(choice.name, at))


def birthday_in(year: int, born: date, leap_day: str) -> date:
    """The day on which somebody has birthday in a year."""
    if (
        (born.month, born.day) == (2, 29)
        and leap_day == "1 March"
        and add_months(born, 12 * (year - born.year)).day == 28
    ):
        return date(year, 3, 1)
    return add_months(born, 12 * (year - born.year))


def _is_birthday(window: BirthdayWindow, known: MemberDocument, at: Instant, calendar: ZoneCalendar) -> bool:
    """Does the day fall into the days around the birthday? Those around New Year belong to two years."""
    if known.birthday is None:
        return False
    born, day = date.fromisoformat(known.birthday.day), calendar.day(at)
    filled = calendar.day(known.birthday.since)
    for year in (day.year - 1, day.year, day.year + 1):
        birthday = birthday_in(year, born, window.leap_day)
        if birthday - timedelta(days=window.before) <= day <= birthday + timedelta(days=window.after):
            return filled + timedelta(days=window.known_for) <= birthday and filled <= day
    return False


def _has_age(age: Age, known: MemberDocument, day: date) -> bool:
    if known.birthday is None:
        return False
    born = date.fromisoformat(known.birthday.day)
    years = day.year - born.year - (day < birthday_in(day.year, born, "28 February"))
    return (age.least is None or years >= age.least) and (age.below is None or years < age.below)


def _in_group(definition: Definition, wanted: InGroup, occasion: Occasion) -> bool:
    drawn = definition.membership.groups.get(wanted.group)
    return drawn is not None and (bucket(occasion.account, drawn.salt) < drawn.share) is wanted.is_in
