"""Codes that change every minute: the phone computes them, a till shows what it scanned, and we compute the same.

What is scanned is the card's code, a dot and eight digits: "BS-4711-0815.84755224". The digits follow from the time and
a secret of the card's own (RFC 6238, SHA-1, steps of a minute), which Google has from us and passes on to the phone; it
is never in a save link. A photograph of the whole code is refused some minutes later; a code without its digits, as
Apple's cards show it, still says whose card it is. Source:
developers.google.com/wallet/generic/resources/rotating-barcodes; RFC 6238, RFC 4226.

A till asks services.scanning, which takes what was scanned apart and asks `RotatingCodes.is_fresh`.
"""

import hashlib
import hmac

import msgspec

from chalicelib.events import Instant
from chalicelib.services.ports import Card

PERIOD_MILLISECONDS = 60_000
DIGITS = 8
PATTERN = "{code}.{{totp_value_0}}"
"""What the phone shows: the card's code, and what it puts in Google's placeholder. See services.scanning."""

WINDOW = 1
"""So many minutes before and after are good, too: clocks differ, and people take a while to reach the scanner."""

_KEY_BYTES = 20  # RFC 4226, 4: 160 bits are recommended, as many as SHA-1 has


class RotatingCodes(msgspec.Struct, frozen=True):
    """`secret`: of the deployment; every card's is made from it and its serial."""

    secret: bytes

    def __repr__(self) -> str:
        return "RotatingCodes()"

    def key(self, serial: str) -> bytes:
        """A card's own secret, the same for ever."""
        return hmac.digest(self.secret, serial.encode("utf-8", "surrogatepass"), hashlib.sha256)[:_KEY_BYTES]

    def is_current(self, serial: str, digits: str, now: Instant) -> bool:
        """Whether the card shows these digits now, or did or will within the window. In constant time."""
        step = now // PERIOD_MILLISECONDS
        key = self.key(serial)
        said = digits.encode("utf-8", "surrogatepass")
        near = (totp(key, counter) for counter in range(max(0, step - WINDOW), step + WINDOW + 1))
        return sum(hmac.compare_digest(said, each.encode()) for each in near) > 0  # all of them are looked at

    def is_fresh(self, card: Card, digits: str, now: Instant) -> bool:
        """services.scanning.IsFresh: `digits` is what a till scanned behind the card's code."""
        return self.is_current(card.serial, digits, now)


def totp(key: bytes, counter: int, *, digits: int = DIGITS) -> str:
    """The digits of one step of time. Source: RFC 4226, 5.3; RFC 6238, 4.2."""
    mac = hmac.digest(key, counter.to_bytes(8), "sha1")
    offset = mac[-1] & 0x0F
    cut = int.from_bytes(mac[offset : offset + 4]) & 0x7FFF_FFFF
    return str(cut % 10**digits).zfill(digits)
