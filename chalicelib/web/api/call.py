"""One request as the stores' API needs it. The front makes one before the API is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the API needs it. `route`: its address with names in braces; `ids`: what stands there."""

    method: str
    route: str
    ids: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
