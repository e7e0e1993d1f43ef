"""Whether a member may have a reward, what it costs them, and when it is counted: pure."""

from fractions import Fraction
from math import ceil

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.counting import period
from chalicelib.programs.definition import Definition, Moment
from chalicelib.programs.rewards import Reward, Times
from chalicelib.programs.vouchers import Voucher


def chosen(definition: Definition, key: str, *, level: str, at: Instant) -> Reward:
    """The reward that a member of `level` may have now. Raises Refused with the plain reason."""
    reward = definition.offers.reward(key)
    if reward is None:
        raise Refused("reward_unknown", reward=key[:40])
    day = ZoneCalendar(definition.time_zone).day(at)
    if reward.since is not None and day < reward.since:
        raise Refused("reward_not_yet", reward=key, since=reward.since.isoformat())
    if reward.until is not None and day > reward.until:
        raise Refused("reward_over", reward=key, until=reward.until.isoformat())
    if reward.levels and level not in reward.levels:
        raise Refused("reward_not_for_level", reward=key, levels=", ".join(reward.levels)[:200])
    return reward


def least_points(reward: Reward) -> int:
    """The fewest points that buy a reward whose rest is paid in money."""
    return ceil(reward.price * (1 - reward.top_up))


def money_due(definition: Definition, reward: Reward, points: int) -> int:
    """What is to be paid beside so many points, in minor units, rounded up to the smallest coin.

    Raises: Refused (no_money_for_this, too_much_in_money, more_than_the_price).
    """
    missing = reward.price - points
    if missing < 0:
        raise Refused("more_than_the_price", asked=points, price=reward.price)
    if not missing:
        return 0
    worth = definition.currency(reward.currency).worth
    if not reward.top_up or worth is None:
        raise Refused("no_money_for_this", reward=reward.key, price=reward.price)
    if points < (least := least_points(reward)):
        raise Refused("too_much_in_money", asked=points, least=least)
    return ceil(Fraction(missing) * worth)


def worth_of(definition: Definition, reward: Reward) -> int:
    """What the reward comes to, in minor units; 0 where nothing says so."""
    voucher = definition.offers.voucher(reward.voucher)
    if voucher is not None:
        return voucher.most
    return reward.worth or 0


def period_of(definition: Definition, times: Times, *, at: Instant, member_since: Instant) -> str:
    """The name of the period in which something is counted: "2026-01", "2026", "lifetime"."""
    calendar = ZoneCalendar(definition.time_zone)
    return period(times.span, calendar, occurred_at=at, member_since=member_since)


def voucher_ends(definition: Definition, voucher: Voucher, at: Instant) -> Instant:
    """The first instant after the time of a voucher that is given out at `at`."""
    calendar = ZoneCalendar(definition.time_zone)
    return calendar.moved(calendar.shifted(at, voucher.lives), Moment.END_OF_DAY)


def perks_held(definition: Definition, level: str) -> tuple[str, ...]:
    """Names of the benefits that a member of `level` has; a member whose level nobody knows has the first one's."""
    names = [perk.key for perk in definition.offers.perks if perk.is_everyones]
    if definition.tiers is not None and definition.tiers.levels:
        own = definition.tiers.level(level) or definition.tiers.levels[0]
        names += [perk for perk in own.perks if perk not in names]
    return tuple(names)
