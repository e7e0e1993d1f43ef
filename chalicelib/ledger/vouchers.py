"""Vouchers and gift cards: used, reserved for a checkout, given back. Pure: each step is a new document.

Every step has the name of its checkout and happens once: the same one again is answered with the voucher as it is.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.errors import Malformed, Refused
from chalicelib.events import Instant
from chalicelib.ledger.offer_documents import Reserved, VoucherDocument, VoucherUse

LONGEST_RESERVE = 30 * 60_000
"""Milliseconds."""
MOST_RESERVED = 4
MOST_USES = 100
"""Of one voucher that is used in parts: its document stays small."""


def free(voucher: VoucherDocument, at: Instant) -> int:
    """What can be used of it now, in minor units."""
    return voucher.left - sum(each.amount for each in _open(voucher, at).values())


def use(voucher: VoucherDocument, name: str, amount: int, *, goods: int, at: Instant) -> VoucherDocument | None:
    """Pay `amount` of a purchase of `goods` with it; what was reserved under this name is used first.

    None when this very use happened before. What is left of a voucher for one purchase is lost.
    Raises: Malformed, Refused (another_use, voucher_cancelled, voucher_over, voucher_order_too_small,
    voucher_more_than_goods, voucher_empty, voucher_too_often).
    """
    known = voucher.uses.get(name)
    if known is not None:
        if known.amount != amount:
            raise Refused("another_use", amount=known.amount)
        return None
    kept = {other: each for other, each in _open(voucher, at).items() if other != name}
    _usable(voucher, amount, goods, at, has_time=name in _open(voucher, at))
    left = voucher.left - sum(each.amount for each in kept.values())
    if amount > left:
        raise Refused("voucher_empty", asked=amount, left=left)
    if len(voucher.uses) >= MOST_USES:
        raise Refused("voucher_too_often", most=MOST_USES)
    lost = voucher.left - amount if voucher.once else 0
    used = VoucherUse(amount, at, lost=lost)
    return msgspec.structs.replace(
        voucher,
        left=voucher.left - amount - lost,
        reserved=kept,
        uses={**voucher.uses, name: used},
        revision=voucher.revision + 1,
    )


def reserve(
    voucher: VoucherDocument, name: str, amount: int, *, goods: int, at: Instant, until: Instant
) -> VoucherDocument | None:
    """Set `amount` aside for a checkout until `until`, half an hour at most. None when it was before.

    One for a single purchase is set aside whole. Raises: as `use`, and Refused("voucher_reserved").
    """
    if not at < until <= at + LONGEST_RESERVE:
        raise Malformed("not_a_time_to_hold", milliseconds=until - at, most=LONGEST_RESERVE)
    kept = _open(voucher, at)
    if name in kept or name in voucher.uses:
        known = kept[name].amount if name in kept else voucher.uses[name].amount
        if known != amount:
            raise Refused("another_use", amount=known)
        return None
    _usable(voucher, amount, goods, at)
    if len(kept) >= MOST_RESERVED or (voucher.once and kept):
        raise Refused("voucher_reserved", open=len(kept))
    if amount > (left := free(voucher, at)):
        raise Refused("voucher_empty", asked=amount, left=left)
    return msgspec.structs.replace(
        voucher, reserved={**kept, name: Reserved(amount, until)}, revision=voucher.revision + 1
    )


def release(voucher: VoucherDocument, name: str, *, at: Instant) -> VoucherDocument | None:
    """Let go of what was reserved. None when there is nothing. Raises Refused("already_captured") once it was used."""
    if name in voucher.uses:
        raise Refused("already_captured", used=voucher.uses[name].amount)
    if name not in voucher.reserved:
        return None
    kept = {other: each for other, each in _open(voucher, at).items() if other != name}
    return msgspec.structs.replace(voucher, reserved=kept, revision=voucher.revision + 1)


def give_back(voucher: VoucherDocument, name: str, in_all: int) -> VoucherDocument | None:
    """See to it that `in_all` of what a use paid is on the voucher again; None when it is.

    What one for a single purchase lost comes back with the last of it. Its time goes on as it was.
    Raises: Malformed, Refused (use_unknown, more_than_was_used).
    """
    used = voucher.uses.get(name)
    if used is None:
        raise Refused("use_unknown", name=name[:64])
    if in_all < 0 or in_all > used.amount:
        raise Refused("more_than_was_used", asked=in_all, used=used.amount)
    if in_all <= used.returned:
        return None
    is_whole = in_all == used.amount
    back = in_all - used.returned + (used.lost if is_whole else 0)
    now = msgspec.structs.replace(used, returned=in_all, lost=0 if is_whole else used.lost)
    return msgspec.structs.replace(
        voucher, left=voucher.left + back, uses={**voucher.uses, name: now}, revision=voucher.revision + 1
    )


def cancelled(voucher: VoucherDocument, at: Instant) -> VoucherDocument:
    """The voucher, no longer good. Raises Refused("voucher_used") when some of it was used, or waits for a checkout."""
    if _open(voucher, at) or any(each.amount > each.returned for each in voucher.uses.values()):
        raise Refused("voucher_used", worth=voucher.worth, left=voucher.left)
    return msgspec.structs.replace(voucher, state="cancelled", left=0, reserved={}, revision=voucher.revision + 1)


def _open(voucher: VoucherDocument, at: Instant) -> Mapping[str, Reserved]:
    return {name: each for name, each in voucher.reserved.items() if each.until > at}


def _usable(voucher: VoucherDocument, amount: int, goods: int, at: Instant, *, has_time: bool = False) -> None:
    """has_time: it was reserved for this checkout while it could be used."""
    if amount <= 0:
        raise Refused("not_an_amount", amount=amount)
    if voucher.state != "open":
        raise Refused("voucher_cancelled" if voucher.state == "cancelled" else "voucher_unknown")
    if voucher.ends <= at and not has_time:
        raise Refused("voucher_over", ended=voucher.ends)
    if goods < voucher.min_order:
        raise Refused("voucher_order_too_small", goods=goods, least=voucher.min_order)
    if amount > goods:
        raise Refused("voucher_more_than_goods", asked=amount, goods=goods)
