"""What a card looks like for one member: the colours of the level, and the picture that lies behind the points."""

from collections.abc import Sequence

from chalicelib.cards.face import Look, Progress, Scene, StampsShown
from chalicelib.programs.card import CardLook, class_of_level

_STEP = 5
"""Per cent: the way to the next level is drawn in so many steps, and not at every point."""


def look_of(
    card: CardLook,
    *,
    tier: str,
    progress: Progress | None,
    stamps: Sequence[StampsShown],
    is_void: bool,
    sheet: str,
) -> Look:
    """The card's look for who stands on `tier` ("" in a program without levels). A void card counts nothing."""
    scene = _scene(card, tier, progress, stamps)
    background = card.level_colours.get(tier, card.background)
    return Look(
        background=background,
        text=card.text,
        label=card.label,
        sheet=sheet,
        scene="" if is_void and scene != "plain" else scene,
        ground=card.background if background != card.background else "",
    )


def level_class(card: CardLook, tier: str) -> str:
    """The class of the level; "" where all levels share one."""
    return class_of_level(tier) if card.level_classes and tier else ""


def _scene(card: CardLook, tier: str, progress: Progress | None, stamps: Sequence[StampsShown]) -> Scene:
    match card.strip:
        case "picture" | "pattern":
            return "plain"
        case "stamps" if stamps:
            return f"stamps-{_filled(stamps[0])}"
        case "progress" if tier:
            return f"progress-{100 if progress is None else _per_cent(progress)}"
        case _:
            return ""


def _filled(card: StampsShown) -> int:
    """A full card is shown full until the next one is begun."""
    return card.size if card.full and not card.filled else card.filled


def _per_cent(progress: Progress) -> int:
    """Rounded down to a step: the strip is full only when the way is."""
    reached = max(0, min(progress.reached, progress.needed))
    return 100 // _STEP * reached // max(1, progress.needed) * _STEP
