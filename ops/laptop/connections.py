"""Who may tell the demo program what: every kind of sender, each with a secret of its own that outlives a restart."""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.services.ports import Connection
from ops.laptop.home import Home

SHOP_ID = "54401"
"""The laptop's shop at YooKassa."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One connection of the laptop. `make`: a secret in the provider's own shape."""

    name: str
    provider: str
    role: str
    make: Callable[[], str]
    options: Mapping[str, str] = field(default_factory=dict)


# The shop and what stands beside it: a card payment provider, one that signs nothing, a sender of activities; and a
# second shop of its own.
SENDERS = (
    Sender("shop", "shopify", "earns", lambda: secrets.token_hex(32)),
    Sender("woo", "woocommerce", "earns", lambda: secrets.token_hex(24), {"separate_shop": "yes"}),
    Sender("pay", "stripe", "evidence", lambda: f"whsec_{secrets.token_hex(16)}"),
    Sender("kassa", "yookassa", "evidence", lambda: f"test_{secrets.token_urlsafe(32)}"),
    Sender("events", "standard", "earns", lambda: f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"),
)


def secret_of(home: Home, name: str) -> str:
    """The secret that a connection has had since it was made."""
    sender = next(each for each in SENDERS if each.name == name)
    return home.remembered(f"{name}-secret", sender.make)


def connections(home: Home, program: str, yookassa_url: str) -> Sequence[Connection]:
    """All of them. `yookassa_url`: the stand-in that is asked about each of its notifications."""
    kassa = {"shop_id": SHOP_ID, "api": yookassa_url, "addresses": "127.0.0.1/32"}
    return [
        Connection(
            program,
            sender.name,
            sender.provider,
            sender.role,
            (secret_of(home, sender.name),),
            kassa if sender.provider == "yookassa" else sender.options,
        )
        for sender in SENDERS
    ]
