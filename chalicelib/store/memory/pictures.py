"""Prepared pictures in memory."""

import json
from collections.abc import Mapping

from chalicelib.services.ports.pictures import NEUTRAL, Sheet, digest_of
from chalicelib.store.kept_pictures import checked, neutral, sheet_text


class MemoryPictures:
    """ports.Pictures."""

    def __init__(self) -> None:
        self._sheets: dict[str, Sheet] = {NEUTRAL: neutral()[0]}
        self._pictures: dict[str, bytes] = dict(neutral()[1])

    def sheet(self, name: str) -> Sheet | None:
        return self._sheets.get(name)

    def picture(self, digest: str) -> bytes | None:
        return self._pictures.get(digest)

    def keep(self, pictures: Mapping[str, bytes]) -> str:
        checked(pictures)
        text = sheet_text(pictures)
        name = digest_of(text.encode())
        self._pictures |= {digest_of(content): content for content in pictures.values()}
        self._sheets[name] = json.loads(text)
        return name
