"""Passwords of those who work at the till: argon2id, through passlib's interface.

Loading it takes a tenth of a second and each hash 19 MiB, so it is loaded by the first sign-in and by nothing else.
"""

import functools
from typing import Any

CARE = {"type": "ID", "memory_cost": 19_456, "rounds": 2, "parallelism": 1}
"""argon2id: 19 MiB, two passes, one lane. Source: OWASP Password Storage Cheat Sheet."""


class ArgonPasswords:
    """ports.access.Passwords."""

    def hashed(self, password: str) -> str:
        made: str = _context().hash(password)
        return made

    def check(self, password: str, hashed: str) -> tuple[bool, str]:
        is_right, anew = _context().verify_and_update(password, hashed or NOBODYS)
        return bool(is_right and hashed), anew or ""


NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$Ysy5t7aW0lpLiZGS0hpjDA$penPirGxEy/4MKWiZiHP3QJXHTooEL2K3LmclNIusj4"
"""The hash of a password that nobody knows, made with today's care: an unknown name takes as long as a wrong try."""


@functools.cache
def _context() -> Any:
    """Hashes with today's care, and checks what was hashed with any."""
    # The distribution is `libpass`: it maintains the package `passlib`, whose own last release is of 2020.
    from passlib.context import CryptContext  # noqa: PLC0415  # see above

    return CryptContext(schemes=["argon2"], **{f"argon2__{name}": value for name, value in CARE.items()})
