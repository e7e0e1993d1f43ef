"""Google Wallet's addresses: the button that saves a card, and what Google tells us about it."""

from collections.abc import Sequence

import msgspec

from chalicelib.events import AccountId
from chalicelib.passes.google.callbacks import Callbacks
from chalicelib.passes.google.preflight import SERIAL, Flaw, Preflight
from chalicelib.services.answer import Answer
from chalicelib.services.google_cards import GoogleRefresh
from chalicelib.services.ports import Card


class GoogleDoor(msgspec.Struct, frozen=True):
    """Answers people and Google."""

    refresh: GoogleRefresh
    callbacks: Callbacks
    preflights: Preflight

    def save(self, card: Card) -> Answer:
        """GET /c/{card}/google: to Google, which knows the card by then. Raises TryAgain, Broken."""
        link = self.refresh.save_link(card)
        headers = {"Location": link, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return Answer(302, headers)

    def callback(self, program: str, body: bytes) -> Answer:
        """POST /google/callback/{program}. Raises Untrusted (nothing is written), TryAgain."""
        self.refresh.told(self.callbacks.verified(program, body))
        return Answer(200, {"Content-Type": "text/plain; charset=utf-8"}, b"ok")

    def preflight(self, program: str) -> Sequence[Flaw]:
        """What would keep the program's cards out of Google Wallet; empty when nothing does. Raises Broken, TryAgain.

        Google is asked about the card of somebody who does not exist; nothing is kept, here or there.
        """
        nobody = AccountId(SERIAL)
        now = self.refresh.clock.now()
        card = Card(program, SERIAL, nobody, SERIAL, link="", barcode=SERIAL, language="", opened_at=now)
        return self.preflights.flaws(self.refresh.showing.face(card).face)
