"""From a card to its signed pass: for phones that ask again, and for the button that adds it the first time."""

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.errors import Broken, TryAgain
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.package import MEDIA_TYPE
from chalicelib.passes.apple.webservice import RenderedPass
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card, Cards
from chalicelib.services.refreshing import digest
from chalicelib.services.showing import Showing

_ROUNDS = 3


class Rendering(msgspec.Struct, frozen=True):
    """Draws and signs passes of now. issuer: None where there is no Apple Wallet; nothing is drawn then"""

    cards: Cards
    showing: Showing
    issuer: Issuer | None

    def render(self, card: Card, pass_type: str = "") -> RenderedPass:
        """The pass of a card that was just read: before its face, so that a change in between is fetched once more.

        pass_type: that of the pass on the phone; "" for a new one
        Raises: Broken, TryAgain.
        """
        for _ in range(_ROUNDS):
            face = self.showing.face(card).face
            if self._is_told(card, face):
                return RenderedPass(self._drawn(card, face, pass_type), card.changed_at)
            again = self.cards.card(card.serial)
            if again is None:
                raise Broken("card_gone", card=card.serial)
            card = again
        raise TryAgain("card_moved", card=card.serial)

    def _is_told(self, card: Card, face: CardFace) -> bool:
        """A phone may fetch a face that the journal's stream has not told the card yet.

        If that face is gone again when the stream comes, the card looks unchanged, and the phone would keep what it
        fetched. So the card forgets its face: whichever comes next is a change, and is pushed. False when the card
        was changed meanwhile.
        """
        if card.face in ("", digest(msgspec.json.encode(face))):
            return True
        return self.cards.put_card(msgspec.structs.replace(card, revision=card.revision + 1, face=""))

    def download(self, card: Card) -> Answer:
        """GET /c/{card}/apple: the file that a browser hands to the wallet. Raises: Broken, TryAgain."""
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Disposition": f'attachment; filename="{card.program}.pkpass"',
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        }
        return Answer(200, headers, self.render(card).data)

    def _drawn(self, card: Card, face: CardFace, pass_type: str = "") -> bytes:
        if self.issuer is None:
            raise Broken("no_apple_wallet")
        return self.issuer.issue(face, card.serial, news=card.news, pass_type=pass_type)
