"""The round logos of programs in Google Wallet, and the addresses at which Google finds them.

An address carries a digest of the picture: Google keeps what it fetched, so a changed picture needs another address.
660 pixels square with a wide margin, since Google cuts a circle out of it. Source:
developers.google.com/wallet/retail/loyalty-cards/resources/brand-guidelines.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "images"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ADDRESS = re.compile(r"(?P<program>[a-z0-9-]{1,60})\.(?P<digest>[0-9a-f]{8})\.png")
_NEUTRAL = "default"


def logo_path(program: str) -> str:
    """Where the program's logo is found, below the deployment's own address; a neutral one for lack of one."""
    return f"/google/logo/{program}.{_digest(program)}.png"


def logo(name: str) -> bytes | None:
    """The picture behind the last part of an address; None for any other name."""
    match = _ADDRESS.fullmatch(name)
    if match is None or match["digest"] != _digest(match["program"]):
        return None
    return _content(match["program"])


def _digest(program: str) -> str:
    return hashlib.sha256(_content(program)).hexdigest()[:8]


@lru_cache(maxsize=64)
def _content(program: str) -> bytes:
    path = _FOLDER / f"{program}.png"
    return (path if _SLUG.fullmatch(program) and path.is_file() else _FOLDER / f"{_NEUTRAL}.png").read_bytes()
