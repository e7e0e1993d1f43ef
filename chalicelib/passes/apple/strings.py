"""pass.strings: the file in which a phone looks up labels.

Wallet refuses the whole file for one unescaped quote, and reads Cyrillic reliably only as UTF-16 with a byte order
mark. Source: developer.apple.com/documentation/walletpasses/creating-the-source-for-a-pass.
"""

import codecs
import re
from collections.abc import Mapping

from chalicelib.passes.apple.limits import SOURCE, refusal

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def strings_file(table: Mapping[str, str]) -> bytes:
    """The file for one language: UTF-16, little endian, with its byte order mark."""
    lines = (f'"{key.translate(_ESCAPES)}" = "{text.translate(_ESCAPES)}";\n' for key, text in table.items())
    return codecs.BOM_UTF16_LE + "".join(lines).encode("utf-16-le")


def strings_path(language: str) -> str:
    """Where the file lies inside the pass. Raises Broken for something that is no language tag."""
    if not _LANGUAGE.fullmatch(language):
        raise refusal("languages", "a language tag", SOURCE)
    return f"{language}.lproj/pass.strings"
