"""Under which names a deployment keeps its cards at Google, and where Google finds it."""

from collections.abc import Callable

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.passes.google.limits import checked_id

Address = Callable[[CardFace], str]
"""Where Google finds a picture of a face, absolute; "" for none."""


def _nowhere(face: CardFace) -> str:
    return ""


class Issuer(msgspec.Struct, frozen=True):
    """One account at Google.

    id: Google's number of the issuer      realm: keeps deployments with one issuer apart, "prod"
    logo_url: there always is one          wide_logo_url, hero_url: where the look has one
    callback_url: of a program, absolute
    """

    id: str
    realm: str
    logo_url: Address
    callback_url: Callable[[str], str]
    wide_logo_url: Address = _nowhere
    hero_url: Address = _nowhere

    def class_id(self, program: str, level_class: str = "") -> str:
        """What is new for all members is told once: a program has one class, or one for each level. Raises Broken."""
        level = f".{level_class}" if level_class else ""
        return checked_id(f"{self.id}.{self.realm}.{program}{level}")

    def object_id(self, serial: str) -> str:
        """Raises Broken."""
        return checked_id(f"{self.id}.{self.realm}.{serial}")

    def is_class(self, name: str, program: str) -> bool:
        """Whether a name is that of one of the program's classes. No program's name has a dot."""
        own = f"{self.id}.{self.realm}.{program}"
        return name == own or name.startswith(f"{own}.")

    def serial(self, object_id: str) -> str | None:
        """The card behind an object's name; None when the name is not one of ours."""
        prefix = f"{self.id}.{self.realm}."
        return object_id.removeprefix(prefix) if object_id.startswith(prefix) else None
