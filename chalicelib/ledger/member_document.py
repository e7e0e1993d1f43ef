"""What is known of a member beside points: attributes, lists, choices, paid plans and the birthday.

Every value carries the instant since which it holds, and a few earlier ones are remembered, so that an order that is
told late finds what held on its own day. An account has one such document at most; most have none.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from chalicelib.events import AccountId, Instant, Reference

REMEMBERED_VALUES = 4
"""Of one attribute or one list: the newest ones."""
REMEMBERED_PERIODS = 6
"""Of all choices, and of all plans together."""
MOST_JOINED = 8

Value = str | int | bool
"""A text, a whole number, or yes or no; a date is a text such as "2026-03-01"."""


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value and since when it holds; None: it has none any more."""

    since: Instant
    value: Value | None = None


class Birthday(msgspec.Struct, frozen=True, omit_defaults=True):
    """The day a member was born ("1990-02-28"), since when it is filled in, and the year of its last change."""

    day: str
    since: Instant
    changed_in: int = 0


class Chosen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a member picked of a choice, for as long as it is locked."""

    choice: str
    picked: tuple[str, ...]
    since: Instant
    until: Instant


class PlanPeriod(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of a paid plan. It counts from `since` until `until`, or until its fee was refunded if that ends it.

    fee: what was paid, in minor units of the program's money; 0 for a trial
    """

    plan: str
    since: Instant
    until: Instant
    fee: int = 0
    is_trial: bool = False
    refunded_at: Instant | None = None


class MemberDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="member", tag_field="kind"):
    """What is known of the member to whom an account belongs. Nothing here leads to a person by itself.

    attributes, lists: by name, oldest value first; being on a list is yes or no
    joined: accounts that became one with this one, from whose documents this one was completed
    """

    reference: Reference
    account: AccountId
    revision: int = 0
    attributes: Mapping[str, tuple[Known, ...]] = {}
    lists: Mapping[str, tuple[Known, ...]] = {}
    choices: tuple[Chosen, ...] = ()
    plans: tuple[PlanPeriod, ...] = ()
    birthday: Birthday | None = None
    joined: tuple[AccountId, ...] = ()

    def attribute(self, name: str, at: Instant) -> Value | None:
        """The value that held at an instant; None when none is known of then."""
        return _held(self.attributes.get(name, ()), at)

    def was(self, name: str, value: Value, at: Instant) -> bool:
        """Did the attribute have this value at an instant, or at any time before that is remembered?"""
        return any(known.value == value for known in self.attributes.get(name, ()) if known.since <= at)

    def is_on(self, name: str, at: Instant) -> bool:
        """Was the member on the list at an instant?"""
        return _held(self.lists.get(name, ()), at) is True

    def picked(self, choice: str, at: Instant) -> tuple[str, ...]:
        """What was picked of a choice and held at an instant."""
        return next(
            (each.picked for each in self.choices if each.choice == choice and each.since <= at < each.until), ()
        )

    def periods(self, plan: str, at: Instant) -> tuple[PlanPeriod, ...]:
        """The plan's periods that an instant falls into, whatever became of their fees; usually one."""
        return tuple(each for each in self.plans if each.plan == plan and each.since <= at < each.until)


def member_reference(account: AccountId) -> Reference:
    """An account's only document of this kind."""
    return Reference(f"member/{account}")


def unknown(account: AccountId) -> MemberDocument:
    """A member of whom nothing is known."""
    return MemberDocument(member_reference(account), account)


def remembered(values: tuple[Known, ...], known: Known) -> tuple[Known, ...]:
    """The values with one more, in the order of time; of two for the same instant the new one stays."""
    others = tuple(each for each in values if each.since != known.since)
    return tuple(sorted((*others, known), key=lambda each: each.since))[-REMEMBERED_VALUES:]


def completed(own: MemberDocument, other: MemberDocument) -> MemberDocument:
    """The document of the account that stays, with what only the other one knows. What both know stays as it was."""
    return msgspec.structs.replace(
        own,
        attributes={**other.attributes, **own.attributes},
        lists={**other.lists, **own.lists},
        choices=newest_periods((*own.choices, *(each for each in other.choices if not _meets(each, own.choices)))),
        plans=newest_periods((*own.plans, *(each for each in other.plans if each not in own.plans))),
        birthday=own.birthday or other.birthday,
        joined=tuple(dict.fromkeys((*own.joined, other.account, *other.joined)))[:MOST_JOINED],
    )


def erased(document: MemberDocument) -> MemberDocument:
    """The document without anything personal. What was paid for plans stays, as the books need it."""
    return msgspec.structs.replace(document, attributes={}, lists={}, choices=(), birthday=None)


Period = TypeVar("Period", Chosen, PlanPeriod)


def newest_periods(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """As many as are remembered, by their ends: one that runs is not forgotten for one that is over."""
    return tuple(sorted(periods, key=lambda each: (each.until, each.since)))[-REMEMBERED_PERIODS:]


def _meets(one: Chosen, others: tuple[Chosen, ...]) -> bool:
    """Does somebody's choice overlap another one of the same kind?"""
    return any(one.choice == each.choice and one.since < each.until and each.since < one.until for each in others)


def _held(values: tuple[Known, ...], at: Instant) -> Value | None:
    value = None
    for known in values:
        if known.since <= at:
            value = known.value
    return value
