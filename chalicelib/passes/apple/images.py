"""The pictures of a pass: icon, logo and strip of each program, in the three sharpnesses of phones.

They lie beside this file because only the code of the house travels into a Lambda function.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent / "images"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NEUTRAL = "default"


@lru_cache(maxsize=64)
def pictures(program: str) -> Mapping[str, bytes]:
    """PNG files by the name Wallet gives them; a neutral set for a program that brings none of its own."""
    folder = _FOLDER / program
    if not _SLUG.fullmatch(program) or not folder.is_dir():
        folder = _FOLDER / _NEUTRAL
    return MappingProxyType({path.name: path.read_bytes() for path in sorted(folder.glob("*.png"))})
