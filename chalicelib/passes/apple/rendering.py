"""From a card to its signed pass: for phones that ask again, and for the button that adds it the first time."""

from dataclasses import dataclass

from chalicelib.errors import Broken
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.package import MEDIA_TYPE
from chalicelib.passes.apple.webservice import RenderedPass
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card, Cards
from chalicelib.services.showing import Showing


@dataclass(frozen=True, slots=True)
class Rendering:
    """Draws and signs passes of now."""

    cards: Cards
    showing: Showing
    issuer: Issuer

    def render(self, serial: str) -> RenderedPass:
        """The pass of a serial. The card is read before its face: a change in between is fetched once more."""
        card = self.cards.card(serial)
        if card is None:
            raise Broken("card_gone", card=serial)
        return RenderedPass(self._drawn(card), card.changed_at)

    def download(self, card: Card) -> Answer:
        """GET /c/{card}/apple: the file that a browser hands to the wallet."""
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Disposition": f'attachment; filename="{card.program}.pkpass"',
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        }
        return Answer(200, headers, self._drawn(card))

    def _drawn(self, card: Card) -> bytes:
        return self.issuer.issue(self.showing.face(card).face, card.serial, tier_changed=card.news == "tier")
