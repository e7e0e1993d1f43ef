"""A store before the API: its key, its requests through the real front door, and what it is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import gateway
from gateway import Reply
from whole_house import ANNA, BORIS, PROGRAM, Town

from chalicelib.services.keys import SCOPES
from ops.laptop.shopify_books import Buyer

RULES = "adjustments: {at_most: 500 beans per day}\ntransfers: {allowed: yes, min: 5 beans}\ncard:\n"
"""What the demo program says more here."""


@dataclass
class Store:
    """One store with a key for everything, unless another one is said."""

    front: Any
    here: Town
    key: str = ""
    answers: list[Reply] = field(default_factory=list)
    sender: str = "203.0.113.7"

    def __post_init__(self) -> None:
        self.key = self.key or self.here.house.keys.create(self.here.program, "till", SCOPES)

    def ask(self, method: str, address: str, body: object = None, **headers: str) -> Reply:
        """One request; `headers` with underscores for hyphens, "" leaves one out."""
        told = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        full = address if address.startswith("/v1") else f"/v1/programs/{PROGRAM}{address}"
        resource, parameters = gateway.parts(full, self.front.app.routes)
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        event = gateway.event(
            method,
            resource,
            parameters,
            query=urlsplit(full).query,
            headers={name: value for name, value in told.items() if value},
            body=raw,
            sender=self.sender,
        )
        reply = gateway.reply(self.front.app(event, None))
        self.answers.append(reply)
        return reply

    def told(self, method: str, address: str, body: object = None, **headers: str) -> Any:
        """What a request that succeeds is answered."""
        reply = self.ask(method, address, body, **headers)
        assert reply.status == 200, reply.body.decode()
        return json.loads(reply.body)

    def refused(
        self, method: str, address: str, body: object = None, **headers: str
    ) -> tuple[int, str, Mapping[str, Any]]:
        """(status, id of the error, facts) of a request that does not."""
        reply = self.ask(method, address, body, **headers)
        trouble = json.loads(reply.body)
        assert set(trouble) - {"cashier"} == {"error", "message", "facts"}
        assert trouble["message"].endswith((".", "..."))
        return reply.status, trouble["error"], trouble["facts"]

    def points(self, member: str) -> int:
        balance: int = self.told("GET", f"/members/{member}/balance")["currencies"]["beans"]["points"]
        return balance

    def member(self, buyer: Buyer = ANNA, price: int = 10_000) -> str:
        """Somebody who has joined and bought; the id by which the API knows them."""
        self.here.member(buyer)
        self.here.buys(buyer, price)
        return self.here.account(buyer)


__all__ = ["ANNA", "BORIS", "PROGRAM", "RULES", "Store"]
