"""The trail: what was done to a stage, in its bucket that keeps everything.

Keys: _trail/<yyyy-mm>/<begun at, 15 digits>-<id>/begun.json, and done.json beside it. No program is called _trail.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, Protocol, TypeVar

import msgspec

from chalicelib.services.keys import without_keys

Outcome = Literal["done", "refused", "broke"]
_MOST_LINES = 1_000
_MOST_MONTHS = 1_200
_NAMED = re.compile(r"_trail/[0-9]{4}-[0-9]{2}/[0-9]{15}-[^/]+/begun\.json")


class Begun(msgspec.Struct, frozen=True):
    """Written before anything is done.

    at: milliseconds since 1970     arguments: without secrets and people; those that are left out are "..."
    user: of this computer     by: who says to do it, "" unless told     caller: the ARN at AWS, "" on a laptop
    """

    id: str
    at: int
    stage: str
    command: str
    arguments: Mapping[str, str]
    user: str
    by: str = ""
    caller: str = ""


class Closed(msgspec.Struct, frozen=True):
    """Written when it has ended. why: an exit code, or the kind of what went wrong; never a message"""

    at: int
    outcome: Outcome
    why: str = ""


class Line(msgspec.Struct, frozen=True):
    """closed: None while it goes on, or when it was killed"""

    begun: Begun
    closed: Closed | None


_Said = TypeVar("_Said", Begun, Closed)


class Objects(Protocol):
    """store.seals.Objects: a bucket in which nothing is ever written over. Raises TryAgain."""

    def read(self, key: str) -> bytes | None: ...

    def write(self, key: str, body: bytes) -> bool: ...

    def keys(self, starts: str) -> Sequence[str]: ...


class Trail:
    """The lines of one stage. Every call raises TryAgain when the bucket does not answer."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def begin(self, begun: Begun) -> bool:
        """False when there is a line of this name already."""
        return self._objects.write(f"{_folder(begun)}/begun.json", msgspec.json.encode(begun))

    def close(self, begun: Begun, closed: Closed) -> bool:
        """False when it was closed already."""
        return self._objects.write(f"{_folder(begun)}/done.json", msgspec.json.encode(closed))

    def since(self, start: int, until: int) -> list[Line]:
        """Lines of commands that began between two instants, the newest first; at most 1000 of them."""
        keys = [key for month in _months(start, until) for key in self._objects.keys(f"_trail/{month}/")]
        ended = {key.removesuffix("/done.json") for key in keys if key.endswith("/done.json")}
        folders = (key.removesuffix("/begun.json") for key in keys if _NAMED.fullmatch(key))
        wanted = [folder for folder in folders if start <= int(folder.split("/")[2][:15]) <= until]
        return [self._line(folder, folder in ended) for folder in sorted(wanted, reverse=True)[:_MOST_LINES]]

    def _line(self, folder: str, is_closed: bool) -> Line:
        at, _, name = folder.split("/")[2].partition("-")
        unread = Begun(name, int(at), "", "(a line that cannot be read)", {}, "?")
        begun = _read(self._objects.read(f"{folder}/begun.json"), unread)
        closed = self._objects.read(f"{folder}/done.json") if is_closed else None
        return Line(begun, None if closed is None else _read(closed, Closed(begun.at, "broke", "unreadable")))


def _read(body: bytes | None, otherwise: _Said) -> _Said:
    """Whoever may add a line may add anything, and nobody can remove it: it must not hide the lines beside it, and a
    key that once came into one is not read out of it again.
    """
    try:
        return msgspec.json.decode(without_keys((body or b"").decode()), type=type(otherwise))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return otherwise


def _folder(begun: Begun) -> str:
    return f"_trail/{_day(begun.at):%Y-%m}/{begun.at:015d}-{begun.id}"


def _day(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000, UTC)


def _months(start: int, until: int) -> list[str]:
    first, last = _day(start), _day(until)
    end = last.year * 12 + last.month - 1
    months = range(max(first.year * 12 + first.month - 1, end - _MOST_MONTHS), end + 1)
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in months]
