"""A year of a shop that never was, for pages that people look at."""

from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

from chalicelib.ledger.liability import Owed
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.nps import Score
from chalicelib.programs.reading import read
from chalicelib.programs.results.figures import Figures, MonthFigures, Period
from chalicelib.services.owing import Liability
from chalicelib.services.reporting import Told
from chalicelib.services.verifying import Found

_ZONE = ZoneCalendar("Europe/Berlin")
_GALLERY = Path(__file__).resolve().parents[2] / "programs"

MONTHS = [
    MonthFigures(
        name=f"2026-{number:02d}",
        sales=Fraction(300_000_00 + 40_000_00 * (number % 5)),
        orders=8_000 + 900 * (number % 4),
        active=3_000 + 250 * number,
        issued=Counter(beans=320_000 + 10_000 * number),
        used=Counter(beans=90_000 + 15_000 * (number % 6)),
        expired=Counter(beans=5_000 * (number // 4)),
        used_worth=Fraction(5 * (90_000 + 15_000 * (number % 6))),
    )
    for number in range(1, 13)
]


def sample(*, nps: bool = True) -> Told:
    """Figures that fill every place of a report."""
    told = Figures(
        members=12_345, guests=678, left=42, buyers=9_876, repeaters=5_432, engaged=8_888, inactive=3_100,
        orders=sum(month.orders for month in MONTHS), sales=sum((month.sales for month in MONTHS), Fraction(0)),
        lifetime_sales=Fraction(1_234_567_89), rewarded=2_222, first_reward_days=Fraction(97, 2),
        issued={"beans": 4_000_000}, used={"beans": 1_500_000}, expired={"beans": 120_000},
        used_worth=sum((month.used_worth for month in MONTHS), Fraction(0)), months=MONTHS,
    )  # fmt: skip
    owed = Liability("beans", (), Fraction(1), Fraction(5), Owed(2_380_000, Fraction(1_500_000), Fraction(7_500_000)))
    definition = read((_GALLERY / "bean-street.yaml").read_text(encoding="utf-8"), file="bean-street.yaml")
    period = Period(_ZONE.start(date(2026, 1, 1)), _ZONE.start(date(2026, 12, 31)), _ZONE)
    score = Score(100, 60, 40) if nps else None
    return Told(definition, period, told, (owed,), score, Found(0, 0, 0, ()))
