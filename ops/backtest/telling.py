"""A report as a person reads it: sentences, figures and tables in one language.

Screen, Markdown and page show the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from chalicelib.programs import wording
from chalicelib.programs.backtest.verdict import WAITS, Comparison, Group
from ops.backtest.assumptions import assumed, left_out
from ops.backtest.report import Report, Result
from ops.backtest.voice import Voice
from ops.backtest.words import MEMBERS, MONTHS

Sign = Literal["black", "red", "unknown"]
_NAMED_MONTHS = 4


@dataclass(frozen=True, slots=True)
class TableText:
    """A table in words. All columns but the first hold figures."""

    key: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class VerdictText:
    """Whether a program stays out of the red, and the sentences that say why."""

    name: str
    sign: Sign
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A whole report in words. `changes` are sentences about members who gain and lose; empty for one program."""

    title: str
    subtitle: str
    verdicts: tuple[VerdictText, ...]
    tables: tuple[TableText, ...]
    changes: tuple[str, ...]
    assumed: tuple[str, ...]
    left_out: tuple[str, ...]

    def table(self, key: str) -> TableText | None:
        """One of the tables; None when this report has none of that kind."""
        return next((table for table in self.tables if table.key == key), None)


def told(report: Report, voice: Voice) -> Story:
    """The report in the voice's language."""
    first, names = report.first, names_of(report)
    title = (
        voice.say("title", program=names[0])
        if report.comparison is None
        else voice.say("title_against", program=names[0], other=names[1])
    )
    months = [voice.month(month.name) for month in first.months] or ["", ""]
    tables = [
        _summary(report, names, voice),
        *(_months(*each, voice) for each in zip(report.results, names, strict=True)),
    ]
    tables += [_levels(report, names, voice)] if any(result.definition.tiers for result in report.results) else []
    tables.append(_waits(report, names, voice))
    changes: tuple[str, ...] = ()
    if report.comparison is not None:
        tables.append(_changes(report.comparison, first.definition.money, names[1], voice))
        changes = _moves(report.comparison, first.definition.money, voice)
    return Story(
        title=title,
        subtitle=voice.say(
            "subtitle",
            orders=voice.number(first.replay.books.orders),
            members=voice.count(MEMBERS, first.reach.members),
            first=months[0],
            last=months[-1],
        ),
        verdicts=tuple(_verdict(result, name, voice) for result, name in zip(report.results, names, strict=True)),
        tables=tuple(tables),
        changes=changes,
        assumed=tuple(assumed(report, voice)),
        left_out=tuple(left_out(report, voice)),
    )


def names_of(report: Report) -> tuple[str, ...]:
    """What to call each program: by whose it is, or by its file where both are one's."""
    names = tuple(result.definition.business.name for result in report.results)
    return names if len(set(names)) == len(names) else tuple(Path(result.file).name for result in report.results)


def _verdict(result: Result, name: str, voice: Voice) -> VerdictText:
    found, money = result.verdict, result.definition.money
    if found.sales <= 0:
        return VerdictText(name, "unknown", (voice.say("no_sales"),))
    if not result.is_worth_known:
        return VerdictText(name, "unknown", (voice.say("unknown_worth"),))
    share = voice.say("share", share=voice.share(found.share_of_sales))
    if found.margin is None or found.left is None:
        least = voice.say("unknown_margin", share=voice.share(found.share_of_sales))
        return VerdictText(name, "unknown", (least, share))
    earned = voice.money(found.sales * found.margin, money)
    if found.left < 0:
        over, cost = voice.money(-found.left, money), voice.money(found.cost, money)
        return VerdictText(name, "red", (voice.say("red", cost=cost, margin=earned, over=over), share))
    sentences = [voice.say("black", left=voice.money(found.left, money), margin=earned), share]
    if found.more_sales and found.more_sales <= 1:
        sentences.append(voice.say("more_sales", more=voice.share(found.more_sales)))
    if red := found.red_months:
        named = ", ".join(voice.month(month) for month in red[:_NAMED_MONTHS])
        end = " ..." if len(red) > _NAMED_MONTHS else "" if named.endswith(".") else "."
        sentences.append(voice.say("red_months", count=voice.count(MONTHS, len(red)), names=named + end))
    return VerdictText(name, "black", tuple(sentences))


def _summary(report: Report, names: Sequence[str], voice: Voice) -> TableText:
    columns = [dict(_facts(result, voice, is_one=len(names) == 1)) for result in report.results]
    rows = tuple((voice.say(key), *(column.get(key, "") for column in columns)) for key in columns[0])
    headings = ("", *(names if len(names) > 1 else ("",)))
    return TableText("summary", voice.say("summary"), headings, rows)


def _facts(result: Result, voice: Voice, *, is_one: bool) -> Iterator[tuple[str, str]]:
    money, found, main = result.definition.money, result.verdict, result.definition.main
    points = result.points(main.key)
    held = result.months[-1].held.get(main.key, 0) if result.months else 0
    figures = {
        "issued": points.issued,
        "redeemed": points.redeemed,
        "expired": points.expired,
        "taken_back": points.taken_back,
        "held": held,
        "debt": points.debt,
    }
    for key, count in figures.items():
        yield f"fact_{key}", wording.points(main.names, count, voice.language) if is_one else voice.number(count)
    yield "fact_used_worth", voice.money(found.used, money)
    yield "fact_open_worth", voice.money(found.open, money)
    yield "fact_cost", voice.money(found.cost, money)
    yield "fact_share", voice.share(found.share_of_sales)
    if found.share_of_margin is not None and found.left is not None:
        yield "fact_margin_share", voice.share(found.share_of_margin)
        yield "fact_left", voice.money(found.left, money)
    reach = result.reach
    yield "fact_reached", voice.share(_ratio(reach.reached, reach.members))
    yield "fact_days", "–" if reach.days is None else voice.number(reach.days)
    yield "fact_orders", "–" if reach.orders is None else voice.number(reach.orders)
    yield "fact_guests", voice.money(result.replay.books.guest_sales, money)


def _months(result: Result, name: str, voice: Voice) -> TableText:
    main, money = result.definition.main, result.definition.money
    rows = []
    for month in result.months:
        part = month.points[main.key]
        held = month.held.get(main.key, 0)
        counts = (part.issued, part.redeemed, part.expired, part.taken_back, held)
        worth = voice.money(held * (main.worth or 0), money)
        rows.append((voice.month(month.name), *(voice.number(count) for count in counts), worth))
    headings = tuple(voice.say(key) for key in ("month", "given", "used", "expired", "back", "held"))
    title = f"{voice.say('months')}: {name}"
    return TableText(f"months {name}", title, (*headings, wording.money_name(money, voice.language)), tuple(rows))


def _levels(report: Report, names: Sequence[str], voice: Voice) -> TableText:
    keys = [
        dict.fromkeys(level.name for level in result.definition.tiers.levels) if result.definition.tiers else {}
        for result in report.results
    ]
    rows = []
    for level in dict.fromkeys(name for each in keys for name in each):
        cells: list[str] = []
        for result in report.results:
            count = result.months[-1].levels[level] if result.months else 0
            cells += [voice.number(count), voice.share(_ratio(count, result.reach.members))]
        rows.append((level, *cells))
    return TableText("levels", voice.say("levels"), (voice.say("level"), *_paired_headings(names, voice)), tuple(rows))


def _waits(report: Report, names: Sequence[str], voice: Voice) -> TableText:
    labels = [voice.say("at_once"), *(voice.say("within", days=str(days)) for days in WAITS[1:])]
    columns = []
    for result in report.results:
        reach = result.reach
        soon = [reach.within[days] for days in WAITS]
        columns.append([*soon, reach.reached - sum(soon), reach.members - reach.reached])
    rows = []
    for place, label in enumerate([*labels, voice.say("later"), voice.say("never")]):
        cells: list[str] = []
        for column, result in zip(columns, report.results, strict=True):
            cells += [voice.number(column[place]), voice.share(_ratio(column[place], result.reach.members))]
        rows.append((label, *cells))
    return TableText("waits", voice.say("waits"), (voice.say("wait"), *_paired_headings(names, voice)), tuple(rows))


def _paired_headings(names: Sequence[str], voice: Voice) -> tuple[str, ...]:
    if len(names) == 1:
        return voice.say("members"), voice.say("share_of")
    return tuple(heading for name in names for heading in (name, voice.say("share_of")))


def _changes(found: Comparison, money: str, other: str, voice: Voice) -> TableText:
    def row(label: str, group: Group) -> tuple[str, ...]:
        counts = (voice.number(count) for count in (group.gain, group.lose, group.same))
        return (label, *counts, voice.money(group.gained, money), voice.money(group.lost, money))

    rows = [row(span(group), group) for group in found.groups]
    rows.append(row(voice.say("all"), found.whole))
    headings = tuple(voice.say(key) for key in ("orders", "gain", "lose", "same", "gained", "lost"))
    return TableText("changes", voice.say("changes", other=other), headings, tuple(rows))


def span(group: Group) -> str:
    """ "1", "2–5", "21+"."""
    if group.most is None:
        return f"{group.least}+"
    return str(group.least) if group.least == group.most else f"{group.least}–{group.most}"


def _moves(found: Comparison, money: str, voice: Voice) -> tuple[str, ...]:
    moved = sum(count for (here, there), count in found.levels.items() if here != there)
    extremes = voice.say("extremes", best=voice.money(found.best, money), worst=voice.money(-found.worst, money))
    return extremes, voice.say("movers", up=voice.count(MEMBERS, moved))


def _ratio(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)
