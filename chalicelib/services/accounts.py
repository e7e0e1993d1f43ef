"""Whose points: from what a sender says about a customer to an account."""

import msgspec

from chalicelib.events import AccountId, Customer, Instant
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.journal import Entry
from chalicelib.members.identity import spoken
from chalicelib.members.people import Identity
from chalicelib.programs.program import Program
from chalicelib.services.ports import Chance, Clock, Members, Vault

_DAY = 86_400_000
_SLACK = 7 * _DAY
"""An identity is remembered a little longer than its points, so that it is renewed once a week at most."""


class Found(msgspec.Struct, frozen=True):
    """An account to post to.

    is_new: nobody has seen it before, so there is no entry to read
    known: the identity that led to it      first_seen: the identity to write together with its first entry
    """

    account: AccountId
    is_new: bool = False
    known: Identity | None = None
    first_seen: tuple[Identity, ...] = ()

    @property
    def is_claimed(self) -> bool:
        """Does a proved identity lead here?"""
        return self.known is not None and self.known.proved_at is not None


class Nobody(msgspec.Struct, frozen=True):
    """There is no account, and why."""

    reason: str


class Accounts(msgspec.Struct, frozen=True):
    """Finds accounts. The e-mail decides, else the phone, else the shop's customer id: one read of 0.5 units."""

    members: Members
    vault: Vault
    chance: Chance
    clock: Clock

    def of_document(
        self, program: Program, document: OrderDocument, customer: Customer, *, strong: bool
    ) -> Found | Nobody:
        """The account a document posts to: its own for ever, or the customer's.

        strong: after a lost race over a first sight. Otherwise the cheap read will do: what it has not seen yet is
        noticed by the condition under which a new identity is written.
        """
        if document.account is not None:
            return Found(document.account)
        return self.of_customer(program, customer, strong=strong)

    def of_customer(self, program: Program, customer: Customer, *, strong: bool) -> Found | Nobody:
        """The account of whoever the sender says it was; see `of_document`."""
        named = spoken(customer)
        if not named:
            return Nobody("nobody_to_credit")
        kind, value = named[0]
        index = self.vault.index(program.slug, kind, value)
        keep = program.latest.definition.guests.keep_days
        known = self.members.identity(program.slug, index, strong=strong or keep is None)
        if known is not None:
            self._keep_remembered(program, known)
            return Found(known.account, known=known)
        if keep is None:
            return Nobody("guests_are_not_kept")
        account = AccountId(self.chance.token())
        ends_at = self.clock.now() + keep * _DAY + _SLACK
        return Found(account, is_new=True, first_seen=(Identity(index, kind, account, ends_at=ends_at),))

    def ends_at(self, program: Program, newest: Entry | None) -> Instant | None:
        """When an account's items may go: an unclaimed one lives as long after its last entry as the program says."""
        keep = program.latest.definition.guests.keep_days
        if newest is None or newest.snap.status != "unclaimed" or keep is None:
            return None
        return newest.at + keep * _DAY

    def _keep_remembered(self, program: Program, known: Identity) -> None:
        keep = program.latest.definition.guests.keep_days
        if known.ends_at is None or keep is None:
            return
        least = self.clock.now() + keep * _DAY
        if known.ends_at < least:
            self.members.put_identity(program.slug, msgspec.structs.replace(known, ends_at=least + _SLACK), was=known)
