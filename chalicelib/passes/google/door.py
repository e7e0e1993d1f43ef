"""Google Wallet's addresses: the button that saves a card, what Google tells us about it, and the logos it shows."""

from dataclasses import dataclass

from chalicelib.passes.google.callbacks import Callbacks
from chalicelib.passes.google.logos import logo
from chalicelib.services.answer import Answer
from chalicelib.services.google_cards import GoogleRefresh
from chalicelib.services.ports import Card


@dataclass(frozen=True, slots=True)
class GoogleDoor:
    """Answers people and Google."""

    refresh: GoogleRefresh
    callbacks: Callbacks

    def save(self, card: Card) -> Answer:
        """GET /c/{card}/google: to Google, which knows the card by then. Raises TryAgain, Broken."""
        link = self.refresh.save_link(card)
        headers = {"Location": link, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return Answer(302, headers)

    def callback(self, program: str, body: bytes) -> Answer:
        """POST /google/callback/{program}. Raises Untrusted (nothing is written), TryAgain."""
        self.refresh.told(self.callbacks.verified(program, body))
        return Answer(200, {"Content-Type": "text/plain; charset=utf-8"}, b"ok")

    def logo(self, name: str) -> Answer:
        """GET /google/logo/{name}: a picture that Google fetches, the same for ever under its address."""
        picture = logo(name)
        if picture is None:
            return Answer(404, {"Content-Type": "text/plain; charset=utf-8"}, b"not found")
        headers = {"Content-Type": "image/png", "Cache-Control": "public, max-age=31536000, immutable"}
        return Answer(200, headers, picture)
