"""Deeds: what was told of the things that a member did, folded so that the order of telling does not matter.

A document that counts once for a day or for a member holds several deeds; one for an object holds one, named "".
"""

from collections.abc import Mapping

import msgspec

from chalicelib.ledger.documents import ActivityDocument, Deed

MOST_DEEDS = 20
"""In one document; later ones of the same day, week or month are not remembered."""


def with_deeds(document: ActivityDocument) -> ActivityDocument:
    """The document with its deeds. One that was written before deeds were kept stands for one that was done."""
    if document.deeds:
        return document
    return msgspec.structs.replace(document, deeds={"": Deed(done_at=document.pricing.occurred_at)})


def folded(deeds: Mapping[str, Deed], name: str, told: Deed) -> Mapping[str, Deed]:
    """The deeds with one more telling; equal to what they were when it adds nothing."""
    known = deeds.get(name)
    if known is None and len(deeds) >= MOST_DEEDS:
        return deeds
    return {**deeds, name: told if known is None else _both(known, told)}


def kept_deeds(document: ActivityDocument) -> tuple[Deed, ...]:
    """The deeds that were done and not taken back since."""
    return tuple(deed for deed in with_deeds(document).deeds.values() if deed.done_at > deed.undone_at)


def is_told(deeds: Mapping[str, Deed]) -> bool:
    """Has any of them been told as done, whatever became of it?"""
    return any(deed.done_at for deed in deeds.values())


def _both(one: Deed, other: Deed) -> Deed:
    """What is newest of both; of equal age the one that says more."""
    newer = max(one, other, key=lambda deed: (deed.done_at, deed.length, deed.amount))
    return Deed(newer.done_at, max(one.undone_at, other.undone_at), newer.length, newer.amount)
