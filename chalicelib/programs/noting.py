"""What a check of a definition notes, before it knows the line."""

import msgspec

from chalicelib.programs.definition import Definition
from chalicelib.programs.finding import Finding, Weight


class Note(msgspec.Struct, frozen=True):
    """Something to mend at a path of the definition; see `Finding`."""

    path: str
    message: str
    suggestion: str
    weight: Weight = "error"

    def finding(self, definition: Definition, file: str) -> Finding:
        """The same with its line."""
        return Finding(file, _line(definition, self.path), self.path, self.message, self.suggestion, self.weight)


def _line(definition: Definition, path: str) -> int:
    """The line of a path, or of the nearest block around it that is written down."""
    while path and path not in definition.lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return definition.lines.get(path, 1)
