"""A member gives points to another one: both entries and the document in one transaction."""

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import ByHandDocument, TransferDocument
from chalicelib.ledger.transferring import transfer
from chalicelib.programs.program import Program
from chalicelib.services.by_hand import awake, counted, is_currency, is_open, is_whole
from chalicelib.services.journaling import Line, Standing, next_entry, standing
from chalicelib.services.ports import Cards, Clock, Commit, Ledger, Outcome

_ROUNDS = 12


class Transfers(msgspec.Struct, frozen=True):
    """Moves points between members, each time once however often it is asked for."""

    ledger: Ledger
    cards: Cards
    clock: Clock

    def transfer(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        to: AccountId,
        points: int,
        *,
        currency: str,
        actor: str,
    ) -> TransferDocument:
        """Move `points` from `account` to `to`; merged accounts lead to the ones that carry them.

        A repeat is answered as the first time was.
        Raises: Malformed (not_a_number_of_points), TryAgain, Refused (redeeming_paused, transfers_not_allowed,
        unknown_currency, cards_not_combined,
        transfer_to_oneself, not_a_member, account_closed, below_the_least, not_enough_points, limit_of_the_day;
        another_transfer when the reference was used before).
        """
        is_whole(points, least=1)
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if known is not None:
                asked = TransferDocument(reference, account, to, currency, points)
                return self._same(program, known, asked)
            giver = standing(self.ledger, program, account, self.clock.now())
            receiver = standing(self.ledger, program, to, self.clock.now())
            self._allowed(program, giver, receiver, currency, points)
            document = TransferDocument(reference, giver.account, receiver.account, currency, points, revision=1)
            posted = self._post(program, giver, receiver, document, actor)
            if posted is not None:
                return posted
        raise TryAgain("too_many_races", document=reference)

    def _allowed(self, program: Program, giver: Standing, receiver: Standing, currency: str, points: int) -> None:
        program.goes("redeeming")
        rules = program.in_force(giver.at).definition.transfers
        if not rules.allowed:
            raise Refused("transfers_not_allowed", program=program.slug)
        is_currency(program, giver, currency)
        card = program.in_force(giver.at).definition.offers.stamp_card(currency)
        if card is not None and not card.may_combine:
            raise Refused("cards_not_combined", currency=currency)
        if giver.account == receiver.account:
            raise Refused("transfer_to_oneself", account=giver.account)
        for side in (giver, receiver):
            is_open(side.account, side)
            if not self._is_member(program, side):
                raise Refused("not_a_member", account=side.account)
        least = rules.least.get(currency, 1)
        if points < least:
            raise Refused("below_the_least", asked=points, least=least)

    def _is_member(self, program: Program, side: Standing) -> bool:
        """Somebody who joined has a card, even before the first entry; points that wait belong to nobody yet."""
        if side.snap.status == "active":
            return True
        return side.before is None and bool(self.cards.cards_of(program.slug, side.account))

    def _post(
        self, program: Program, giver: Standing, receiver: Standing, document: TransferDocument, actor: str
    ) -> TransferDocument | None:
        """The document as it was written; None when somebody was faster."""
        moved = transfer(document, giver.snap, receiver.snap, program.timeline.calendar)
        line = Line(
            kind="transferred",
            document=document.reference,
            occurred_at=giver.at,
            actor=actor,
            version=program.in_force(giver.at).sha,
        )
        entries = (
            next_entry(giver, program, msgspec.structs.replace(line, legs=moved.out_legs)),
            next_entry(receiver, program, awake(receiver, msgspec.structs.replace(line, legs=moved.in_legs))),
        )
        counts = self._counts(program, giver, document)
        outcome = self.ledger.commit(Commit(program.slug, documents=(moved.document, *counts), entries=entries))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return moved.document if outcome is Outcome.COMMITTED else None

    def _counts(self, program: Program, giver: Standing, document: TransferDocument) -> tuple[ByHandDocument, ...]:
        currency, points = document.currency, document.points
        most = program.in_force(giver.at).definition.transfers.at_most.get(currency)
        if most is None:
            return ()
        by = giver.account
        return (
            counted(
                self.ledger, program, giver, what="transferred", by=by, currency=currency, points=points, most=most
            ),
        )

    def _same(self, program: Program, known: object, asked: TransferDocument) -> TransferDocument:
        """The document of an earlier time, if it is the same transfer; its accounts may be one with others now."""
        what = (asked.currency, asked.points)
        if not isinstance(known, TransferDocument) or (known.currency, known.points) != what:
            raise Refused("another_transfer", reference=asked.reference)
        now = self.clock.now()
        for one, other in ((known.account, asked.account), (known.to, asked.to)):
            if one != other and self._carrier(program, other, now) != self._carrier(program, one, now):
                raise Refused("another_transfer", reference=asked.reference)
        return known

    def _carrier(self, program: Program, account: AccountId, now: Instant) -> AccountId:
        return standing(self.ledger, program, account, now).account
