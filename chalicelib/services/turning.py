"""Points become vouchers by themselves: as soon as there are enough of them, or in certain months.

Which points become vouchers is decided on the newest entry and written with the next one, so that two who see the same
points cannot both turn them. A turn in a certain month has that month in its name, and so happens once.
"""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.offer_documents import CountDocument, VoucherDocument
from chalicelib.ledger.redemptions import Spending, redeem
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.programs.vouchers import Automatic, Voucher
from chalicelib.services.catalogue import voucher_name
from chalicelib.services.giving_vouchers import Giving
from chalicelib.services.journaling import Standing, standing
from chalicelib.services.ports import Audit, Clock, Ledger, Programs
from chalicelib.services.redeeming import Redemptions, Step, active

_AT_ONCE = 20
"""Vouchers in one transaction, which holds a hundred items at most; the next entry turns the rest."""
_DAYS = 7
"""Of a month in which those are served whom the first night did not reach."""
ACTOR = "program"


class Turning(msgspec.Struct, frozen=True):
    """Turns points into vouchers. Repeating is always safe."""

    ledger: Ledger
    audit: Audit
    programs: Programs
    redemptions: Redemptions
    giving: Giving
    clock: Clock

    def follow(self, slug: str, entry: Entry) -> None:
        """An entry was written: there may be enough points now. Raises TryAgain."""
        program = self.programs.program(slug)
        if program is None or entry.snap.status != "active":
            return
        for kind in _kinds(program, self.clock.now()):
            assert kind.automatic is not None
            enough = entry.snap.purse(kind.automatic.currency).spendable >= kind.automatic.least
            if enough and not kind.automatic.months:
                self._turn(program, entry.account, kind, "")

    def monthly(self, program: Program, *, until: Instant) -> int:
        """In the first days of its months: every member's points; how many members got vouchers. Raises TryAgain."""
        now = self.clock.now()
        day = ZoneCalendar(program.in_force(now).definition.time_zone).day(now)
        due = [kind for kind in _kinds(program, now) if kind.automatic and day.month in kind.automatic.months]
        if not due or day.day > _DAYS:
            return 0
        turned = 0
        for account in self.audit.accounts(program.slug):
            if self.clock.now() >= until:
                break
            turned += sum(self._turn(program, account, kind, f"{day:%Y-%m}") for kind in due)
        return turned

    def _turn(self, program: Program, account: AccountId, kind: Voucher, month: str) -> bool:
        """Turn what is there; False when there is too little, or it was done. `month`: "" for as soon as can be."""
        stand = standing(self.ledger, program, account, self.clock.now())
        if stand.account != account or stand.snap.status != "active" or stand.before is None:
            return False
        name = month or str(stand.before.seq + 1)
        reference = Reference(f"redemption/by-itself/{kind.key}/{account}/{name}")
        before = self.ledger.document(program.slug, reference)
        if before is not None:
            return False

        def decide(_: RedemptionDocument | None, now: Standing) -> Spending:
            return self._turned(program, now, kind, reference)

        def answered(known: RedemptionDocument | None) -> RedemptionDocument | None:
            return known

        try:
            self.redemptions.once(program, Step(reference, account, "redeemed", ACTOR, answered, decide))
        except Refused:  # somebody used the points meanwhile, or the pool is empty: there is nothing to turn
            return False
        return True

    def _turned(self, program: Program, stand: Standing, kind: Voucher, reference: Reference) -> Spending:
        automatic = kind.automatic
        assert automatic is not None
        version = program.in_force(stand.at)
        worths = turned(automatic, kind, stand.snap.purse(automatic.currency).spendable)
        if not worths:
            raise Refused("nothing_to_turn", least=automatic.least)
        steps = sum(worths) // kind.most
        given = [
            self.giving.given(
                program.slug,
                version,
                kind,
                name=voucher_name(reference, number),
                worth=worth,
                account=stand.account,
                at=stand.at,
                redemption=reference,
                before=number,
            )
            for number, worth in enumerate(worths)
        ]
        fresh = RedemptionDocument(
            reference, stand.account, automatic.currency, steps * automatic.every, revision=1, reward=kind.key
        )
        fresh = msgspec.structs.replace(
            fresh,
            version=version.sha,
            worth=sum(worths),
            vouchers=tuple(each.voucher.reference for each in given),
        )
        counts = [each.count for each in given if each.count is not None]
        more: tuple[CountDocument | VoucherDocument, ...] = (*(each.voucher for each in given), *counts[-1:])
        return msgspec.structs.replace(active(program, stand, redeem(fresh, stand.snap)), more=more)


def turned(automatic: Automatic, kind: Voucher, points: int) -> Sequence[int]:
    """The worth of each voucher that so many points become, in minor units; () when there are too few."""
    if points < automatic.least:
        return ()
    steps = points // automatic.every
    return (steps * kind.most,) if automatic.is_one else (kind.most,) * min(steps, _AT_ONCE)


def _kinds(program: Program, at: Instant) -> Sequence[Voucher]:
    return [kind for kind in program.in_force(at).definition.offers.vouchers if kind.automatic is not None]
