"""GET /pictures/{name}: prepared pictures, for wallets and pages; and where a page finds those of a card."""

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.services.answer import Answer
from chalicelib.services.ports.pictures import Pictures, address_of, digest_in, sheet_of
from chalicelib.web.answer import GUARDS

_YEAR_SECONDS = 31_536_000


class PictureRoom(msgspec.Struct, frozen=True):
    """Shows pictures, and knows where those of a card's look hang. Raises TryAgain."""

    pictures: Pictures

    def picture(self, name: str, *, if_none_match: str = "") -> Answer:
        """The same for ever under its address. For a name that cannot be one, nothing is read."""
        digest = digest_in(name)
        content = self.pictures.picture(digest) if digest else None
        if content is None:
            return Answer(404, {**GUARDS, "Content-Type": "text/plain; charset=utf-8"}, b"Not found\n")
        tag = f'"{digest}"'
        headers = {
            **GUARDS,
            "Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable",
            "Content-Type": "image/png",
            "ETag": tag,
        }
        if {part.strip().removeprefix("W/") for part in if_none_match.split(",")} & {tag, "*"}:
            return Answer(304, headers)
        return Answer(200, headers, content)

    def logo(self, face: CardFace) -> str:
        """The address of the program's own logo; "" when it has none."""
        return self._address(face, "web/logo.png")

    def strip(self, face: CardFace) -> str:
        """The address of what lies behind the points; "" when there is nothing."""
        return self._address(face, f"web/strip/{face.look.scene}.png") if face.look.scene else ""

    def icons(self, face: CardFace) -> dict[str, str]:
        """Of the card as an app, by their names: "icon-192", "icon-512", "icon-maskable-512"."""
        sheet = sheet_of(self.pictures, face.look.sheet)
        names = ("icon-192", "icon-512", "icon-maskable-512")
        return {name: address_of(sheet[f"web/{name}.png"]) for name in names if f"web/{name}.png" in sheet}

    def _address(self, face: CardFace, place: str) -> str:
        digest = sheet_of(self.pictures, face.look.sheet).get(place)
        return address_of(digest) if digest else ""
