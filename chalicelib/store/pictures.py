"""Prepared pictures in DynamoDB, beside the programs that they belong to: one row for each, named by what is in it."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.services.ports.pictures import NEUTRAL, Sheet, digest_of
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.kept_pictures import Held, checked, neutral, sheet_text
from chalicelib.store.tables import PictureRow, SheetRow

_HELD_BYTES = 8_000_000
_HELD_SHEETS = 64


class DynamoPictures:
    """ports.Pictures. What was read once is held: nothing here ever changes.

    Read by Query, whose right every function has that reads programs at all.
    held_bytes: of pictures in this process
    """

    def __init__(self, dynamo: Dynamo, *, held_bytes: int = _HELD_BYTES) -> None:
        self._dynamo = dynamo
        self._held = Held(held_bytes)
        self._sheets: OrderedDict[str, Sheet] = OrderedDict()
        self._lock = threading.Lock()

    def sheet(self, name: str) -> Sheet | None:
        if name == NEUTRAL:
            return neutral()[0]
        known = self._sheets.get(name)
        if known is not None:
            return known
        rows = self._dynamo.query(SheetRow, _sheet_key(name), limit=1)
        if not rows:
            return None
        sheet = MappingProxyType(dict(json.loads(rows[0].body)))
        with self._lock:
            self._sheets[name] = sheet
            while len(self._sheets) > _HELD_SHEETS:
                self._sheets.popitem(last=False)
        return sheet

    def picture(self, digest: str) -> bytes | None:
        known = neutral()[1].get(digest) or self._held.get(digest)
        if known is not None:
            return known
        rows = self._dynamo.query(PictureRow, _picture_key(digest), limit=1)
        if not rows:
            return None
        self._held.put(digest, rows[0].png)
        return rows[0].png

    def keep(self, pictures: Mapping[str, bytes]) -> str:
        checked(pictures)
        text = sheet_text(pictures)
        name = digest_of(text.encode())
        if self.sheet(name) is not None:
            return name  # a sheet is written last: where it is, its pictures are
        for digest, png in {digest_of(content): content for content in pictures.values()}.items():
            row = PictureRow(pk=_picture_key(digest), sk="PNG", png=png)
            self._dynamo.write(Put(row, PictureRow.pk.does_not_exist()))
        self._dynamo.write(Put(SheetRow(pk=_sheet_key(name), sk="SHEET", body=text)))
        return name


def _picture_key(digest: str) -> str:
    return f"I#{digest}"


def _sheet_key(name: str) -> str:
    return f"S#{name}"
