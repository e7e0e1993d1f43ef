"""What levels count, as people write it: "money spent", "300 beans earned", "3 effective referrals ever"."""

import re
from collections.abc import Mapping

from chalicelib.programs.tiers import (
    CategoriesUsed,
    Lifetime,
    Measure,
    MoneySpent,
    Orders,
    PointsEarned,
    Referrals,
    Threshold,
    Units,
    Visits,
)
from chalicelib.programs.values import Unclear, nearest, whole
from chalicelib.programs.vocabulary import Vocabulary

_EARNED = re.compile(r"(.+) earned")
_UNITS = re.compile(r"units? of (.+)")
_SPENT = re.compile(r"(.+) spent")
_COUNTED = re.compile(r"([0-9]+) (.+)")
_ONE_OR_MORE: Mapping[str, Measure] = {
    "orders": Orders(),
    "order": Orders(),
    "visits": Visits(),
    "visit": Visits(),
    "effective referrals": Referrals(),
    "effective referral": Referrals(),
}
_MEASURES: Mapping[str, Measure] = {"money spent": MoneySpent(), **_ONE_OR_MORE}
_CATEGORIES = ("categories used", "category used")


class Gauge:
    """Reads measures and thresholds. `categories`: those that "categories used" counts."""

    def __init__(self, words: Vocabulary, categories: tuple[str, ...]) -> None:
        self.words = words
        self.categories = categories

    def measure(self, text: str) -> Measure:
        """ "beans earned", "money spent", "orders", "visits", "units of nights", "categories used"..."""
        if text in _MEASURES:
            return _MEASURES[text]
        if text in _CATEGORIES:
            return self._used()
        if match := _UNITS.fullmatch(text):
            return Units(match[1])
        match = _EARNED.fullmatch(text)
        if match is None:
            earned = f"{self.words.example} earned"
            known = (earned, *_MEASURES, "categories used")
            more = '"orders", "visits", "units of ...", "categories used", "effective referrals"'
            raise Unclear(f'"{earned}", "money spent" or one of: {more}', nearest(text, known))
        return PointsEarned(self.words.currency(match[1]))

    def plain(self, text: str, measure: Measure) -> int:
        """Where a level begins, when the tiers say what is counted: "300", "300 beans", "1000 EUR", "5 orders"."""
        match measure:
            case MoneySpent():
                return 0 if text == "0" else self.words.amount(text)
            case _ if text.isdigit():
                return whole(text)
            case PointsEarned(currency):
                points = self.words.points(text)
                if points.currency != currency:
                    raise Unclear(f"{currency}, which the tiers measure")
                return points.points
            case _:
                match = _COUNTED.fullmatch(text)
                if match is None or _ONE_OR_MORE.get(match[2]) != measure:
                    raise Unclear("a whole number such as 10")
                return whole(match[1])

    def threshold(self, text: str) -> Threshold:
        """ "10000 RUB spent", "3 effective referrals", "100 units of nights ever". Raises Unclear."""
        window = Lifetime() if text.endswith(" ever") else None
        told = text.removesuffix(" ever")
        if match := _SPENT.fullmatch(told):
            return Threshold(MoneySpent(), self.words.amount(match[1]), window)
        if match := _EARNED.fullmatch(told):
            points = self.words.points(match[1])
            return Threshold(PointsEarned(points.currency), points.points, window)
        match = _COUNTED.fullmatch(told)
        if match is None or (measure := self._counted(match[2])) is None or not whole(match[1]):
            example = f'"{100 if not self.words.money else f"100 {self.words.money}"} spent"'
            raise Unclear(f'what is needed, such as {example}, "5 orders" or "3 effective referrals"')
        return Threshold(measure, whole(match[1]), window)

    def _counted(self, what: str) -> Measure | None:
        if what in _CATEGORIES:
            return self._used()
        units = _UNITS.fullmatch(what)
        return _ONE_OR_MORE.get(what) if units is None else Units(units[1])

    def _used(self) -> CategoriesUsed:
        if not self.categories:
            raise Unclear("the key categories beside measure: which ones are counted")
        return CategoriesUsed(self.categories)
