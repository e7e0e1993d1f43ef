"""What a wrong password costs whoever guesses, and nobody else.

Tries under a name are counted by where they come from: a device on which somebody has signed in under it before, or
else an address. After five, one has to wait: a minute, then twice as long each time, up to an hour. So a stranger
makes nobody wait but whoever shares their address, and not even those on a device that is known. A new password makes
strangers of all devices: whoever knew the one before may have collected any number of them.

Addresses are many, so all strangers together have a hundred tries a day under one name, too. Devices have no part in
it. Source: NIST SP 800-63B, 5.2.2, which also allows for places that are known.
"""

import ipaddress
from collections.abc import Callable, Sequence

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import Instant
from chalicelib.services.ports import Vault
from chalicelib.services.ports import access as ports
from chalicelib.services.ports.access import Tries

FREE_TRIES = 5
FIRST_WAIT: Instant = 60_000
LONGEST_WAIT: Instant = 3_600_000
TRIES_KEPT: Instant = 24 * 3_600_000
MOST_OF_STRANGERS = 100

_NETWORK_BITS = 64
_RACES = 5

Next = Callable[[int, Instant, Tries | None], Tries]
"""The count with one more try in it: its number, now, and what is stored and not forgotten."""


class Guessing(msgspec.Struct, frozen=True):
    """Counts tries of one program before they are looked at. Everybody is kept by blind indexes alone."""

    staff: ports.Staff
    vault: Vault

    def count(self, program: str, whose: str, now: Instant, *, device: str, place: str) -> Sequence[tuple[str, Tries]]:
        """One more try: what was counted, to be forgotten if it was right.

        whose: the name, and what makes all counts begin anew, such as a new password
        device: "" for one that is not known      place: the address it came from

        Raises: Refused("sign_in_later") with the seconds to wait, TryAgain.
        """
        if device:
            return [self._count(program, self.vault.index(program, "staff-device", f"{whose}\0{device}"), now, _slower)]
        place = self.vault.index(program, "staff-place", f"{whose}\0{_network(place)}")
        # The name's own count comes last, so that tries which have to wait anyway take nothing from it.
        return [
            self._count(program, place, now, _slower),
            self._count(program, self.vault.index(program, "staff", whose), now, _bounded),
        ]

    def forget(self, program: str, counted: Sequence[tuple[str, Tries]], now: Instant) -> None:
        """What was counted was right. If somebody has tried since, theirs is counted on."""
        for who, tries in counted:
            self.staff.put_tries(program, who, Tries(0, 0, now), was=tries)

    def _count(self, program: str, who: str, now: Instant, one_more: Next) -> tuple[str, Tries]:
        """Written before the password is looked at: guesses side by side are counted one by one, too."""
        for _ in range(_RACES):
            stored = self.staff.tries(program, who)
            known = stored if stored is not None and stored.count and now < stored.ends_at else None
            if known is not None and now < known.until:
                raise Refused("sign_in_later", seconds=-(-(known.until - now) // 1_000))
            tried = one_more(1 + (known.count if known else 0), now, known)
            if self.staff.put_tries(program, who, tried, was=stored):
                return who, tried
        raise TryAgain("too_many_races", document="sign-in")


def _slower(count: int, now: Instant, known: Tries | None) -> Tries:
    """A minute's wait after the fifth, then twice as long each time."""
    wait = 0 if count < FREE_TRIES else min(LONGEST_WAIT, FIRST_WAIT << min(count - FREE_TRIES, 10))
    return Tries(count, now + wait, now + TRIES_KEPT)


def _bounded(count: int, now: Instant, known: Tries | None) -> Tries:
    """So many in a day that begins with the first: a day that began anew with each try would never end."""
    ends_at = known.ends_at if known else now + TRIES_KEPT
    return Tries(count, ends_at if count >= MOST_OF_STRANGERS else now, ends_at)


def _network(address: str) -> str:
    """Where an address belongs: a household has one of IPv4, and 2**64 of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if known.version == 4 else str(ipaddress.ip_network((known, _NETWORK_BITS), strict=False))
