"""Whether a stage that was just deployed answers: two requests that change nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import httpx

_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Answered:
    """One request of the test. `says`: what came, or why nothing did"""

    is_good: bool
    asked: str
    says: str


def smoke(address: str, stage: str, *, client: Callable[[], httpx.Client] | None = None) -> list[Answered]:
    """Ask for its health, and send a webhook that nobody signed, which must be refused and not break."""
    with (client or (lambda: httpx.Client(timeout=_SECONDS)))() as ask:
        return [_health(ask, address, stage), _unsigned(ask, address)]


def _health(ask: httpx.Client, address: str, stage: str) -> Answered:
    asked = f"GET {address}/health"
    try:
        answer = ask.get(f"{address}/health")
        told = answer.json() if answer.status_code == 200 else {}
    except (httpx.HTTPError, json.JSONDecodeError) as err:
        return Answered(False, asked, f"no answer: {type(err).__name__}. Does the host's DNS record point to DnsName?")
    is_good = isinstance(told, dict) and told.get("status") == "ok" and told.get("stage") == stage
    return Answered(is_good, asked, f"{answer.status_code} {told if told else answer.text[:80]}")


def _unsigned(ask: httpx.Client, address: str) -> Answered:
    asked = f"POST {address}/hooks/smoke/test, unsigned"
    try:
        answer = ask.post(f"{address}/hooks/smoke/test", content=b"{}", headers={"Content-Type": "application/json"})
    except httpx.HTTPError as err:
        return Answered(False, asked, f"no answer: {type(err).__name__}")
    return Answered(400 <= answer.status_code < 500, asked, str(answer.status_code))
