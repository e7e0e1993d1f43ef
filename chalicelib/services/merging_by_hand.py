"""An operator says that two accounts are one person's, or that they are not after all."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from chalicelib.errors import Broken, Refused, TryAgain
from chalicelib.events import AccountId
from chalicelib.ledger.documents import MergeDocument
from chalicelib.ledger.unmerging import grown, unmerge
from chalicelib.members.people import Identity
from chalicelib.programs.program import Program
from chalicelib.services.attaching import Attaching
from chalicelib.services.journaling import Line, Standing, next_entry, standing, standing_alone
from chalicelib.services.merging import Cause, Joining
from chalicelib.services.once import merge_reference
from chalicelib.services.parting import Parting
from chalicelib.services.ports import Cards, Clock, Commit, Ledger, Members, Outcome, Vault
from chalicelib.services.provenance import later_news, paid_until, share_of

_ROUNDS = 12
_DAY = 86_400_000


class MergesByHand(msgspec.Struct, frozen=True):
    """Merges and unmerges accounts, with the identities and cards that lead to them.

    refresh: brings the cards of an account of a program up to date
    """

    ledger: Ledger
    members: Members
    cards: Cards
    vault: Vault
    clock: Clock
    refresh: Callable[[str, AccountId], None]

    def merge(self, program: Program, account: AccountId, into: AccountId, *, reason: str, actor: str) -> MergeDocument:
        """Move everything of `account` into the member's account `into`.

        Raises: TryAgain, Refused (merge_with_itself, merge_cycle, already_merged, nothing_to_merge, not_a_member,
        account_closed).
        """
        self._allowed(program, account, into)
        found = self.members.identities(program.slug)
        cause = Cause(
            actor=actor,
            reason=reason,
            identities=tuple(identity.index for identity in found if identity.account == account),
            cards=tuple(card.serial for card in self.cards.cards_of(program.slug, account)),
        )
        document = Joining(self.ledger, self.clock).merge(program, account, into, cause)
        if document is None:  # by somebody else meanwhile, or by this very call, which did not hear of it
            self._finish(program, account, into)
            raise Refused("already_merged", account=account, into=into)
        self._point(program, document)
        return document

    def unmerge(self, program: Program, account: AccountId, *, actor: str) -> MergeDocument:
        """Move back what came along, and what its own documents did since; what was used meanwhile, the other used.

        Raises: TryAgain, Refused (not_merged, already_unmerged, too_late_to_unmerge, merged_since).
        """
        for _ in range(_ROUNDS):
            document = self._merged(program, account)
            now = self.clock.now()
            days = program.in_force(now).definition.merges.undo_days
            if now > document.at + days * _DAY:
                raise Refused("too_late_to_unmerge", account=account, days=days, merged_at=document.at)
            back = standing_alone(self.ledger, program, account, now)
            carrier = standing_alone(self.ledger, program, document.into, now)
            if carrier.snap.status == "merged":
                raise Refused("merged_since", account=document.into, into=carrier.snap.merged_to or "")
            undone = msgspec.structs.replace(document, undone=True, revision=document.revision + 1)
            try:
                commit = self._commit(program, undone, back, carrier, actor)
            except Broken:
                # The journals were read after the document: what somebody else undid in between does not add up.
                if self.ledger.document(program.slug, document.reference) == document:
                    raise
                continue
            if self.ledger.commit(commit) is Outcome.COMMITTED:
                self._part(program, undone, actor)
                return undone
            self.clock.pause(50)
        raise TryAgain("too_many_races", document=merge_reference(account))

    # --- merging

    def _allowed(self, program: Program, account: AccountId, into: AccountId) -> None:
        now = self.clock.now()
        if account == into:
            raise Refused("merge_with_itself", account=account)
        leaving = standing_alone(self.ledger, program, account, now)
        staying = standing_alone(self.ledger, program, into, now)
        if leaving.snap.status == "merged":
            self._finish(program, account, into)
            raise Refused("already_merged", account=account, into=leaving.snap.merged_to or "")
        if staying.snap.status == "merged":
            is_cycle = standing(self.ledger, program, into, now).account == account
            reason = "merge_cycle" if is_cycle else "already_merged"
            raise Refused(reason, account=into, into=staying.snap.merged_to or "")
        if leaving.before is None:
            raise Refused("nothing_to_merge", account=account)
        for side in (leaving, staying):
            if side.snap.status == "closed":
                raise Refused("account_closed", account=side.account)
        has_card = staying.before is None and bool(self.cards.cards_of(program.slug, into))
        if staying.snap.status != "active" and not has_card:
            raise Refused("not_a_member", account=into)

    def _finish(self, program: Program, account: AccountId, into: AccountId) -> None:
        """A merge whose operator was interrupted: what leads to the account is pointed to the other one now."""
        document = self.ledger.document(program.slug, merge_reference(account))
        if isinstance(document, MergeDocument) and not document.undone and document.into == into:
            self._point(program, Joining(self.ledger, self.clock).keep_once(program, document))

    def _point(self, program: Program, document: MergeDocument) -> None:
        """What led to the account leads to where its points are: the other account may have been merged meanwhile."""
        into = standing(self.ledger, program, document.into, self.clock.now()).account
        for index in document.identities:
            known = self.members.identity(program.slug, index, strong=True)
            if known is not None and known.account == document.account:
                self.members.put_identity(program.slug, msgspec.structs.replace(known, account=into), was=known)
        self._attach(program, document.cards, document.account, into)
        self.refresh(program.slug, into)

    def _attach(self, program: Program, serials: Iterable[str], account: AccountId, to: AccountId) -> None:
        for serial in serials:
            Attaching(self.ledger, self.cards, self.clock).attach(program, serial, to, only_from=account)

    # --- and back

    def _merged(self, program: Program, account: AccountId) -> MergeDocument:
        document = self.ledger.document(program.slug, merge_reference(account))
        if not isinstance(document, MergeDocument):
            raise Refused("not_merged", account=account)
        if document.undone:
            self._part(program, document, "system")
            raise Refused("already_unmerged", account=account, into=document.into)
        return document

    def _commit(
        self, program: Program, document: MergeDocument, back: Standing, carrier: Standing, actor: str
    ) -> Commit:
        news = later_news(self.ledger, program, document)
        share = share_of(self.ledger, program, document)
        share = grown(share, [each for _, each in news], program.timeline, since=document.at, at=carrier.at)
        until = paid_until(self.ledger, program, document, [entry for entry, _ in news])
        parted = unmerge(share, carrier.snap, until, carrier.at, program.timeline.calendar)
        line = Line(
            kind="unmerged",
            document=document.reference,
            occurred_at=carrier.at,
            actor=actor,
            version=program.in_force(carrier.at).sha,
        )
        out = next_entry(
            carrier, program, msgspec.structs.replace(line, legs=parted.out_legs, rolled=parted.out_rolled)
        )
        is_proved = any(_is_proved_since(known, document) for known in self._led_here(program, document))
        status = "active" if is_proved else document.status
        again = msgspec.structs.replace(line, legs=parted.in_legs, rolled=parted.in_rolled, status=status)
        return Commit(program.slug, documents=(document,), entries=(out, next_entry(back, program, again)))

    def _led_here(self, program: Program, document: MergeDocument) -> list[Identity]:
        """What led to the account before it was merged, as it is known now."""
        found = (self.members.identity(program.slug, index, strong=True) for index in document.identities)
        return [known for known in found if known is not None]

    def _newer_cards(self, program: Program, document: MergeDocument) -> Iterator[str]:
        """Cards that people of the account got after it was merged: an address of theirs was proved on them."""
        for card in self.cards.cards_of(program.slug, document.into):
            member = self.members.member(program.slug, card.member)
            email = member.email if member is not None else ""
            if email and self.vault.index(program.slug, "email", email) in document.identities:
                yield card.serial

    def _part(self, program: Program, document: MergeDocument, actor: str) -> None:
        """What leads to the account leads to it again, and each has the rewards that only one of them could have."""
        for known in self._led_here(program, document):
            if known.account == document.into:
                alone = msgspec.structs.replace(known, account=document.account)
                if document.status == "unclaimed" and not _is_proved_since(known, document):
                    alone = msgspec.structs.replace(alone, proved_at=None, member="")
                self.members.put_identity(program.slug, alone, was=known)
        self._attach(program, (*document.cards, *self._newer_cards(program, document)), document.into, document.account)
        for account in (document.account, document.into):
            self.refresh(program.slug, account)
        Parting(self.ledger, self.clock).apart(program, document, actor)


def _is_proved_since(known: Identity, document: MergeDocument) -> bool:
    """Has the owner of points that waited proved who they are since? A shop's customer id was linked by an order."""
    return document.status == "unclaimed" and known.kind != "customer" and known.proved_at is not None
