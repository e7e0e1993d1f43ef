"""What must hold of the member, or of the moment, so that a rule counts."""

from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.ledger.member_document import Value
from chalicelib.programs.durations import Duration

Test = Literal["is", "is not", "was", "at least", "below"]
Group = Literal["pilot", "holdout"]


class OrderNumber(msgspec.Struct, frozen=True):
    """The member's `number`-th order, or with `every` each such one: the tenth, the twentieth..."""

    number: int
    every: bool = False


class BirthdayWindow(msgspec.Struct, frozen=True):
    """Days around the birthday, the day itself included.

    only_first: only the first order in it      known_for: days for which the birthday must have been known by that day
    leap_day: when somebody born on 29 February has birthday in a common year
    """

    before: int = 0
    after: int = 0
    known_for: int = 0
    only_first: bool = True
    leap_day: Literal["28 February", "1 March"] = "28 February"


class AttributeTest(msgspec.Struct, frozen=True):
    """What an attribute must be. An attribute of which nothing is known fulfils no test."""

    name: str
    test: Test
    value: Value


class Age(msgspec.Struct, frozen=True):
    """Completed years: from `least`, and below `below`; None for no bound."""

    least: int | None = None
    below: int | None = None


class ManyOrders(msgspec.Struct, frozen=True):
    """The order is the `count`-th or a later one in the last `within`."""

    count: int
    within: Duration


class MoneyBefore(msgspec.Struct, frozen=True):
    """Orders of the last `within`, without this one, brought at least `amount` minor units that earn."""

    amount: int
    within: Duration


class InGroup(msgspec.Struct, frozen=True):
    """Drawn into the pilot or the holdout; with `is_in` false, not drawn."""

    group: Group
    is_in: bool


class Surprise(msgspec.Struct, frozen=True):
    """A share of all orders, drawn by their names and a seed."""

    share: Fraction
    seed: str


class MemberWhen(msgspec.Struct, frozen=True):
    """Conditions on who the member is and what the member did, all of which must hold. Empty: everybody, always.

    joined_within: since the account's first entry      in_lists: on one of these      not_in: on none of these
    levels, plans: one of them      without_plans: none of them      chosen: an option that the member has picked
    back_after: no order for so long, although there was one before      once_in: not given again within that time
    any_of: at least one of these blocks holds
    """

    joined_within: Duration | None = None
    order_number: OrderNumber | None = None
    birthday: BirthdayWindow | None = None
    in_lists: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    attributes: tuple[AttributeTest, ...] = ()
    age: Age | None = None
    levels: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    without_plans: tuple[str, ...] = ()
    chosen: str = ""
    back_after: Duration | None = None
    orders_within: ManyOrders | None = None
    spent: MoneyBefore | None = None
    group: InGroup | None = None
    surprise: Surprise | None = None
    once_in: Duration | None = None
    any_of: tuple["MemberWhen", ...] = ()

    @property
    def asks_document(self) -> bool:
        """Does it need to know more of the member than the account says?"""
        asked = (self.birthday, self.age, self.in_lists, self.not_in, self.attributes, self.plans, self.without_plans)
        return any(asked) or bool(self.chosen) or any(each.asks_document for each in self.any_of)

    @property
    def asks_birthday(self) -> bool:
        """Does it need to know when the member was born?"""
        return self.birthday is not None or self.age is not None or any(each.asks_birthday for each in self.any_of)
