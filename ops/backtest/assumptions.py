"""What a back-test took for granted, and which rows of the file it could not use: said each time, never left out."""

from collections.abc import Iterator
from fractions import Fraction

from chalicelib.programs import wording
from ops.backtest.layouts import UNKNOWN_REFUND_DAYS
from ops.backtest.report import Report
from ops.backtest.voice import Voice
from ops.backtest.words import ROWS


def assumed(report: Report, voice: Voice) -> Iterator[str]:
    """One sentence for each."""
    definition, terms = report.first.definition, report.terms
    yield voice.say("assume_members")
    yield voice.say("assume_same")
    worths = dict.fromkeys(each.definition.main.worth for each in report.results if each.definition.main.worth)
    if worths:
        told = (wording.money(worth, definition.money, voice.language) for worth in worths)
        yield voice.say("assume_worth", worth=" / ".join(told))
    yield _model(report, voice)
    if definition.pay is not None and terms.model.chance:
        yield voice.say("assume_back")
    if terms.margin is not None:
        yield voice.say("assume_margin", margin=voice.share(terms.margin))
    for money, rate in terms.rates.items():
        yield voice.say("assume_rate", money=money, rate=_exact(rate, voice), own=definition.money)
    if terms.is_own_money:
        yield voice.say("assume_money", own=definition.money)
    yield voice.say("assume_zone", zone=definition.time_zone)
    if any(result.definition.earn.activities for result in report.results):
        yield voice.say("assume_activities")
    for note in report.layout.notes:
        yield voice.say(note, days=str(UNKNOWN_REFUND_DAYS))


def left_out(report: Report, voice: Voice) -> Iterator[str]:
    """One line for each reason, the largest first."""
    for reason, rows in report.reading.left_out.most_common():
        yield voice.say(f"skip_{reason}", rows=voice.count(ROWS, rows))
    if report.reading.broken:
        yield voice.say("skip_broken", rows=voice.count(ROWS, len(report.reading.broken)))
    books = report.first.replay.books
    if books.unmatched:
        money = voice.money(books.unmatched_money, report.first.definition.money)
        yield voice.say("skip_unmatched", count=voice.number(books.unmatched), money=money)
    for money, count in books.other_money.most_common():
        yield voice.say("skip_money", money=money, count=voice.number(count))


def _model(report: Report, voice: Voice) -> str:
    model, main = report.terms.model, report.first.definition.main
    if not model.chance:
        return voice.say("assume_model_never")
    least = voice.say("least_program")
    if model.least:
        least = voice.say("least_points", least=wording.points(main.names, model.least, voice.language))
    return voice.say("assume_model", least=least, chance=voice.share(model.chance), seed=str(model.seed))


def _exact(rate: Fraction, voice: Voice) -> str:
    return wording.number(rate, voice.language)
