"""Somebody else may know the link or the code of a card: both are replaced, and the card stays the same.

Serial and authentication token stay, so the passes on phones follow with the new code. The new link is made from the
old one and a key that only the page before it knew: whoever lost the answer sends the same form again and is led on,
while the old link alone leads nowhere.
"""

import re

import msgspec

from chalicelib.errors import Malformed, Refused, TryAgain
from chalicelib.events import Instant
from chalicelib.members.proving import COUNTING, window
from chalicelib.programs.program import Program
from chalicelib.services.codes import card_code
from chalicelib.services.ports import Card, Cards, Chance, Clock, Members, Vault
from chalicelib.services.refreshing import Refresh

_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")
_LETTERS = 32
"""Of the new link, in hexadecimal: 128 bits."""
_ROUNDS = 5
MOST_AN_HOUR = 5
assert COUNTING == 3_600_000, "so often within one window of counting"


class Replacing(msgspec.Struct, frozen=True):
    """Gives cards new links and codes."""

    members: Members
    cards: Cards
    refresh: Refresh
    vault: Vault
    chance: Chance
    clock: Clock

    def key(self) -> str:
        """What the form carries; another one each time."""
        return self.chance.token()

    def again(self, link: str, key: str) -> str:
        """The new link, where this very form was sent before; "" where it was not. Raises Malformed("form_unreadable").

        Whatever the first time did not get to is done now.
        """
        fresh = self._new_link(link, key)
        card = self.cards.card_by_link(self.vault.digest(fresh))
        if card is None:
            return ""
        self.refresh.account(card.program, card.account, is_repeat=True)
        return fresh

    def replace(self, program: Program, card: Card, link: str, key: str) -> str:
        """The card's new link; the old one and the old code lead to it no more, and phones are told.

        Raises: Malformed("form_unreadable"), Refused (card_has_ended, link_replaced, too_many_links), TryAgain.
        """
        fresh, now = self._new_link(link, key), self.clock.now()
        if card.is_void:
            raise Refused("card_has_ended")
        if not self._may_replace(card, now):
            raise Refused("too_many_links")
        for _ in range(_ROUNDS):
            code = card_code(self.chance, program.in_force(now).definition.card.barcode)
            if self.cards.relink(card, link=self.vault.digest(fresh), barcode=code):
                self.refresh.account(program.slug, card.account)
                return fresh
            card = self.cards.card(card.serial) or card
            if card.link == self.vault.digest(fresh):
                return fresh  # the same form, sent twice at once
            if card.link != self.vault.digest(link):
                raise Refused("link_replaced")
        raise TryAgain("card_moved", card=card.serial)

    def _new_link(self, link: str, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise Malformed("form_unreadable")
        return self.vault.index("", "card-link", f"{link}\0{key}")[:_LETTERS]

    def _may_replace(self, card: Card, now: Instant) -> bool:
        number, ends_at = window(now)
        counter = f"links/{card.serial}/{number}"
        return self.members.count(card.program, counter, ends_at=ends_at) <= MOST_AN_HOUR
