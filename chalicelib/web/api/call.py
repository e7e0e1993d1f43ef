"""One request as the stores' API needs it. The front makes one before the API is loaded."""

from collections.abc import Mapping

import msgspec


class Call(msgspec.Struct, frozen=True):
    """One request as the API needs it. `route`: its address with names in braces; `ids`: what stands there.

    sender: the source address
    """

    method: str
    route: str
    ids: Mapping[str, str] = msgspec.field(default_factory=dict)
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    query: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    sender: str = ""
