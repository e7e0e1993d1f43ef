"""Whether a stage that was just deployed answers: each of its doors is asked something that changes nothing.

Every door has to start, with its settings and secrets, and all but the first have to read a table to know their answer.
Nothing is signed: whoever deploys has no secret of a shop. What a signed order does is tried before, on the same zip.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

_SECONDS = 15
_GATEWAYS = ({"message": "Not Found"}, {"message": "Missing Authentication Token"}, {"message": "Forbidden"})
"""What stands in front answers so where no route leads to a door."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """`wanted`: the status that a stranger gets"""

    door: str
    method: str
    path: str
    wanted: int


_ASKED: Sequence[_Asked] = (
    _Asked("Pages", "GET", "/p/smoke-test", 404),
    _Asked("Wallets", "GET", "/c/smoke-test/google", 404),
    _Asked("StoresApi", "GET", "/v1/programs/smoke-test/members", 401),
    _Asked("Hooks", "POST", "/hooks/smoke-test/unsigned", 401),
)
"""Nobody's program, card, key and connection."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One request of the test. `says`: what came, or why nothing did"""

    is_good: bool
    asked: str
    says: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What came. `has_record`: the stage's host is found by its own name"""

    answers: Sequence[Answered]
    has_record: bool = True

    @property
    def is_good(self) -> bool:
        return all(each.is_good for each in self.answers)


def smoke(address: str, stage: str, *, behind: str = "", client: Callable[[], httpx.Client] | None = None) -> Tried:
    """Ask for its health, and then each door for what nobody has, which must be refused and not break.

    address: of the stage     behind: the name that its DNS record is to lead to. While there is no record, the stage is
        asked there by its own name; "" where it has no host of its own
    """
    with (client or (lambda: httpx.Client(timeout=_SECONDS)))() as ask:
        line = _Line(ask, address)
        health = line.ask("GET", "/health")
        has_record = not (behind and isinstance(health, httpx.HTTPError))
        if not has_record:
            line = _Line(ask, f"https://{behind}", host=address.removeprefix("https://"))
            health = line.ask("GET", "/health")
        return Tried([_healthy(health, stage), *(_refused(line, each) for each in _ASKED)], has_record)


@dataclass(frozen=True, slots=True)
class _Line:
    """A way to a stage. `host`: the name that it is called by, where that is not the address's."""

    client: httpx.Client
    address: str
    host: str = ""

    def ask(self, method: str, path: str) -> httpx.Response | httpx.HTTPError:
        called = {"Host": self.host} if self.host else {}
        shown = {"sni_hostname": self.host} if self.host else {}
        try:
            return self.client.request(
                method, f"{self.address}{path}", headers={"Accept": "application/json", **called}, extensions=shown
            )
        except httpx.HTTPError as err:
            return err


def _healthy(came: httpx.Response | httpx.HTTPError, stage: str) -> Answered:
    asked = "Pages: GET /health"
    if isinstance(came, httpx.HTTPError):
        return Answered(False, asked, f"no answer: {type(came).__name__}")
    told = _told(came)
    is_good = isinstance(told, dict) and told.get("status") == "ok" and told.get("stage") == stage
    return Answered(came.status_code == 200 and is_good, asked, f"{came.status_code} {came.text[:80]}")


def _refused(line: _Line, asked: _Asked) -> Answered:
    said = f"{asked.door}: {asked.method} {asked.path}"
    came = line.ask(asked.method, asked.path)
    if isinstance(came, httpx.HTTPError):
        return Answered(False, said, f"no answer: {type(came).__name__}")
    if _told(came) in _GATEWAYS:
        return Answered(False, said, f"{came.status_code}: no route leads to this door")
    if came.status_code != asked.wanted:
        return Answered(False, said, f"{came.status_code} instead of {asked.wanted}")
    return Answered(True, said, f"{came.status_code}, as to every stranger")


def _told(came: httpx.Response) -> Any:
    try:
        return came.json()
    except json.JSONDecodeError:
        return None
