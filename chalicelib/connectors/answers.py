"""What providers' list APIs have in common: an answer is what was promised, or a refusal, or not understood."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from chalicelib.connectors.api import Reply
from chalicelib.errors import Malformed, Refused
from chalicelib.events import Event
from chalicelib.services.ports import Delivery, Listed

Read = TypeVar("Read")


def checked(reply: Reply, *expected: int) -> Reply:
    """Raises Refused when the provider does not let us in, Malformed when it answers anything unexpected."""
    if reply.status in expected:
        return reply
    if reply.status in (401, 402, 403, 404, 423):
        raise Refused("access_refused", status=reply.status)
    raise Malformed("unexpected_answer", status=reply.status)


def read(kind: type[Read], reply: Reply) -> Read:
    """The body of an answer. Raises Malformed."""
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("unexpected_answer", status=reply.status) from None


def stamped(kind: type[Read], item: bytes) -> Read:
    """The few fields of a listed thing without which a list cannot be gone through. Raises Malformed."""
    try:
        return msgspec.json.decode(item, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("unexpected_answer", why="an item without its stamp") from None


def smaller(sizes: Sequence[int], ask: Callable[[int], Reply]) -> tuple[Reply, int]:
    """The answer to the largest page that can be read, and its size."""
    for size in sizes:
        try:
            return ask(size), size
        except Malformed as err:
            if err.reason != "answer_too_large" or size == sizes[-1]:
                raise
    raise AssertionError("the last size returns or raises")


def listed(delivery: Delivery, understand: Callable[[Delivery], Sequence[Event]]) -> Listed:
    """One listed thing as its webhook; one that is not understood does not hide the others."""
    try:
        return Listed(delivery, understand(delivery))
    except Malformed as err:
        return Listed(delivery, unclear=err)
