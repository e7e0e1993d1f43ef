"""What is being done belongs to one event: its id stands in every line of the log, from the front door to the push.

The id is the sender's own name of its delivery, which the journal's entry keeps anyway. It is carried beside the
work, not in it: doors and adapters set and read it, services and pure rooms do not know it.

    front door    the gateway's id of the request, until a sender is believed; then the delivery's
    queue         a message takes it along
    stream        the entry's delivery; its document where no delivery caused it
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import msgspec

from chalicelib.events import Instant

Message = Mapping[str, str | int]

_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/#=+-]{1,80}")
_ID, _SINCE = "trace", "trace_since"


class Trace(msgspec.Struct, frozen=True):
    """`since`: when it began     provider: of the connection it came by, "" for none     waited: it was in a queue"""

    id: str
    since: Instant
    provider: str = ""
    waited: bool = False


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """What is being followed; None where nothing is, as at an operator's terminal."""
    return _current.get()


def id_of(name: str) -> str:
    """A name as an id: itself when it is short and plain, which every known sender's are; else its digest."""
    return name if _PLAIN.fullmatch(name) else hashlib.sha256(name.encode(errors="replace")).hexdigest()[:32]


def shown_outside(known: Trace) -> str:
    """The id for somebody else's log. The name itself may be an order's number, which is none of their business."""
    return hashlib.sha256(known.id.encode()).hexdigest()[:32]


@contextmanager
def following(name: str, since: Instant) -> Iterator[None]:
    """All in the block belongs to `name`."""
    with _set(Trace(id_of(name), since)):
        yield


def called(name: str, *, provider: str) -> None:
    """What is being followed has told its own name and its sender. An empty name changes only the sender."""
    known = _current.get()
    if known is not None:
        _current.set(msgspec.structs.replace(known, id=id_of(name) if name else known.id, provider=provider))


def carrying(message: Message) -> Message:
    """A queue's message with the id that it belongs to."""
    known = _current.get()
    return message if known is None else {**message, _ID: known.id, _SINCE: known.since}


@contextmanager
def carried(message: Message) -> Iterator[Message]:
    """The message without the id, to which all in the block belongs. One without an id belongs to what is followed."""
    bare = {name: value for name, value in message.items() if name not in (_ID, _SINCE)}
    known = _current.get()
    if _ID in message:
        known = Trace(str(message[_ID]), int(message.get(_SINCE, 0)), waited=True)
    with _set(known):
        yield bare


@contextmanager
def _set(trace: Trace | None) -> Iterator[None]:
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)
