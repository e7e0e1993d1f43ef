"""Whether Google would take a program's cards: asked before anybody saves one, with a card that nobody has.

Google checks the class, the object and the save link, and keeps none of them. Source:
developers.google.com/wallet/reference/rest/v1/jwt/validate.
"""

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.errors import Broken, TryAgain
from chalicelib.passes.google.answers import Heard
from chalicelib.passes.google.client import WalletClient
from chalicelib.passes.google.content import class_of, object_of
from chalicelib.passes.google.issuer import Issuer
from chalicelib.passes.google.links import SaveLinks
from chalicelib.passes.google.rotating import RotatingCodes

SERIAL = "preflight"


class Flaw(msgspec.Struct, frozen=True):
    """What would keep cards out of Google Wallet. about: "card" or "save link"; words: Google's own, if it has any."""

    about: str
    reason: str
    words: str = ""


class Preflight(msgspec.Struct, frozen=True):
    """Asks Google about cards of one issuer."""

    client: WalletClient
    issuer: Issuer
    links: SaveLinks
    codes: RotatingCodes

    def flaws(self, face: CardFace) -> list[Flaw]:
        """What is wrong with a face, first as it is told over REST, then as a link saves it; empty when nothing is.

        The face is made up: what Google says of it may be read by anybody who looks after the program.
        """
        try:
            shared, own = class_of(face, self.issuer), object_of(face, SERIAL, self.issuer, self.codes)
            payload = {"loyaltyClasses": [_present(shared)], "loyaltyObjects": [_present(own)]}
            told = {"jsonResource": {"json": msgspec.json.encode(payload).decode()}}
            linked = {"jwtResource": {"jwt": self.links.whole(payload)}}
            asked = (("card", told), ("save link", linked))
            answers = [(about, self.client.objection(resource)) for about, resource in asked]
        except Broken as err:
            return [Flaw("card", err.reason, ", ".join(f"{name}: {fact}" for name, fact in err.facts.items()))]
        except TryAgain as err:
            return [Flaw("card", err.reason)]
        return [_flaw(about, heard) for about, heard in answers if heard is not None]


def _flaw(about: str, heard: Heard) -> Flaw:
    return Flaw(about, heard.reason, heard.words)


def _present(resource: msgspec.Struct) -> dict[str, object]:
    """As it is inserted: what is empty is left out."""
    told: dict[str, object] = msgspec.to_builtins(resource)
    return {name: value for name, value in told.items() if value is not None}
