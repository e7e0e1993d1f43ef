"""Why a row of the history is there, in the reader's language.

    reason(row, program, currency, language)   "Earned for order #1001: 45 beans" and "1 bean per €1, Silver × 1.25"

Only what the row itself says is told: no id of ours, nothing about anybody else.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.cards.history import HistoryRow, LevelChange
from chalicelib.cards.reason_words import WORDS
from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.programs import wording
from chalicelib.programs.activity_texts import says
from chalicelib.programs.days import day, time_of_day
from chalicelib.programs.definition import (
    ActivityRule,
    Definition,
    Fixed,
    OrderRule,
    Percent,
    PerItem,
    PerStep,
    Steps,
    Times,
)
from chalicelib.programs.groups import Group
from chalicelib.programs.limits import Budget, Limit
from chalicelib.programs.pricing import multiplier
from chalicelib.programs.program import Program
from chalicelib.programs.progress import threshold_of
from chalicelib.programs.rewards import PAID_OFF, PAID_OUT
from chalicelib.programs.tier_texts import amount_words
from chalicelib.programs.tiers import (
    CalendarWindow,
    FromEntry,
    Lifetime,
    MembershipWindow,
    MoneySpent,
    PointsEarned,
    PreviousWindow,
    RollingWindow,
    Threshold,
    Tiers,
    Window,
)
from chalicelib.programs.titles import title

MINUS = "\N{MINUS SIGN}"


class Reason(msgspec.Struct, frozen=True):
    """what: what happened, with its number      why: the reason, never empty"""

    what: str
    why: str

    @property
    def sentence(self) -> str:
        """Both in one line."""
        return f"{self.what} ({self.why})"


def reason(row: HistoryRow, program: Program, currency: str, language: str) -> Reason:
    """What a row says. `language`: one that we write; see programs.texts.spoken."""
    return _Teller(program, program.latest.definition, currency, WORDS[language], language).told(row)


def names_of(program: Program, currency: str) -> wording.Forms:
    """What points are called, also those that the newest version no longer knows."""
    newest_first = sorted(program.versions, key=lambda version: -version.published_at)
    kinds = (kind for version in newest_first for kind in version.definition.currencies)
    return next(kind.names for kind in kinds if kind.key == currency)


class _Teller(msgspec.Struct, frozen=True):
    program: Program
    definition: Definition
    currency: str
    words: Mapping[str, str]
    language: str

    def told(self, row: HistoryRow) -> Reason:
        key = f"{row.what}.name" if row.name and f"{row.what}.name" in self.words else row.what
        level = row.level.level if row.level else ""
        head = self._say(
            key, name=row.name, points=self._points(row.amount), signed=self._signed(row.points), level=level
        )
        return Reason(head, self._why(row))

    def _why(self, row: HistoryRow) -> str:
        match row.what:
            case "earned" | "reviewed" | "did":
                why = self._priced(row)
            case "taken_back":
                why = self._taken_back(row)
            case "level":
                why = self._level(row)
            case "redeemed" | "restored" if row.rules:
                why = self._exchanged(row)
            case "adjusted" if row.name:
                why = row.name
            case what:
                moment = self._moment(row.day, row.posted_at) if row.day else ""
                why = self._say(f"why.{what}", day=self._last_day(row), moment=moment, count=self._points(row.amount))
        return why

    def _priced(self, row: HistoryRow) -> str:
        """The rules that gave these points, as they were written in the version that priced them."""
        try:
            definition = self.program.version(row.version).definition
        except Broken:
            definition = self.definition
        named = [
            rule for rule in definition.earn.rules if rule.name in row.rules and rule.give.currency == self.currency
        ]
        parts = [", ".join([self._rule(rule, definition), *self._bounds(rule, definition)]) for rule in named]
        times = multiplier(definition, row.tier)
        if times != 1 and any(isinstance(rule, OrderRule) for rule in named):
            parts.append(self._say("rule.tier", tier=row.tier, times=wording.number(times, self.language)))
        if row.day == NEVER:
            parts.append(self._say("ripens.never"))
        elif row.day is not None:
            parts.append(self._say("ripens", moment=self._moment(row.day, row.posted_at)))
        return "; ".join(parts) if parts else self._say("why.earned")

    def _exchanged(self, row: HistoryRow) -> str:
        """What the points were for, in the words of the version that set the price."""
        (key,) = row.rules
        if key in (PAID_OUT, PAID_OFF):
            what = self._say(f"for.{key}")
        else:
            try:
                offers = self.program.version(row.version).definition.offers
            except Broken:
                offers = self.definition.offers
            known = offers.reward(key) or offers.voucher(key)
            what = self._say("for.reward", name=title(known.names, self.language) if known is not None else key)
        return what if row.what == "redeemed" else self._say("for.undone", what=what)

    def _rule(self, rule: OrderRule | ActivityRule, definition: Definition) -> str:
        if isinstance(rule, ActivityRule):
            deed = says(definition, rule.activity, self.language)
            return self._say("rule.activity", points=self._points(rule.give.points), deed=deed)
        words: dict[str, str] = {}
        match rule.give:
            case PerStep(count, step):
                phrase, money = "rule.step", wording.money(step, definition.money, self.language)
                words = {"points": self._points(count), "money": money}
            case Percent(share):
                phrase, words = "rule.percent", {"share": wording.share(share, self.language)}
            case Fixed(count):
                phrase, words = "rule.fixed", {"points": self._points(count)}
            case PerItem(count):
                phrase, words = "rule.item", {"points": self._points(count)}
            case Times(factor):
                phrase, words = "rule.times", {"times": wording.number(factor, self.language)}
            case Steps():
                phrase = "rule.steps"
        return self._say(phrase, **words)

    def _bounds(self, rule: OrderRule | ActivityRule, definition: Definition) -> list[str]:
        """What may be why it was less than the rule gives otherwise: its own bounds, and those of its group."""
        if isinstance(rule, ActivityRule):
            return self._limit(rule.limit)
        bounds: list[str] = []
        both: list[OrderRule | Group] = [rule]
        both += [group for group in definition.earn.groups if group.name == rule.group]
        for bounded in both:
            if bounded.at_most is not None:
                bounds.append(self._say("most.order", points=self._points(bounded.at_most)))
            if bounded.share is not None:
                bounds.append(self._say("most.share", share=wording.share(bounded.share, self.language)))
            bounds += self._limit(bounded.limit)
        return bounds

    def _limit(self, limit: Limit | Budget | None) -> list[str]:
        match limit:
            case Limit(points, span):
                return [self._say(f"most.{span}", points=self._points(points))]
            case Budget(points):
                return [self._say("most.budget", points=self._points(points))]
            case None:
                return []

    def _taken_back(self, row: HistoryRow) -> str:
        number = wording.number
        why = (
            self._say("why.taken_back")
            if row.of is None
            else self._say(
                "why.taken_back.of", count=number(row.amount, self.language), of=number(row.of, self.language)
            )
        )
        if not row.forgiven:
            return why
        return f"{why}; {self._say('why.forgiven', count=number(row.forgiven, self.language))}"

    def _level(self, row: HistoryRow) -> str:
        change, tiers = row.level, self.program.in_force(row.posted_at).definition.tiers
        if change is None or tiers is None or not change.needs:
            return self._say("why.level.gone")
        threshold = threshold_of(tiers, change.metrics)
        if threshold is None:
            return change.said or self._say("why.level.given")
        return self._reached(change, tiers, threshold)

    def _reached(self, change: LevelChange, tiers: Tiers, threshold: Threshold) -> str:
        window, measure = self._window(threshold.window or tiers.window), threshold.measure
        reached = amount_words(self.definition, measure, change.reached, self.language)
        needed = amount_words(self.definition, measure, change.needed, self.language)
        match measure:
            case PointsEarned():
                key, needed = "why.level.points", wording.number(change.needed, self.language)
            case MoneySpent():
                key = "why.level.money"
            case _:
                key = "why.level.points"
        return self._say(key, reached=reached, window=window, needs=change.needs, needed=needed)

    def _window(self, window: Window) -> str:
        match window:
            case RollingWindow(length) | FromEntry(length):
                return self._say("window.rolling", length=wording.length(length, self.language))
            case CalendarWindow(period) | PreviousWindow(period):
                return self._say(f"window.{period}")
            case MembershipWindow():
                return self._say("window.membership")
            case Lifetime():
                return self._say("window.lifetime")

    def _last_day(self, row: HistoryRow) -> str:
        """The last local day on which points that end at `row.day` can be used."""
        return day((row.day or row.posted_at) - 1, self.definition.time_zone, self.language)

    def _moment(self, at: Instant, said_at: Instant) -> str:
        """A time of day for the same day, else the day."""
        zone = self.definition.time_zone
        that, this = day(at, zone, self.language), day(said_at, zone, self.language)
        return time_of_day(at, zone, self.language) if that == this else that

    def _points(self, count: int) -> str:
        return wording.points(self._names(self.currency), count, self.language)

    def _signed(self, count: int) -> str:
        return f"{'+' if count > 0 else MINUS if count else ''}{self._points(abs(count))}"

    def _names(self, currency: str) -> wording.Forms:
        return names_of(self.program, currency)

    def _say(self, key: str, **words: str) -> str:
        return self.words[key].format(**words)
