"""What a connector is, and where to find a provider's.

A connector turns one provider's raw bytes into trusted events. It is a module (or a folder) of this room with

    authenticate(delivery, connection)    over the raw bytes, before anything is parsed; Untrusted
    translate(delivery)                   the events of an authentic delivery; Malformed
    SUCCESS                               the exact answer the provider wants to hear

and, where the provider needs it,

    fetch(delivery, connection, api)      instead of translate: the body is not believed, its object is fetched
    called(delivery)                      beside fetch: the name that the events will give this delivery
    is_probe(delivery)                    an unsigned test call that must be answered with success and changes nothing

Only the connector that is asked for is imported.
"""

import importlib
from collections.abc import Sequence
from typing import Protocol, TypeGuard, cast

from chalicelib.connectors.api import Api
from chalicelib.connectors.rotation import in_force
from chalicelib.errors import Broken, Refused, Untrusted
from chalicelib.events import Event
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection, Delivery


class Connector(Protocol):
    SUCCESS: Answer

    def authenticate(self, delivery: Delivery, connection: Connection) -> None:
        """Return if the connection's sender sent exactly these bytes. Raises Untrusted, never anything else."""


class Speaking(Connector, Protocol):
    """A provider whose signed body says everything."""

    def translate(self, delivery: Delivery) -> Sequence[Event]:
        """What an authentic delivery says. The same delivery always says the same. Raises Malformed."""


class Thin(Connector, Protocol):
    """A provider whose body is only a hint: what it names is fetched from the provider's API, through the queue."""

    def fetch(self, delivery: Delivery, connection: Connection, api: Api) -> Sequence[Event]:
        """What the provider itself says about the object. Raises Malformed, TryAgain."""

    def called(self, delivery: Delivery) -> str:
        """The name that its events will give this delivery; "" when the body cannot be read."""


_ROOM = "chalicelib.connectors."

PROVIDERS = ("shopify", "standard", "stripe", "woocommerce", "yookassa")
"""Every provider that has a connector, by the name of its module."""

SECRETS_AT_MOST = 4
"""Two kinds of secret where a provider has two, each in two versions while it is being rotated."""


def connector(provider: str) -> Connector:
    """The connector of a provider. Raises Broken when there is none: connections are checked when they are made."""
    if provider not in PROVIDERS:
        raise Broken("no_such_connector", provider=provider[:40])
    return cast(Connector, importlib.import_module(_ROOM + provider))


def is_thin(speaker: Connector) -> TypeGuard[Thin]:
    """Is the body of this provider's deliveries only a hint?"""
    return hasattr(speaker, "fetch")


def is_probe(speaker: Connector, delivery: Delivery) -> bool:
    """Is this the provider's unsigned test call?"""
    return hasattr(speaker, "is_probe") and bool(speaker.is_probe(delivery))


def understood(speaker: Connector, delivery: Delivery, connection: Connection, api: Api) -> Sequence[Event]:
    """The events of an authentic delivery, fetched where its body is not believed. Raises Malformed, TryAgain."""
    if is_thin(speaker):
        return speaker.fetch(delivery, connection, api)
    return cast(Speaking, speaker).translate(delivery)


def authenticated(connection: Connection | None, delivery: Delivery) -> Connector:
    """The connector of a delivery whose sender proved who they are. Raises Untrusted.

    connection: None when nobody configured it. It is refused after the same work as a wrong signature, so that the
    answer does not tell which connections exist.
    """
    if connection is None:
        nobody = Connection(delivery.program, delivery.connection, PROVIDERS[0], "earns", ("not a secret of anybody",))
        connector(PROVIDERS[0]).authenticate(delivery, nobody)
        raise Untrusted("signature_wrong")
    speaker = connector(connection.provider)
    speaker.authenticate(delivery, in_force(connection, delivery.received_at))
    return speaker


def check_secrets(secrets: Sequence[str]) -> None:
    """Refuse secrets that would let anybody in, or that were not copied whole, before a connection is stored."""
    if not secrets:
        raise Refused("no_secret")
    if len(secrets) > SECRETS_AT_MOST:
        raise Refused("too_many_secrets", at_most=SECRETS_AT_MOST)
    for secret in secrets:
        if not secret.strip():
            raise Refused("empty_secret")
        if not secret.isascii() or not secret.isprintable() or secret != secret.strip():
            raise Refused("secret_with_odd_characters")
