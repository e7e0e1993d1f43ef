"""Somebody wants to be forgotten: the profile and its key go, cards end, the journal stays under its pseudonym."""

from dataclasses import dataclass, replace

from chalicelib.errors import TryAgain
from chalicelib.events import ErasureAsked
from chalicelib.members.identity import spoken
from chalicelib.members.people import Identity
from chalicelib.programs.program import Program
from chalicelib.services.knowing import Knowing
from chalicelib.services.ports import Cards, Clock, Members, Vault
from chalicelib.services.refreshing import Refresh


@dataclass(frozen=True, slots=True)
class Erasure:
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

    def _forget(self, program: Program, identity: Identity) -> None:
        for card in self.cards.cards_of(program.slug, identity.account):
            ended = replace(card, is_void=True, changed_at=max(self.clock.now(), card.changed_at + 1))
            if not self.cards.put_card(replace(ended, revision=card.revision + 1)):
                raise TryAgain("card_moved", card=card.serial)
            self.members.erase_member(program.slug, card.member)
        self.refresh.account(
            program.slug, identity.account
        )  # no entry is written, so the stream tells the phones nothing
        if identity.member:
            self.members.erase_member(program.slug, identity.member)
        self.knowing.forget(program.slug, identity.account)
        for index in (identity.index, *identity.links):
            self.members.remove_identity(program.slug, index)
