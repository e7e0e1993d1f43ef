"""What a document should be worth by the rules that were frozen into it: the other half of the seventh promise."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.errors import Broken
from chalicelib.ledger.caps import within, wrong_limit
from chalicelib.ledger.deeds import kept_deeds
from chalicelib.ledger.documents import ActivityDocument, CapDocument, Document, OrderDocument, Target, Worth
from chalicelib.ledger.mending import FACTS_LOST
from chalicelib.ledger.orders import lines_returned, returned
from chalicelib.programs.activities import reward
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program


def wrong_target(program: Program, document: Document) -> Iterator[str]:
    """How a document that was posted differs from what its rules give for its facts; nothing when it does not."""
    try:
        match document:
            case OrderDocument():
                yield from _wrong_order(program, document)
            case ActivityDocument():
                yield from _wrong_activity(program, document)
            case CapDocument():
                yield from _wrong_cap(document)
            case _:
                pass
    except Broken as err:
        yield f"{document.reference} cannot be priced again: {err}"


def _wrong_order(program: Program, document: OrderDocument) -> Iterator[str]:
    if document.pricing is None or document.facts is None or document.state != "posted":
        if document.posted and document.reason != FACTS_LOST:
            yield f"{document.reference} was posted although it is {document.state}"
        return
    definition = program.version(document.pricing.version).definition
    target = price(definition, document.pricing, document.facts, returned(document), lines_returned(document))
    should = _points(within(target, document.cuts).worths)
    let_go = document.written_off
    are = {currency: points - let_go.get(currency, 0) for currency, points in _points(document.posted).items()}
    if should != are:
        yield f"{document.reference} should be worth {_words(should)}, but {_words(are)} was posted"


def _wrong_activity(program: Program, document: ActivityDocument) -> Iterator[str]:
    definition = program.version(document.pricing.version).definition
    target: Target = reward(definition, document.pricing, _type(document), kept_deeds(document))
    should, are = _points(within(target, document.cuts).worths), _points(document.posted)
    if should != are and any(are.values()):
        yield f"{document.reference} should be worth {_words(should)}, but {_words(are)} was posted"


def _wrong_cap(document: CapDocument) -> Iterator[str]:
    if says := wrong_limit(document):
        yield says


def once(document: Document) -> str:
    """What an activity may be rewarded for only once: its kind and its object; "" for everything else."""
    if not isinstance(document, ActivityDocument) or not any(worth.points for worth in document.posted):
        return ""
    kind, _, thing = document.reference.removeprefix("activity/").partition(f"/{document.account}/")
    return f"{kind}/{thing}"


def _type(document: ActivityDocument) -> str:
    return document.reference.removeprefix("activity/").partition(f"/{document.account}/")[0]


def _points(worths: Sequence[Worth]) -> dict[str, int]:
    return {worth.currency: worth.points for worth in worths}


def _words(points: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {currency}" for currency, number in points.items()) or "nothing"
