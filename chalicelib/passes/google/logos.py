"""The addresses at which Google Wallet finds a card's pictures.

An address carries a digest of the picture: Google keeps what it fetched, so a changed picture needs another address.
The logo is 660 pixels square with a wide margin, since Google cuts a circle out of it. Source:
developers.google.com/wallet/retail/loyalty-cards/resources/brand-guidelines.
"""

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.services.ports.pictures import NEUTRAL, Pictures, address_of, sheet_of


class Logos(msgspec.Struct, frozen=True):
    """Finds them by a face's look. `base_url`: the deployment's own address. Raises TryAgain."""

    base_url: str
    pictures: Pictures

    def logo(self, face: CardFace) -> str:
        """Round at Google: the program's, or a neutral one; there always is one."""
        return self._address(face, "google/logo.png") or self._found(NEUTRAL, "google/logo.png")

    def wide_logo(self, face: CardFace) -> str:
        """Beside the name, instead of the round one; "" for none."""
        return self._address(face, "google/wide_logo.png")

    def hero(self, face: CardFace) -> str:
        """Over the whole breadth, of the face's scene, in the colour of its class; "" for none."""
        scene, level_class = face.look.scene, face.level_class
        if not scene:
            return ""
        on_level = self._address(face, f"google/hero/{level_class}/{scene}.png") if level_class else ""
        return on_level or self._address(face, f"google/hero/{scene}.png")

    def _address(self, face: CardFace, place: str) -> str:
        return self._found(face.look.sheet, place)

    def _found(self, sheet: str, place: str) -> str:
        digest = sheet_of(self.pictures, sheet).get(place)
        return f"{self.base_url}{address_of(digest)}" if digest else ""
