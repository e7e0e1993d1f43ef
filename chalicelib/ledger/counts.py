"""How often something was had, and whether there is more of it. Counted in the transaction that hands it out."""

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import Reference
from chalicelib.ledger.offer_documents import CountDocument


def counted(known: CountDocument | None, reference: Reference, most: int, *, otherwise: str) -> CountDocument:
    """The count with one more. Raises Refused(otherwise) when all `most` are gone."""
    before = known or CountDocument(reference)
    if before.used >= most:
        raise Refused(otherwise, most=most)
    return msgspec.structs.replace(before, used=before.used + 1, revision=before.revision + 1)


def uncounted(known: CountDocument) -> CountDocument:
    """The count with one less: it was not handed out after all."""
    return msgspec.structs.replace(known, used=max(0, known.used - 1), revision=known.revision + 1)
