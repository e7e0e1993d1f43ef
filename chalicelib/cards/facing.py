"""From a settled snapshot to the face of a card."""

from itertools import groupby

import msgspec

from chalicelib.cards.face import (
    Arriving,
    Balance,
    CardFace,
    CurrencyNames,
    Ending,
    Message,
    Progress,
    ProgressWords,
)
from chalicelib.cards.look_shown import level_class, look_of
from chalicelib.cards.offers_shown import perks_shown, stamps_shown
from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER, Purse, Snapshot
from chalicelib.programs.choosing import perks_held
from chalicelib.programs.definition import Currency, Definition
from chalicelib.programs.lots import lives_on
from chalicelib.programs.progress import next_level
from chalicelib.programs.tiers import PointsEarned, TierLevel
from chalicelib.programs.warning import warned_from
from chalicelib.programs.way_texts import WRITTEN, way_words


class Holder(msgspec.Struct, frozen=True):
    """What a card knows beside the points: its barcode, its page, the member's language, whether it has ended."""

    barcode: str
    card_url: str
    language: str
    is_void: bool
    message: Message | None = None


def face_of(definition: Definition, snap: Snapshot, holder: Holder, at: Instant, *, sheet: str = "") -> CardFace:
    """What the card shows at the moment `at`, to which `snap` is settled. `sheet`: names its prepared pictures."""
    shown = definition.currencies[0]
    purse = snap.purse(shown.key)
    level = _level(definition, snap)
    ending = _next_ending(purse)
    if ending and level and lives_on(definition, level.name, shown.key, ending.ends) is not None:
        ending = None
    warned = warned_from(definition, shown.key, ending.ends) if ending else None
    tier = level.name if level else ""
    perks = perks_held(definition, tier)
    progress, stamps = _progress(definition, snap, at), stamps_shown(definition, snap)
    card, is_void = definition.card, holder.is_void
    return CardFace(
        program=definition.program,
        business=definition.business.name,
        points=purse.balance,
        names=_names(shown),
        arriving=_arriving(purse),
        next_ending=ending,
        tier=tier,
        progress=progress,
        perks=perks,
        barcode=holder.barcode,
        look=look_of(card, tier=tier, progress=progress, stamps=stamps, is_void=is_void, sheet=sheet),
        languages=definition.languages,
        language=holder.language if holder.language in definition.languages else definition.languages[0],
        time_zone=definition.time_zone,
        contact=definition.business.contact,
        privacy=definition.business.privacy,
        card_url=holder.card_url,
        is_test=definition.mode == "test",
        is_void=is_void,
        is_ending_soon=warned is not None and warned <= at,
        balances=_balances(definition, snap),
        stamps=stamps,
        perk_words=perks_shown(definition, perks),
        card_names=card.names,
        front=card.front,
        barcode_kind=card.barcode,
        rotates=card.rotates,
        level_class=level_class(card, tier),
        links=card.links,
        actions=card.actions,
        places=card.places,
        message=holder.message,
    )


def _balances(definition: Definition, snap: Snapshot) -> tuple[Balance, ...]:
    if len(definition.currencies) == 1:
        return ()
    purses = [(currency, snap.purse(currency.key)) for currency in definition.currencies]
    return tuple(Balance(currency.key, purse.balance, purse.pending, _names(currency)) for currency, purse in purses)


def _names(currency: Currency) -> CurrencyNames:
    return CurrencyNames({language: dict(forms) for language, forms in currency.names.items()})


def _arriving(purse: Purse) -> tuple[Arriving, ...]:
    """One row a day, whatever the different ends of the points."""
    days = sorted((NEVER if part.never_usable else part.at, part.points) for part in purse.maturing)
    by_day = groupby(days, key=lambda part: part[0])
    return tuple(Arriving(sum(points for _, points in parts), None if at == NEVER else at) for at, parts in by_day)


def _next_ending(purse: Purse) -> Ending | None:
    first = next(iter(purse.cells), None)
    return None if first is None or first.ends == NEVER else Ending(first.points, first.ends)


def _level(definition: Definition, snap: Snapshot) -> TierLevel | None:
    if definition.tiers is None:
        return None
    levels = definition.tiers.levels
    return next((level for level in levels if level.name == snap.tier.level), levels[0])


def _progress(definition: Definition, snap: Snapshot, at: Instant) -> Progress | None:
    """The shortest way to the next tier; None at the top, or without tiers. Points are told by whoever draws them."""
    way = next_level(definition, snap, at)
    if way is None:
        return None
    measure, needed = way.threshold.measure, way.threshold.least
    words = {}
    if measure != PointsEarned(definition.main.key):
        for language in WRITTEN:
            words[language] = ProgressWords(*way_words(definition, measure, way.reached, needed, language))
    return Progress(way.level, way.reached, needed, words)
