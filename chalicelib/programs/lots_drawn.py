"""Drawing by lot without chance: a hash decides, so that everybody who draws again draws the same.

bucket(...)    of a member: in which of a hundred equal parts the member is, for ever as long as the salt is the same
surprises(...) of an order: is it one of the share that is surprised?
"""

from fractions import Fraction
from hashlib import sha256

from chalicelib.events import AccountId, Reference

_BITS = 64


def bucket(account: AccountId, salt: str) -> int:
    """A number from 0 to 99. Accounts that become one have the bucket of the one that stays."""
    return _number(salt, account) % 100


def surprises(reference: Reference, share: Fraction, seed: str) -> bool:
    """Is the order drawn?"""
    return Fraction(_number(seed, reference), 1 << _BITS) < share


def _number(word: str, name: str) -> int:
    """The first 64 bits of SHA-256 of the word, a line feed and the name."""
    return int.from_bytes(sha256(f"{word}\n{name}".encode()).digest()[: _BITS // 8], "big")
