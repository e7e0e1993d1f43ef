"""Something to mend in a definition, said so that its owner can mend it."""

from typing import Literal

import msgspec

Weight = Literal["error", "warning", "note"]


class Finding(msgspec.Struct, frozen=True):
    """One thing to mend and where. Lines and columns count from 1.

    path: where in the definition ("earn.rules[0].give")     suggestion: what would help, or empty
    weight: an error must be mended before publishing; a warning is worth a thought; a note says what something costs
    """

    file: str
    line: int
    path: str
    message: str
    suggestion: str = ""
    weight: Weight = "error"
    column: int = 1

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        told = f"{self.path}: {self.message}" if self.path else self.message
        return f"{place}: {told}. {self.suggestion}" if self.suggestion else f"{place}: {told}"
