"""What every service may ask of the world: the time, chance, and to be heard."""

from typing import Protocol

from chalicelib.events import Instant


class Clock(Protocol):
    def now(self) -> Instant:
        """Milliseconds since 1970 UTC."""

    def pause(self, most_milliseconds: int) -> None:
        """Wait a random while, so that two who met do not meet again."""

    def wait(self, milliseconds: Instant) -> None:
        """Wait so long."""


class Chance(Protocol):
    def token(self) -> str:
        """128 random bits or more, URL-safe, 22 characters or more."""

    def digits(self, count: int) -> str:
        """A random decimal code of `count` digits."""


class Alarm(Protocol):
    def raise_(self, name: str, **facts: str | int) -> None:
        """Make somebody look: a metric and a log line. Facts hold no personal data."""
