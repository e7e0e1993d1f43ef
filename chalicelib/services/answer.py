"""What every door gives back to a caller over HTTP."""

from collections.abc import Mapping

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer, to the byte."""

    status: int
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
