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

_SECOND = 1000


def lot(
    currency: Currency,
    calendar: ZoneCalendar,
    *,
    occurred_at: Instant,
    member_since: Instant,
    delivered_at: Instant | None,
) -> Lot:
    """The lot of points earned at `occurred_at`; life is counted from there, also while the points are on the way."""
    return Lot(
        ends=expires_at(currency.expires, calendar, earned_at=occurred_at, member_since=member_since),
        at=available_at(currency.available, calendar, earned_at=occurred_at, delivered_at=delivered_at),
    )


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


def keep_alive(definition: Definition, active_at: Instant) -> dict[str, Instant]:
    """Until when all points live after something happened at `active_at`, by currency that expires by inactivity."""
    calendar = ZoneCalendar(definition.time_zone)
    return {
        currency.key: calendar.moved(calendar.shifted(active_at, currency.expires.life), currency.expires.moment)
        for currency in definition.currencies
        if isinstance(currency.expires, Inactivity)
    }
