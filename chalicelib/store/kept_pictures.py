"""What every keeper of pictures shares: a sheet's text and name, the neutral pictures, and what is held in memory."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from chalicelib.errors import Malformed
from chalicelib.services.ports.pictures import Sheet, digest_of

MOST_BYTES = 350_000
"""So large may a picture be: DynamoDB keeps 400 kB a row, with its keys."""

MOST_PICTURES = 1_000

_NEUTRAL_FOLDER = Path(__file__).parent / "neutral"


def checked(pictures: Mapping[str, bytes]) -> None:
    """Raises: Malformed when there are too many pictures, or one of them is too large to be kept."""
    if len(pictures) > MOST_PICTURES:
        raise Malformed("too_many_pictures", count=len(pictures), most=MOST_PICTURES)
    for path, content in pictures.items():
        if len(content) > MOST_BYTES:
            raise Malformed("picture_too_large", picture=path, bytes=len(content), most=MOST_BYTES)


def sheet_text(pictures: Mapping[str, bytes]) -> str:
    """A look as it is kept: JSON, in one order, so that the same pictures are the same sheet."""
    digests = {path: digest_of(content) for path, content in pictures.items()}
    return json.dumps(digests, sort_keys=True, separators=(",", ":"))


@cache
def neutral() -> tuple[Sheet, Mapping[str, bytes]]:
    """The pictures that ship with the code: where each is used, and their content by digest."""
    files = {
        path.relative_to(_NEUTRAL_FOLDER).as_posix(): path.read_bytes()
        for path in sorted(_NEUTRAL_FOLDER.rglob("*.png"))
    }
    sheet = {place: digest_of(content) for place, content in files.items()}
    return MappingProxyType(sheet), MappingProxyType({digest_of(content): content for content in files.values()})


class Held:
    """The pictures asked for last, up to `most_bytes` in all. Threads may share it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str) -> bytes | None:
        with self._lock:
            if digest in self._held:
                self._held.move_to_end(digest)
            return self._held.get(digest)

    def put(self, digest: str, content: bytes) -> None:
        """Hold it, and let go of what was asked for longest ago."""
        with self._lock:
            if digest in self._held or len(content) > self._most_bytes:
                return
            self._held[digest] = content
            self._bytes += len(content)
            while self._bytes > self._most_bytes:
                _, gone = self._held.popitem(last=False)
                self._bytes -= len(gone)
