"""Which wallet a device has, from what its browser says."""

import re
from typing import Literal

Wallet = Literal["apple", "google"]

_APPLE = re.compile(r"iPhone|iPad|iPod|Macintosh")
_ANDROID = re.compile(r"Android")


def fitting(user_agent: str, *, has_google: bool, has_apple: bool = True) -> tuple[Wallet, ...]:
    """The one wallet that fits, or every wallet where the device does not say; none where there is none for it.

    Android without Google Wallet keeps Apple's file: other apps there open it. A watch of Apple's reads no pages.
    """
    if not has_apple:
        return ("google",) if has_google and not _APPLE.search(user_agent) else ()
    if not has_google or _APPLE.search(user_agent):
        return ("apple",)
    return ("google",) if _ANDROID.search(user_agent) else ("apple", "google")
