"""What a new version may not do to those who hold points already.

Points are earned on what one is worth and how it can be used. A version that makes that worse has to be published as
long before as the program promises; when points are usable and when they end is written into each lot, and no version
changes it. Source: CFPB circular 2024-07 names the harm, a devaluation of rewards that were earned.
"""

from collections.abc import Iterator
from fractions import Fraction

from chalicelib.events import Instant
from chalicelib.programs import wording
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.finding import Finding
from chalicelib.programs.noting import Note
from chalicelib.programs.paying import Rate, Rates

_MOMENT = 86_400_000
"""A version that comes into force within a day is one of now."""


def worse(before: Definition, after: Definition) -> Iterator[Note]:
    """What gets worse for points that were earned under `before`: each with where `after` says so."""
    for currency in before.currencies:
        path = f"currencies.{currency.key}"
        later = next((known for known in after.currencies if known.key == currency.key), None)
        worth = None if later is None else later.worth
        if currency.worth is not None and (worth is None or worth < currency.worth):
            was = wording.money(currency.worth, before.money, "en")
            would = "nothing" if worth is None else wording.money(worth, after.money, "en")
            yield Note(f"{path}.worth", f"one was worth {was} and would be worth {would}", "")
    yield from _harder_to_use(before, after)
    yield from _dearer(before, after)


def _harder_to_use(before: Definition, after: Definition) -> Iterator[Note]:
    was, would = before.pay, after.pay
    if was is None:
        return
    if would is None or would.currency != was.currency:
        yield Note("redeem.pay", "points pay for nothing any more", "")
        return
    if would.min_points > was.min_points:
        yield Note("redeem.pay.min", f"{was.min_points} points were enough, and {would.min_points} would be needed", "")
    levels = {level.name for level in after.tiers.levels} if after.tiers else set()
    if any(would.share(level) < was.share(level) for level in {"", *levels}):
        shares = wording.share(was.at_most, "en"), wording.share(would.at_most, "en")
        said = "points paid for up to {} of the goods and would pay for {}".format(*shares)
        yield Note("redeem.pay.at_most", said, "")
    if _pays_less(was.rate, would.rate):
        yield Note("redeem.pay.rate", "the same points would pay for less", "")


def _pays_less(was: Rate | Rates | None, would: Rate | Rates | None) -> bool:
    """For any member. Rates that depend on different things cannot be compared: then the new one counts as less."""
    match was, would:
        case (None, None):  # both pay what points are worth, which is looked at elsewhere
            return False
        case (Rate(), Rate()):
            return Fraction(would.money, would.points) < Fraction(was.money, was.points)
        case (Rates(), Rates()) if was.attribute == would.attribute:
            values = [value for value, _ in (*was.steps, *would.steps)]
            return any(_at(would, value) < _at(was, value) for value in values)
        case _:
            return True


def _at(rates: Rates, value: int) -> Fraction:
    """Minor units that one point pays for somebody with so much of what the rate depends on."""
    known = [rate for least, rate in rates.steps if least <= value]
    return Fraction(known[-1].money, known[-1].points) if known else Fraction(0)


def _dearer(before: Definition, after: Definition) -> Iterator[Note]:
    for reward in before.offers.rewards:
        later = after.offers.reward(reward.key)
        if later is None:
            yield Note("rewards", f'the reward "{reward.key}" is gone', "")
        elif later.currency == reward.currency and later.price > reward.price:
            said = f'the reward "{reward.key}" cost {reward.price} points and would cost {later.price}'
            yield Note(f"rewards.{reward.key}", said, "")


def undated(before: Definition, after: Definition) -> Iterator[Note]:
    """What a version changes for everybody the moment it is published, whatever the day from which it counts."""
    at_once = (
        ("mode", before.mode, after.mode),
        ("time_zone", before.time_zone, after.time_zone),
        ("guests", before.guests, after.guests),
        ("currencies", before.main.key, after.main.key),
    )
    for path, was, would in at_once:
        if was != would:
            message = "this counts as soon as it is published, not from a later day"
            yield Note(path, message, "Publish it without a day.")


def broken_promises(
    before: Definition, after: Definition, *, now: Instant, effective_at: Instant, file: str
) -> list[Finding]:
    """What keeps `after` from taking the place of `before` at `effective_at`, published at `now`."""
    calendar = ZoneCalendar(before.time_zone)
    found = list(undated(before, after)) if effective_at - now > _MOMENT else []
    notice = before.notice_days or after.notice_days
    earliest = calendar.shifted(now, Duration(notice or 0, "day"))
    if notice is None or effective_at < earliest:
        day = calendar.day(earliest + _MOMENT).isoformat()
        advice = f"{notice} days are promised: publish it --from {day} or later."
        if notice is None:
            advice = 'Say how long before members are told, such as "notice: 30 days", and publish it from that day on.'
        found += [Note(note.path, f"notice: {note.message}", advice) for note in worse(before, after)]
    return sorted((note.finding(after, file) for note in found), key=lambda finding: finding.line)
