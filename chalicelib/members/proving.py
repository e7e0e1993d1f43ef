"""The rules of proof: how long a code lives, how often it may be tried, how many mails may be sent."""

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.members.people import Proof

MINUTE = 60_000
LIFE = 30 * MINUTE
TRIES = 5
MAILS_PER_ADDRESS = 5
MAILS_PER_SENDER = 20
COUNTING = 60 * MINUTE
"""Mails are counted within one hour."""


def usable(proof: Proof | None, now: Instant) -> Proof:
    """The proof if it can still be used. Raises Refused: proof_unknown, proof_used, proof_expired, too_many_tries."""
    if proof is None:
        raise Refused("proof_unknown")
    if proof.used_at is not None:
        raise Refused("proof_used")
    if now >= proof.ends_at:
        raise Refused("proof_expired")
    if proof.tries >= TRIES:
        raise Refused("too_many_tries")
    return proof


def window(now: Instant) -> tuple[int, Instant]:
    """The number of the counting window that holds `now`, and its end."""
    number = now // COUNTING
    return number, (number + 1) * COUNTING
