"""Programs of the simulator: a few numbers that make both a definition and, independently, what an order is worth."""

import random
from dataclasses import dataclass, replace

from chalicelib.events import Amounts

PROGRAM = "harbour"
CURRENCY = "shells"

_TEXT = """
program: harbour
mode: {mode}
business: {{name: Harbour, legal_name: Harbour Ltd, contact: hello@harbour.example, privacy: "https://harbour.example/p"}}
time_zone: Europe/Berlin
languages: [en]
guests: {guests}
currencies:
  shells:
    names: {{en: {{one: shell, other: shells}}}}
    worth: 0.05 EUR
    available: {available}
    expires: {expires}
earn:
  base:
    {{of: goods, tax: included, shipping: excluded, discounts: deducted, gift_cards: excluded,
      paid_with_points: excluded}}
  rules:
    - {{name: every step, give: {give} shells per {step} EUR, rounding: {{down: per order}}{bound}}}
    - {{name: a review, on: review.created, give: {review} shells, once_per: object{review_bound}}}
tiers:
  measure: shells earned
  window: {{rolling: {window}, grain: month}}
  levels:
    - {{name: Sand, from: 0}}
    - {{name: Silver, from: 300, multiply: {silver}}}
    - {{name: Gold, from: 1000, multiply: {gold}}}
  downgrade: {downgrade}
refunds: {{when_spent: negative balance, after_expiry: forgive, restore_grace: 14 days}}
redeem: {{pay: {{min: 1 shells, at_most: 100% of goods}}}}
adjustments: {{at_most: {adjusted} shells per day}}
transfers: {{allowed: yes, min: 2 shells, at_most: {transferred} shells per day}}
card: {{background: "#103040", text: "#ffffff", label: "#80c0d0"}}
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """One version. `give` points for every `step` euros; levels multiply by hundredths.

    bound, review_bound: the limit or budget of a rule as the definition says it, "" for none
    adjusted, transferred: the most points that one person moves by hand in a day
    """

    give: int = 1
    step: int = 1
    review: int = 20
    silver: int = 125
    gold: int = 200
    available: str = "at once"
    expires: str = "{after: 12 months, at: end of month}"
    window: str = "12 months"
    downgrade: str = "at once"
    guests: str = "{keep: 90 days}"
    mode: str = "live"
    bound: str = ""
    review_bound: str = ""
    adjusted: int = 5_000
    transferred: int = 500

    def text(self) -> str:
        """The definition."""
        times = {"silver": f"{self.silver / 100:.2f}", "gold": f"{self.gold / 100:.2f}"}
        return _TEXT.format(**{name: getattr(self, name) for name in self.__slots__} | times)

    def worth(self, whole: Amounts, back: Amounts, tier: str) -> int:
        """Points of an order, in plain arithmetic: goods that stayed, without what was paid with points."""
        stayed = max(0, whole.goods - back.goods) - max(0, whole.points_paid - back.points_paid)
        steps = max(0, stayed) // (100 * self.step)
        times = {"Silver": self.silver, "Gold": self.gold}.get(tier, 100)
        return steps * self.give * times // 100


_LIVES = (
    ("at once", "{after: 12 months, at: end of month}"),
    ("at once", "{after: 1 months, at: end of month}"),
    ("at once", "{after: 3 days}"),
    ("at once", "{after: 20 days}"),
    ("at once", "{after: 2 months, without: activity}"),
    ("{after: 14 days}", "{after: 2 months}"),
    ("{after: 14 days}", "{after: 12 months, at: end of month}"),
    ("{after: 2 days, from: delivery}", "{after: 12 months, at: end of month}"),
    ("{after: 2 days, from: delivery}", "never"),
)
"""When points can be used, and until when."""


_BOUNDS = (
    "",
    "",
    ", at_most: 60 shells per month",
    ", at_most: 400 shells per month",
    ", at_most: 400 shells per day",
    ", at_most: 2000 shells per lifetime",
    ", budget: {of: 900 shells, when_short: partial}",
    ", budget: {of: 6000 shells, when_short: partial}",
    ", budget: {of: 3000 shells, when_short: all or nothing}",
)
"""What bounds the points of several orders together."""

_REVIEW_BOUNDS = ("", "", ", at_most: 30 shells per month", ", budget: {of: 130 shells, when_short: partial}")


def some_rules(rng: random.Random) -> Rules:
    """The rules with which a world begins."""
    available, expires = rng.choice(_LIVES)
    return Rules(
        give=rng.choice((1, 1, 2, 7)),
        step=rng.choice((1, 1, 3, 10)),
        available=available,
        expires=expires,
        window=rng.choice(("12 months", "2 months", "12 months")),
        downgrade=rng.choice(("at once", "{grace: 30 days}")),
        guests=rng.choice(("{keep: 90 days}", "{keep: 90 days}", "{keep: 90 days}", "ignore")),
        mode=rng.choice(("live", "test")),
        bound=rng.choice(_BOUNDS),
        review_bound=rng.choice(_REVIEW_BOUNDS),
        adjusted=rng.choice((300, 5_000)),
        transferred=rng.choice((100, 500, 10_000)),
    )


def changed_rules(rules: Rules, rng: random.Random) -> Rules:
    """Another version: other prices, sometimes other lots and other levels."""
    give, step, silver = rng.choice((1, 2, 3, 5)), rng.choice((1, 2, 5)), rng.choice((110, 125, 200))
    changed = replace(rules, give=give, step=step, silver=silver)
    if rng.random() < 0.4:
        available, expires = rng.choice(_LIVES)
        changed = replace(changed, available=available, expires=expires)
    if rng.random() < 0.4:
        changed = replace(changed, bound=rng.choice(_BOUNDS), review_bound=rng.choice(_REVIEW_BOUNDS))
    if rng.random() < 0.3:
        fresh = some_rules(rng)
        changed = replace(changed, window=fresh.window, downgrade=fresh.downgrade)
    return changed
