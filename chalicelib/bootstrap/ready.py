"""What each function makes while Lambda starts it: with a whole processor, and while no sender waits.

What is not made here is made by the first request that needs it, at the speed that the function's memory pays for.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from chalicelib.errors import LoyaltyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.bootstrap.house import House

_log = logging.getLogger(__name__)


def ready(house: House, function: str) -> None:
    """Make what every request of this function needs.

    function: a door of the package ("hooks", "wallets", "pages", "stores_api") or the name of a worker ("on_journal");
        any other one makes nothing
    A secret that cannot be read now is asked for again by the first request, which says so.
    """
    try:
        READY.get(function, _nothing)(house)
    except LoyaltyError as err:
        _log.warning("not_ready", extra={"facts": {"why": err.reason, "function": function}})


def _nothing(house: House) -> None:
    """A laptop, or a function that is new here."""


def _hooks(house: House) -> None:
    own = house.adapters
    own.at_the_door.connect()
    own.posting.connect()
    _ = own.vault, house.hooks


def _wallets(house: House) -> None:
    own = house.adapters
    own.at_the_door.connect()
    own.ordinary.connect()
    _ = own.vault, own.ledger, house.apple


def _pages(house: House) -> None:
    own = house.adapters
    own.at_the_door.connect()
    own.ordinary.connect()
    _ = own.vault, house.desk


def _stores_api(house: House) -> None:
    own = house.adapters
    own.at_the_door.connect()
    own.ordinary.connect()
    own.posting.connect()
    _ = own.vault, house.api


def _journal(house: House) -> None:
    own = house.adapters
    own.at_the_door.connect()
    own.ordinary.connect()
    own.posting.connect()
    _ = house.journal


def _cards(house: House) -> None:
    own = house.adapters
    own.ordinary.connect()
    _ = house.refresh, own.pusher


READY: Mapping[str, Callable[[House], None]] = {
    "hooks": _hooks,
    "wallets": _wallets,
    "pages": _pages,
    "stores_api": _stores_api,
    "on_deferred": _hooks,
    "on_journal": _journal,
    "on_cards": _cards,
}
"""Whoever nobody waits for is not here: the schedule's functions make what they need when they need it."""
