"""Somebody wants to be forgotten: the profile and its key go, cards end, the journal stays under its pseudonym."""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, ErasureAsked
from chalicelib.members.identity import spoken
from chalicelib.members.people import Identity
from chalicelib.programs.program import Program
from chalicelib.services.knowing import Knowing
from chalicelib.services.ports import Card, Cards, Clock, Members, Vault
from chalicelib.services.refreshing import Refresh

_ROUNDS = 3


class Erasure(msgspec.Struct, frozen=True):
    """Erases what leads from an account to a person."""

    members: Members
    cards: Cards
    vault: Vault
    clock: Clock
    refresh: Refresh
    knowing: Knowing

    def erase(self, program: Program, asked: ErasureAsked) -> None:
        """Forget a person, or all that a shop alone has told us when the shop has left. Repeating is harmless.

        Members who joined by themselves are not the shop's to erase: they stay when a shop leaves.
        """
        if asked.everyone:
            for told in self.members.identities(program.slug):
                if told.proved_at is None:
                    self.members.remove_identity(program.slug, told.index)
            return
        for kind, value in spoken(asked.customer):
            identity = self.members.identity(program.slug, self.vault.index(program.slug, kind, value), strong=True)
            if identity is not None:
                self._forget(program, identity)

    def leave(self, program: Program, card: Card, identity: Identity | None) -> None:
        """Its owner ends the membership that a card shows. Repeating is harmless.

        identity: the one that was proved on the card; without any, only what was typed for this very card is erased,
            and points that wait under somebody's unproved address stay where they are
        """
        if identity is not None:
            self._forget(program, identity, but=card.member)
        if identity is None or identity.account != card.account:
            self._end(card)
            self.refresh.account(program.slug, card.account)
        # Last: until here the profile leads whoever repeats this to the identity.
        self.members.erase_member(program.slug, card.member)

    def person(
        self,
        program: Program,
        accounts: Sequence[AccountId],
        identities: Sequence[Identity],
        members: Sequence[str],
    ) -> None:
        """Forget all of somebody that an operator has found: `accounts` became one. Repeating is harmless."""
        for account in accounts:
            for card in self.cards.cards_of(program.slug, account):
                self._end(card)
            self.refresh.account(program.slug, account)
            self.knowing.forget(program.slug, account)
        for member in members:
            self.members.erase_member(program.slug, member)
        for identity in identities:
            for index in (*identity.links, identity.index):
                self.members.remove_identity(program.slug, index)

    def _forget(self, program: Program, identity: Identity, *, but: str = "") -> None:
        """`but`: a member who is erased by the caller."""
        cards = self.cards.cards_of(program.slug, identity.account)
        for card in cards:
            self._end(card)
        self.refresh.account(
            program.slug, identity.account
        )  # no entry is written, so the stream tells the phones nothing
        for member in sorted({identity.member, *(card.member for card in cards)} - {"", but}):
            self.members.erase_member(program.slug, member)
        self.knowing.forget(program.slug, identity.account)
        for index in (*identity.links, identity.index):
            self.members.remove_identity(program.slug, index)

    def _end(self, card: Card) -> None:
        """The card says that it has ended; one that says so already stays as it is. Raises TryAgain."""
        for _ in range(_ROUNDS):
            if card.is_void:
                return
            changed_at = card.next_change(self.clock.now())
            if self.cards.put_card(
                msgspec.structs.replace(card, is_void=True, changed_at=changed_at, revision=card.revision + 1)
            ):
                return
            card = self.cards.card(card.serial) or card
        raise TryAgain("card_moved", card=card.serial)
