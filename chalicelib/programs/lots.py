"""Where the points of an order belong: from when they may be used, and until when."""

from chalicelib.events import Instant
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import NEVER
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import (
    After,
    AtOnce,
    Availability,
    Currency,
    Definition,
    Expiry,
    Inactivity,
    Lasting,
    MembershipYear,
    Moment,
    Unlimited,
)
from chalicelib.programs.durations import Duration

_SECOND = 1000


def lot(
    currency: Currency,
    calendar: ZoneCalendar,
    *,
    occurred_at: Instant,
    member_since: Instant,
    delivered_at: Instant | None,
    told_at: Instant = 0,
    is_unending: bool = False,
) -> Lot:
    """The lot of points earned at `occurred_at`; life is counted from there, also while the points are on the way.

    told_at: when the order was told, frozen with its context, where the definition gives late points a least life
    is_unending: the level on which they were earned lets them live for ever. Lives that depend on activity end
        together: there it is the level that is held when they would end which lets them live on, see `lives_on`
    """
    ends = expires_at(currency.expires, calendar, earned_at=occurred_at, member_since=member_since)
    if told_at and (least := _least_life(currency)):
        ends = max(ends, calendar.moved(calendar.shifted(told_at, least), Moment.END_OF_DAY))
    ends = NEVER if is_unending and not isinstance(currency.expires, Inactivity) else ends
    at = available_at(currency.available, calendar, earned_at=occurred_at, delivered_at=delivered_at)
    if at == NEVER and (given_up := _gives_up(currency, calendar, occurred_at)) < ends:
        return Lot(given_up, given_up)
    return Lot(ends, at)


def late_from(definition: Definition, told_at: Instant) -> Instant:
    """What is frozen of the time at which an order was told: nothing (0) where no points have a least life."""
    return told_at if any(_least_life(currency) for currency in definition.currencies) else 0


def _least_life(currency: Currency) -> Duration | None:
    return currency.expires.min_life if isinstance(currency.expires, Lasting) else None


def _gives_up(currency: Currency, calendar: ZoneCalendar, occurred_at: Instant) -> Instant:
    """When points stop waiting for a delivery that nobody told of: at the end of that day; NEVER when they do not.

    The ledger lets a lot end on the way whose day and end are this one instant, so that neither a sweep nor a target
    that changes with time is needed. The tiers' measure is not touched: the money was spent until it goes back.
    """
    if not isinstance(currency.available, After) or currency.available.give_up is None:
        return NEVER
    return calendar.moved(calendar.shifted(occurred_at, currency.available.give_up), Moment.END_OF_DAY)


def expires_at(expires: Expiry, calendar: ZoneCalendar, *, earned_at: Instant, member_since: Instant) -> Instant:
    """The first instant at which the points can no longer be used.

    Source: Voucherify's and Talon.One's published expiry rules; a day counts to its end.
    """
    match expires:
        case Unlimited():
            return NEVER
        case Lasting(life, moment) | Inactivity(life, moment):
            return calendar.moved(calendar.shifted(earned_at, life), moment)
        case MembershipYear():
            return calendar.anniversary_after(member_since, earned_at)


def available_at(
    available: Availability, calendar: ZoneCalendar, *, earned_at: Instant, delivered_at: Instant | None
) -> Instant | None:
    """From when the points can be used: None for at once, NEVER while the delivery they wait for is not known.

    The end of a day, week or month is its last second here, as Talon.One counts activation dates.
    """
    match available:
        case AtOnce():
            return None
        case After(_, _, "delivery") if delivered_at is None:
            return NEVER
        case After(wait, moment, counted_from):
            start = delivered_at if counted_from == "delivery" and delivered_at is not None else earned_at
            ripe = calendar.moved(calendar.shifted(start, wait), moment)
            return ripe if moment in (Moment.SAME_TIME, Moment.START_OF_DAY) else ripe - _SECOND


def is_unending(definition: Definition, level: str) -> bool:
    """Do points that are earned on a level live for ever?"""
    held = definition.tiers.level(level) if definition.tiers is not None else None
    return held is not None and held.is_unending


def lives_on(definition: Definition, level: str, currency: str, ends: Instant) -> Instant | None:
    """Until when points live on that would end at `ends`, by inactivity, while their owner holds a level on which they
    do not: as after something had happened then. None where they end.
    """
    return keep_alive(definition, ends).get(currency) if is_unending(definition, level) else None


def keep_alive(definition: Definition, active_at: Instant) -> dict[str, Instant]:
    """Until when all points live after something happened at `active_at`, by currency that expires by inactivity."""
    calendar = ZoneCalendar(definition.time_zone)
    return {
        currency.key: calendar.moved(calendar.shifted(active_at, currency.expires.life), currency.expires.moment)
        for currency in definition.currencies
        if isinstance(currency.expires, Inactivity)
    }
