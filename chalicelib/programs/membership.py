"""What a program keeps of its members beside points: attributes, lists, choices, paid plans, groups, standing benefits.

Rules may only ask for what is declared here.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.programs.durations import Duration
from chalicelib.programs.member_when import Group, MemberWhen

Titles = Mapping[str, str]
"""A name by language, see `titles`."""

Kind = Literal["text", "whole number", "money", "date", "yes or no"]
KINDS: tuple[Kind, ...] = ("text", "whole number", "money", "date", "yes or no")

MOST_ATTRIBUTES = 12
MOST_LISTS = 12
MOST_CHOICES = 4
MOST_OPTIONS = 24
MOST_PLANS = 4
MOST_BENEFITS = 12
LONGEST_NAME = 24
LONGEST_VALUE = 40
NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
"""Of an attribute, a list, an option, a plan: it is stored with members, so it is short."""


class Choice(msgspec.Struct, frozen=True):
    """Members pick up to `pick` of the options; those in `always` are theirs without picking.

    locked: how long what was picked holds and cannot be changed; None: to the end of the calendar month
    """

    name: str
    options: tuple[str, ...]
    pick: int
    always: tuple[str, ...] = ()
    locked: Duration | None = None


class Plan(msgspec.Struct, frozen=True):
    """A membership that is paid for: `fee` minor units for each `every`, after a trial if there is one.

    refund_ends: does a refunded fee end the plan at once? Otherwise what has begun runs out
    """

    name: str
    fee: int
    every: Duration
    trial: Duration | None = None
    refund_ends: bool = True


class Drawn(msgspec.Struct, frozen=True):
    """Members drawn by lot: those whose bucket, made of the account's name and the salt, is below `share` of 100."""

    share: int
    salt: str


class Benefit(msgspec.Struct, frozen=True):
    """Something that members have as long as conditions hold. `name` is what they read."""

    name: str
    while_: MemberWhen


class Draw(msgspec.Struct, frozen=True):
    """A prize draw: each of the points is a ticket.

    closes: the local day ("2026-06-01") at whose start the tickets are counted
    commitment: SHA-256 of the seed in hex, which is told before; the seed itself is told with the winners
    """

    name: str
    tickets: str
    closes: str
    winners: int
    commitment: str


class Membership(msgspec.Struct, frozen=True):
    """All of it. Empty: nothing is kept of anybody.

    names: what declared words are called where members read them, by language; otherwise as they are written
    """

    attributes: Mapping[str, Kind] = msgspec.field(default_factory=dict)
    lists: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    plans: tuple[Plan, ...] = ()
    groups: Mapping[Group, Drawn] = msgspec.field(default_factory=dict)
    benefits: tuple[Benefit, ...] = ()
    draws: tuple[Draw, ...] = ()
    names: Mapping[str, Titles] = msgspec.field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that is declared here and may be called something else."""
        options = [option for choice in self.choices for option in choice.options]
        blocks = (self.choices, self.plans, self.draws)
        return (*self.attributes, *self.lists, *options, *(each.name for block in blocks for each in block))

    def choice_of(self, option: str) -> Choice | None:
        """The choice that has an option; options belong to one choice each."""
        return next((choice for choice in self.choices if option in choice.options), None)

    def choice(self, name: str) -> Choice | None:
        """The choice that is called so."""
        return next((choice for choice in self.choices if choice.name == name), None)

    def plan(self, name: str) -> Plan | None:
        """The plan that is called so."""
        return next((plan for plan in self.plans if plan.name == name), None)


def percent_of(share: Fraction) -> int | None:
    """A share as whole percents between 1 and 99; None for any other."""
    whole = share * 100
    return int(whole) if whole.denominator == 1 and 0 < whole < 100 else None
