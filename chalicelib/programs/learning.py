"""What may be told of a member, and what becomes of it: pure, from the document, the definition and one fact.

Nothing is taken that the definition does not declare, and what it no longer declares is forgotten.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from chalicelib.errors import Malformed, Refused
from chalicelib.events import Instant
from chalicelib.ledger.member_document import (
    Birthday,
    Chosen,
    Known,
    MemberDocument,
    PlanPeriod,
    Value,
    newest_periods,
    remembered,
)
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition, Moment
from chalicelib.programs.durations import Duration
from chalicelib.programs.member_conditions import asks_birthday, paid_period
from chalicelib.programs.membership import LONGEST_VALUE, Choice, Kind, Plan
from chalicelib.programs.values import Unclear, calendar_day

_EARLIEST = date(1900, 1, 1)
_LARGEST = 1_000_000_000_000


class Attribute(msgspec.Struct, frozen=True):
    """An attribute has a value since an instant; None: it has none any more."""

    name: str
    value: Value | None
    since: Instant


class Listed(msgspec.Struct, frozen=True):
    """The member is on a list since an instant, or no longer is."""

    name: str
    is_on: bool
    since: Instant


class Born(msgspec.Struct, frozen=True):
    """The member's birthday, such as "1990-02-28"."""

    day: str


class Picked(msgspec.Struct, frozen=True):
    """What the member picks of a choice."""

    choice: str
    options: tuple[str, ...]


class PlanPaid(msgspec.Struct, frozen=True):
    """The fee of a plan was paid, or its trial begins."""

    plan: str
    is_trial: bool = False


class FeeRefunded(msgspec.Struct, frozen=True):
    """The fee of the plan's running period went back."""

    plan: str


Fact = Attribute | Listed | Born | Picked | PlanPaid | FeeRefunded


def learned(definition: Definition, document: MemberDocument, fact: Fact, at: Instant) -> MemberDocument:
    """The document with one more fact, told at `at`; the same one when it knows it already.

    Raises: Refused, by the program's rules; Malformed for a value of another kind.
    """
    match fact:
        case Attribute():
            return _with_attribute(definition, document, fact, at)
        case Listed(name, is_on, since):
            if name not in definition.membership.lists:
                raise Refused("segment_unknown", name=name[:24])
            _has_begun(since, at)
            lists = _changed(document.lists, name, Known(since, is_on))
            return msgspec.structs.replace(document, lists=lists)
        case Born(day):
            return _with_birthday(definition, document, day, at)
        case Picked(choice, options):
            return _with_choice(definition, document, choice, options, at)
        case PlanPaid(plan, is_trial):
            return _with_plan(definition, document, _plan(definition, plan), at, is_trial=is_trial)
        case FeeRefunded(plan):
            return _without_fee(definition, document, plan, at)


def tidied(definition: Definition, document: MemberDocument) -> MemberDocument:
    """The document without attributes and lists that the program no longer declares."""
    known = definition.membership
    return msgspec.structs.replace(
        document,
        attributes={name: values for name, values in document.attributes.items() if name in known.attributes},
        lists={name: values for name, values in document.lists.items() if name in known.lists},
    )


def _with_attribute(definition: Definition, document: MemberDocument, fact: Attribute, at: Instant) -> MemberDocument:
    kind = definition.membership.attributes.get(fact.name)
    if kind is None:
        raise Refused("attribute_unknown", name=fact.name[:24])
    _has_begun(fact.since, at)
    if fact.value is not None and not is_of_kind(kind, fact.value):
        raise Malformed("attribute_not_understood", name=fact.name, kind=kind)
    attributes = _changed(document.attributes, fact.name, Known(fact.since, fact.value))
    return msgspec.structs.replace(document, attributes=attributes)


def is_of_kind(kind: Kind, value: Value) -> bool:
    """Is the value one that such an attribute can have?"""
    match kind:
        case "text":
            return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE and value.isprintable()
        case "date":
            return isinstance(value, str) and _as_day(value) is not None
        case "yes or no":
            return isinstance(value, bool)
        case "whole number" | "money":
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _as_day(text: str) -> date | None:
    try:
        return calendar_day(text)
    except Unclear:
        return None


def _has_begun(since: Instant, at: Instant) -> None:
    if not 0 <= since <= at:
        raise Malformed("not_true_yet")


def _changed(known: Mapping[str, tuple[Known, ...]], name: str, told: Known) -> Mapping[str, tuple[Known, ...]]:
    """The values with one more; told again what holds already, they stay as they are."""
    values = known.get(name, ())
    before = [each for each in values if each.since <= told.since]
    if before and before[-1].value == told.value and type(before[-1].value) is type(told.value):
        return known
    return {**known, name: remembered(values, told)}


def _with_birthday(definition: Definition, document: MemberDocument, day: str, at: Instant) -> MemberDocument:
    """A birthday can be filled in once, and corrected once in a calendar year after that."""
    if not asks_birthday(definition):
        raise Refused("birthday_not_asked")
    born, today = _as_day(day), ZoneCalendar(definition.time_zone).day(at)
    if born is None or not _EARLIEST <= born <= today:
        raise Malformed("birthday_not_understood")
    known = document.birthday
    if known is None:
        return msgspec.structs.replace(document, birthday=Birthday(day, at))
    if known.day == day:
        return document
    if known.changed_in == today.year:
        raise Refused("birthday_changed_already", year=today.year)
    return msgspec.structs.replace(document, birthday=Birthday(day, at, today.year))


def _with_choice(
    definition: Definition, document: MemberDocument, name: str, options: tuple[str, ...], at: Instant
) -> MemberDocument:
    choice = definition.membership.choice(name)
    if choice is None:
        raise Refused("choice_unknown", name=name[:24])
    for option in options:
        if option not in choice.options or option in choice.always:
            raise Refused("option_unknown", name=option[:24])
    if not 1 <= len(options) <= choice.pick or len(set(options)) < len(options):
        raise Refused("too_many_options", pick=choice.pick)
    running = next((each for each in document.choices if each.choice == name and each.since <= at < each.until), None)
    if running is not None:
        if set(running.picked) == set(options):
            return document
        raise Refused("choice_locked", until=ZoneCalendar(definition.time_zone).local(running.until).isoformat())
    fresh = Chosen(name, options, at, _locked_until(definition, choice, at))
    return msgspec.structs.replace(document, choices=newest_periods((*document.choices, fresh)))


def _locked_until(definition: Definition, choice: Choice, at: Instant) -> Instant:
    calendar = ZoneCalendar(definition.time_zone)
    if choice.locked is None:
        return calendar.moved(at, Moment.END_OF_MONTH)
    return calendar.shifted(at, choice.locked)


def _plan(definition: Definition, name: str) -> Plan:
    plan = definition.membership.plan(name)
    if plan is None:
        raise Refused("plan_unknown", name=name[:24])
    return plan


def _with_plan(
    definition: Definition, document: MemberDocument, plan: Plan, at: Instant, *, is_trial: bool
) -> MemberDocument:
    """A paid period follows the one that runs; a trial is for those who have never had the plan."""
    calendar = ZoneCalendar(definition.time_zone)
    length: Duration | None = plan.trial if is_trial else plan.every
    if length is None:
        raise Refused("no_trial", name=plan.name)
    if is_trial and any(each.plan == plan.name for each in document.plans):
        raise Refused("trial_used", name=plan.name)
    since = at
    while (running := paid_period(definition, document, plan.name, since)) is not None:
        since = running.until
    fresh = PlanPeriod(plan.name, since, calendar.shifted(since, length), 0 if is_trial else plan.fee, is_trial)
    plans = newest_periods((*document.plans, fresh))
    if any(each.until > at and each not in plans for each in document.plans):
        raise Refused("plan_paid_far_ahead", most=len(plans))
    return msgspec.structs.replace(document, plans=plans)


def _without_fee(definition: Definition, document: MemberDocument, name: str, at: Instant) -> MemberDocument:
    """Of the period that runs; told again, of one that has been refunded already, nothing changes."""
    paid = [each for each in document.periods(_plan(definition, name).name, at) if not each.is_trial]
    if not paid:
        raise Refused("plan_not_paid", name=name)
    open_ones = [each for each in paid if each.refunded_at is None]
    if not open_ones:
        return document
    refunded = msgspec.structs.replace(open_ones[-1], refunded_at=at)
    plans = tuple(refunded if each is open_ones[-1] else each for each in document.plans)
    return msgspec.structs.replace(document, plans=plans)
