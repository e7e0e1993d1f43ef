"""From a settled snapshot to the face of a card."""

from dataclasses import dataclass
from itertools import groupby

from chalicelib.cards.face import Arriving, CardFace, CurrencyNames, Ending, Look, Progress
from chalicelib.ledger.journal import NEVER, Purse, Snapshot
from chalicelib.programs.definition import Definition, TierLevel
from chalicelib.programs.metrics import metric_name


@dataclass(frozen=True, slots=True)
class Holder:
    """What a card knows beside the points: its barcode, its page, the member's language, whether it has ended."""

    barcode: str
    card_url: str
    language: str
    is_void: bool


def face_of(definition: Definition, snap: Snapshot, holder: Holder) -> CardFace:
    """What the card shows. `snap` is settled to the moment at which it is looked at."""
    shown = definition.currencies[0]
    purse = snap.purse(shown.key)
    level = _level(definition, snap)
    card = definition.card
    return CardFace(
        program=definition.program,
        business=definition.business.name,
        points=purse.balance,
        names=CurrencyNames({language: dict(forms) for language, forms in shown.names.items()}),
        arriving=_arriving(purse),
        next_ending=_next_ending(purse),
        tier=level.name if level else "",
        progress=_progress(definition, snap),
        perks=level.perks if level else (),
        barcode=holder.barcode,
        look=Look(card.background, card.text, card.label, card.logo),
        languages=definition.languages,
        language=holder.language if holder.language in definition.languages else definition.languages[0],
        time_zone=definition.time_zone,
        contact=definition.business.contact,
        privacy=definition.business.privacy,
        card_url=holder.card_url,
        is_test=definition.mode == "test",
        is_void=holder.is_void,
    )


def _arriving(purse: Purse) -> tuple[Arriving, ...]:
    """One row a day, whatever the different ends of the points."""
    by_day = groupby(purse.maturing, key=lambda part: part.at)
    return tuple(Arriving(sum(part.points for part in parts), None if at == NEVER else at) for at, parts in by_day)


def _next_ending(purse: Purse) -> Ending | None:
    first = next(iter(purse.cells), None)
    return None if first is None or first.ends == NEVER else Ending(first.points, first.ends)


def _level(definition: Definition, snap: Snapshot) -> TierLevel | None:
    if definition.tiers is None:
        return None
    levels = definition.tiers.levels
    return next((level for level in levels if level.name == snap.tier.level), levels[0])


def _progress(definition: Definition, snap: Snapshot) -> Progress | None:
    """The way to the next tier; None at the top, or without tiers."""
    if definition.tiers is None:
        return None
    reached = snap.metric(metric_name(definition.tiers.measure))
    held = _level(definition, snap)
    above = [level for level in definition.tiers.levels if held is None or level.threshold > held.threshold]
    return Progress(above[0].name, reached, above[0].threshold) if above else None
