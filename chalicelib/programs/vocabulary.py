"""The words a definition brings along itself: its money and the names of its points."""

import re
from fractions import Fraction

from chalicelib.errors import Malformed
from chalicelib.money import exponent, minor_units
from chalicelib.programs.definition import Fixed, Give, Percent, PerItem, PerStep
from chalicelib.programs.membership import Membership
from chalicelib.programs.values import Unclear, money, money_code, nearest, percent, whole

_PER_STEP = re.compile(r"([0-9]+) (.+?) per (.+)")
_PER_ITEM = re.compile(r"([0-9]+ .+) per item")
_PERCENT = re.compile(r"(\S+ ?%) as (.+)")
_POINTS = re.compile(r"([0-9]+) (.+)")


class Vocabulary:
    """What is known so far while a definition is read.

    money: the code of the first money that was named; every other one must be the same
    membership: what is kept of members, once it was read
    activities, perks: names of those that the definition declares itself
    """

    def __init__(self) -> None:
        self.money = ""
        self.membership = Membership()
        self.activities: list[str] = []
        self.perks: list[str] = []
        self._names: dict[str, str] = {}

    def learn(self, key: str, names: list[str]) -> None:
        """A currency and all its forms: "bean", "beans", "зерно". Raises Unclear for a name that others have."""
        for name in (key, *names):
            if self._names.setdefault(name.lower(), key) != key:
                raise Unclear(f'names that no other points have (not "{name}")')

    def take_money(self, code: str) -> str:
        """The program's money. Raises Unclear for a second one."""
        code = money_code(code)
        self.money = self.money or code
        if code != self.money:
            raise Unclear(f"{self.money}, the money of this program")
        return code

    def worth(self, text: str) -> Fraction:
        """ "0.05 EUR" in minor units; a fraction of one is allowed."""
        amount, code = money(text)
        value = Fraction(amount) * Fraction(10 ** exponent(self.take_money(code)))
        if value <= 0:
            raise Unclear("money above zero such as 0.05 EUR")
        return value

    def amount(self, text: str) -> int:
        """ "2.50 EUR" in whole minor units, above zero."""
        amount, code = money(text)
        self.take_money(code)
        try:
            value = minor_units(amount, code)
        except Malformed as error:
            raise Unclear(f"an amount that can be paid in {code}") from error
        if value <= 0:
            raise Unclear(f"money above zero such as 1 {code}")
        return value

    def currency(self, name: str) -> str:
        """The key of the currency that is called `name`, in any number and language of its names."""
        key = self._names.get(name.strip().lower())
        if key is None:
            raise Unclear(f"a name of points ({', '.join(sorted(self._names))})", nearest(name, self._names))
        return key

    def points(self, text: str) -> Fixed:
        """ "20 beans"."""
        match = _POINTS.fullmatch(text)
        if match is None or whole(match[1]) == 0:
            raise Unclear(f"points such as 20 {self.example}")
        return Fixed(whole(match[1]), self.currency(match[2]))

    def give(self, text: str) -> Give:
        """ "1 bean per 1 EUR", "1 bean per item", "5% as beans" or "20 beans"."""
        if match := _PER_ITEM.fullmatch(text):
            fixed = self.points(match[1])
            return PerItem(fixed.points, fixed.currency)
        if match := _PER_STEP.fullmatch(text):
            points = self.points(f"{match[1]} {match[2]}")
            return PerStep(points.points, self.amount(match[3]), points.currency)
        if match := _PERCENT.fullmatch(text):
            share = percent(match[1])
            if not share:
                raise Unclear("a share above zero such as 5%")
            return Percent(share, self.currency(match[2]))
        try:
            return self.points(text)
        except Unclear as unclear:
            name = self.example
            expected = f'"1 {name} per 1 EUR", "5% as {name}" or "20 {name}"'
            raise Unclear(unclear.expected if unclear.nearest else expected, unclear.nearest) from unclear

    @property
    def example(self) -> str:
        """A name of points, for messages."""
        return next(iter(self._names.values()), "points")
