"""Reads what may be done with points by hand: `adjustments`, `transfers` and `merges`."""

from chalicelib.programs.by_hand import Adjustments, Merges, Transfers
from chalicelib.programs.read_currencies import by_currency
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, days
from chalicelib.programs.vocabulary import Vocabulary

_PER_DAY = " per day"
_MOST_UNDO_DAYS = 365


def read_adjustments(spot: Spot, words: Vocabulary) -> Adjustments:
    """ "adjustments: {at_most: 500 beans per day}", for each person of the shop."""
    block = Block(spot, ("at_most",))
    return Adjustments(block.required("at_most", lambda most: _each(most, words, _PER_DAY), {}, "500 beans per day"))


def read_transfers(spot: Spot, words: Vocabulary) -> Transfers:
    """ "transfers: {allowed: yes, min: 20 beans, at_most: 500 beans per day}"."""
    block = Block(spot, ("allowed", "min", "at_most"))
    allowed = block.required("allowed", lambda word: word.choice({"yes": True, "no": False}), False, "yes or no")
    if not allowed:
        for key in {"min", "at_most"} & block.fields.keys():
            block.object_to(key, "this has no effect while transfers are not allowed")
    return Transfers(
        allowed=allowed,
        least=block.optional("min", lambda least: _each(least, words, ""), {}),
        at_most=block.optional("at_most", lambda most: _each(most, words, _PER_DAY), {}),
    )


def read_merges(spot: Spot) -> Merges:
    """ "merges: {undo: 30 days}"."""
    block = Block(spot, ("undo",))
    return Merges(block.required("undo", lambda undo: undo.read(_undo_days), 30, "how long, such as 30 days"))


def _undo_days(text: str) -> int:
    count = days(text)
    if count > _MOST_UNDO_DAYS:
        raise Unclear(f"at most {_MOST_UNDO_DAYS} days")
    return count


def _each(spot: Spot, words: Vocabulary, ending: str) -> dict[str, int]:
    """ "500 beans per day", or a list with one for each kind of points."""
    expected = f"points such as 500 {words.example}{ending}"

    def one(item: Spot) -> tuple[str, int]:
        text = item.text()
        if not text.endswith(ending):
            raise Unclear(expected)
        points = words.points(text.removesuffix(ending))
        return points.currency, points.points

    return by_currency(spot, one, expected)
