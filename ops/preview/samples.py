"""Invented members: accounts that fit a program, believable, and the same every time."""

from collections.abc import Mapping
from typing import Literal, get_args

from chalicelib.cards.face import CardFace
from chalicelib.cards.facing import Holder, face_of
from chalicelib.events import Instant
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import Cell, Maturing, Purse, Snapshot, Tier
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.card import BarcodeKind
from chalicelib.programs.definition import Currency, Definition, OrderRule, Percent, PerStep
from chalicelib.programs.lots import lot
from chalicelib.programs.metrics import leaves_at, metric_names
from chalicelib.programs.tiers import CategoriesUsed, Threshold, Tiers

State = Literal["new", "typical", "full", "ended"]
"""Somebody who has just joined, has been here for a while, has reached the top, or has left."""

STATES: tuple[State, ...] = get_args(State)

AT: Instant = 1_805_186_460_000
"""16 March 2027, 08:41 UTC: previews show this moment, whenever they are made."""

DAY = 86_400_000
_JOINED, _BOUGHT, _BOUGHT_LATELY = AT - 400 * DAY, AT - 20 * DAY, AT - 2 * DAY

_SPENT = {"RUB": 24_000, "UZS": 2_400_000, "PHP": 12_000, "JPY": 30_000, "KZT": 120_000}
"""What somebody has bought for, in whole units of a money; 240 of any other."""

CODES: Mapping[BarcodeKind, str] = {
    "qr": "7Qm2xV9kLr4TtYw8ZpN1cA",
    "aztec": "7Qm2xV9kLr4TtYw8ZpN1cA",
    "pdf417": "7Qm2xV9kLr4TtYw8ZpN1cA",
    "code128": "4711081512345678",
    "code39": "4711081512345678",
    "codabar": "A4711081512345A",
    "ean13": "2047110815122",
    "i2of5": "47110815123456",
}
"""What the till would read, by kind."""


def sample(definition: Definition, state: State, language: str, *, base_url: str, sheet: str = "") -> CardFace:
    """The card of an invented member in `state`, through the same code as everybody's. `sheet`: its pictures."""
    holder = Holder(
        barcode=CODES[definition.card.barcode],
        card_url=f"{base_url}/p/{definition.program}",
        language=language,
        is_void=state == "ended",
    )
    return face_of(definition, account(definition, state), holder, AT, sheet=sheet)


def account(definition: Definition, state: State) -> Snapshot:
    """All that is true of the invented member at AT."""
    calendar = ZoneCalendar(definition.time_zone)
    purses = {each.key: _purse(definition, each, state, calendar) for each in definition.currencies}
    tiers = definition.tiers
    rank = 0 if tiers is None else _rank(tiers, state)
    return Snapshot(
        opened=_JOINED,
        status="active",
        purses={} if state == "new" else purses,
        metrics={} if tiers is None or state == "new" else _metrics(tiers, rank, calendar),
        tier=Tier() if tiers is None else Tier(tiers.levels[rank].name, since=_BOUGHT),
    )


def _rank(tiers: Tiers, state: State) -> int:
    """The first level, one with another above it, or the last."""
    last = len(tiers.levels) - 1
    return {"new": 0, "typical": last // 2, "full": last, "ended": last // 2}[state]


def _purse(definition: Definition, currency: Currency, state: State, calendar: ZoneCalendar) -> Purse:
    points = _points(definition, currency, state)
    early, late = points // 4, points - points // 4
    coming, cells = _lot(currency, _BOUGHT_LATELY, calendar), dict[Instant, int]()
    for part, bought_at in ((early, _BOUGHT - 250 * DAY), (late, _BOUGHT)):
        ends = _lot(currency, bought_at, calendar).ends
        ends = ends if ends > AT else coming.ends
        cells[ends] = cells.get(ends, 0) + part
    maturing = () if coming.at is None else (Maturing(coming.at, coming.ends, _round(max(1, points // 12))),)
    held = tuple(Cell(ends, part) for ends, part in sorted(cells.items()) if part)
    return Purse(cells=held, maturing=maturing, issued=points)


def _lot(currency: Currency, bought_at: Instant, calendar: ZoneCalendar) -> Lot:
    return lot(currency, calendar, occurred_at=bought_at, member_since=_JOINED, delivered_at=bought_at)


def _points(definition: Definition, currency: Currency, state: State) -> int:
    """A stamp card short of a few stamps, or one full and the next one almost; else what the first rule gives."""
    card = definition.offers.stamp_card(currency.key)
    if card is not None:
        return 2 * card.size - 1 if state == "full" else max(1, card.size * 2 // 3)
    spent = _SPENT.get(definition.money, 240) * 100
    given = next((_given(rule, spent) for rule in definition.earn.orders if rule.give.currency == currency.key), 240)
    return _round(max(12, given) * (6 if state == "full" else 1))


def _given(rule: OrderRule, spent: int) -> int:
    match rule.give:
        case PerStep() as give:
            return int(spent * give.points // give.step)
        case Percent() as give:
            return int(spent * give.share) // 100
        case _:
            return 240


def _metrics(tiers: Tiers, rank: int, calendar: ZoneCalendar) -> Mapping[str, tuple[Cell, ...]]:
    """What the level asks for, and of what the next one asks for most of the way."""
    reached: dict[str, tuple[Cell, ...]] = {}
    for need in _needs(tiers, rank):
        reached |= _counted(tiers, need, need.least, calendar)
    if rank + 1 < len(tiers.levels):
        for need in (need for way in tiers.ways(tiers.levels[rank + 1]) for need in way):
            least = max((each.least for each in _needs(tiers, rank) if each.measure == need.measure), default=0)
            reached |= _counted(tiers, need, min(need.least - 1, _between(least, need.least)), calendar)
    return reached


def _needs(tiers: Tiers, rank: int) -> list[Threshold]:
    return [need for level in tiers.levels[: rank + 1] for way in tiers.ways(level) for need in way]


def _counted(tiers: Tiers, need: Threshold, count: int, calendar: ZoneCalendar) -> Mapping[str, tuple[Cell, ...]]:
    leaves = leaves_at(need.window or tiers.window, _BOUGHT, calendar, member_since=_JOINED)
    names = metric_names(need.measure, need.window)
    if isinstance(need.measure, CategoriesUsed):
        return {name: (Cell(leaves, 1),) for name in names[:count]}
    if need.of_each:
        return {names[0]: tuple(Cell(leaves + month * 30 * DAY, need.of_each) for month in range(count))}
    return {names[0]: (Cell(leaves, count),)} if count > 0 else {}


def _between(low: int, high: int) -> int:
    """Most of the way from one to the other, in a figure such as people have."""
    return _round(low + (high - low) * 62 // 100)


def _round(number: int) -> int:
    """To two figures: 1,368 is 1,300."""
    grain: int = 10 ** max(0, len(str(number)) - 2)
    return number // grain * grain
