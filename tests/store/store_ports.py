"""The ports that the contract suite is about, and what stands beside them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.services.ports import Audit, Cards, Ledger, Members, Pictures, Programs, Views
from chalicelib.store.dynamo import Dynamo

OpenTables = Callable[..., Dynamo]
RawItems = Callable[[str], list[dict[str, Any]]]


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    instant: int = 1_782_216_000_000

    def now(self) -> int:
        return self.instant


@dataclass
class SecretBox:
    """Secrets Manager's part: texts by name."""

    kept: dict[str, str] = field(default_factory=dict)

    def fetch(self, name: str) -> str:
        return self.kept[name]

    def keep(self, name: str, text: str) -> None:
        json.loads(text)
        self.kept[name] = text


@dataclass
class Store:
    """All ports of one kind. `clock` moves the programs' cache."""

    ledger: Ledger
    audit: Audit
    members: Members
    cards: Cards
    views: Views
    programs: Programs
    clock: Clock
    pictures: Pictures
