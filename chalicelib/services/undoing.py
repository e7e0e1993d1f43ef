"""What was handed out for points is not any more: counts go down, vouchers are cancelled."""

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.ledger.counts import uncounted
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.offer_documents import CountDocument, VoucherDocument
from chalicelib.ledger.vouchers import cancelled
from chalicelib.services.ports import Ledger

MONEY_COUNT = "count/order/"
"""Counts of money that past orders were paid down with, and not of times."""


def undone(
    ledger: Ledger, program: str, document: RedemptionDocument, at: Instant
) -> tuple[CountDocument | VoucherDocument, ...]:
    """Documents to write when all points of a redemption go back. Raises Refused("voucher_used")."""
    more: list[CountDocument | VoucherDocument] = []
    for reference in document.counts:
        known = ledger.document(program, reference)
        if not isinstance(known, CountDocument):
            raise Broken("not_a_count", document=reference)
        if reference.startswith(MONEY_COUNT):
            left = max(0, known.used - document.worth)
            more.append(msgspec.structs.replace(known, used=left, revision=known.revision + 1))
        else:
            more.append(uncounted(known))
    for reference in document.vouchers:
        voucher = ledger.document(program, reference)
        if not isinstance(voucher, VoucherDocument):
            raise Broken("not_a_voucher", document=reference)
        more.append(cancelled(voucher, at))
    return tuple(more)
