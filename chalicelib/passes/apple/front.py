"""What is seen without turning the card: the points, and beside them what the program chose, in its order."""

import msgspec

from chalicelib.cards.face import CardFace, News, Progress, StampsShown
from chalicelib.ledger.journal import NEVER
from chalicelib.passes.apple.content import Field
from chalicelib.passes.apple.field_limits import POSTER_PRIMARY_FIELDS, ROW_FIELDS
from chalicelib.passes.apple.moments import day, number
from chalicelib.passes.apple.texts import Words
from chalicelib.programs.card import FrontField


class Front(msgspec.Struct, frozen=True):
    """The fields of the front, whatever the style they are laid out in.

    corner: at most one, where the card is unusual: ended, or for trying out
    points: the number        beside: at most four, in the program's order
    """

    corner: tuple[Field, ...]
    points: Field
    beside: tuple[Field, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Of all fields: what is shown here is not repeated on the back."""
        return frozenset(field.key for field in (*self.corner, self.points, *self.beside))


def front(face: CardFace, words: Words, news: News) -> Front:
    """The front of a card. `news`: which field is announced."""
    points = number("points", words.own["points"], face.points)
    if news == "points":
        points = msgspec.structs.replace(points, change_message=words.own["points_changed"])
    beside = [field for wanted in face.front for field in _beside(wanted, face, words, news)]
    return Front(_corner(face, words), points, tuple(beside[: min(ROW_FIELDS, POSTER_PRIMARY_FIELDS)]))


def tier_field(face: CardFace, words: Words, news: News) -> Field:
    """The level, which the front shows unless the program keeps it for the back."""
    message = words.own["tier_changed"] if news == "tier" else ""
    return Field(key="tier", label=words.own["tier"], value=words.value(face.tier), change_message=message)


def other_balances(face: CardFace, words: Words) -> tuple[Field, ...]:
    """The balances of the program's other currencies; the first is the number of the card."""
    return tuple(
        number(f"balance_{balance.currency}", words.own[f"balance_{balance.currency}"], balance.points)
        for balance in face.balances[1:]
    )


def _corner(face: CardFace, words: Words) -> tuple[Field, ...]:
    """The corner that stays visible in the stack says what is unusual about this card."""
    if face.is_void:
        return (Field(key="ended", label=words.own["ended"], value="—"),)
    if face.is_test:
        return (Field(key="test", label=words.own["test"], value="TEST"),)
    return ()


def _beside(wanted: FrontField, face: CardFace, words: Words, news: News) -> tuple[Field, ...]:
    """The fields of one wish; none where the member has nothing to show for it."""
    match wanted:
        case "tier" if face.tier:
            return (tier_field(face, words, news),)
        case "progress" if face.progress is not None:
            return (_progress(face.progress, face.language, words),)
        case "ending" | "arriving":
            return _coming(wanted, face, words)
        case "stamps":
            return tuple(Field(f"stamps_{card.currency}", _filled(card), words.own["stamps"]) for card in face.stamps)
        case "others":
            return other_balances(face, words)
        case _:
            return ()


def _progress(progress: Progress, language: str, words: Words) -> Field:
    told = progress.told(language)
    reached, needed = (progress.reached, progress.needed) if told is None else (told.reached, told.needed)
    way = f"{progress.next_tier} {reached}/{needed}"
    return Field(key="progress", label=words.own["progress"], value=words.value(way))


def _coming(wanted: FrontField, face: CardFace, words: Words) -> tuple[Field, ...]:
    """When points end, or how many are on the way."""
    if wanted == "arriving":
        on_the_way = sum(part.points for part in face.arriving)
        return (number("arriving", words.own["arriving"], on_the_way),) if face.arriving else ()
    if face.next_ending is None or face.next_ending.ends >= NEVER:
        return ()
    # A day is named by its last usable moment: points that end at midnight are good for the day before.
    return (day("ending_day", words.own["ending_day"], face.next_ending.ends - 1, face.time_zone),)


def _filled(card: StampsShown) -> str:
    """A full card is shown full until the next one is begun."""
    filled = card.size if card.full and not card.filled else card.filled
    return f"{filled}/{card.size}"
