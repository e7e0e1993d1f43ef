"""The courier: brings the demo's webhooks to the hooks they are meant for, and notes how each was answered."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import httpx

from ops.laptop.shopify_sender import Signed

ANSWER_SECONDS = 5.0  # a real shop waits no longer

Who = Literal["shopify", "stripe", "yookassa", "activities"]


class News(NamedTuple):
    """A webhook and who tells it."""

    headers: dict[str, str]
    body: bytes
    who: Who = "shopify"

    @classmethod
    def by(cls, who: Who, message: Signed) -> "News":
        return cls(message.headers, message.body, who)

    @property
    def topic(self) -> str:
        """What it is about, in the sender's own word: Shopify says it in a header, the others inside."""
        if self.who == "shopify":
            return self.headers["X-Shopify-Topic"]
        said = json.loads(self.body)
        return str(said["event"] if self.who == "yookassa" else said["type"])


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook that was sent. `at`: when, milliseconds since 1970 UTC

    status: how it was answered; 0: not at all, a real sender would try again later     ms: after how long
    """

    topic: str
    status: int
    ms: int
    who: Who = "shopify"
    at: int = 0


class Courier:
    """`urls`: where each sender's news is heard."""

    def __init__(self, urls: Mapping[Who, str]) -> None:
        self._urls = urls
        self._http = httpx.Client(timeout=ANSWER_SECONDS)

    def bring(self, news: News) -> Told:
        at, began = time.time_ns() // 1_000_000, time.perf_counter()
        try:
            status = self._http.post(self._urls[news.who], content=news.body, headers=news.headers).status_code
        except httpx.HTTPError:
            status = 0
        taken = round((time.perf_counter() - began) * 1000)
        return Told(news.topic, status, taken, news.who, at)
