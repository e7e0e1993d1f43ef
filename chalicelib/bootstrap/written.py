"""Methods of data classes that were compiled while packaging, instead of in every container that starts.

`@dataclass` writes the text of each method and has it compiled when its module is imported: some thousand small
compilations, a quarter of a function's start, and bytecode files do not hold their results. The package holds them
beside this module (ops/packaging/written.py). A text that is not among them is compiled as ever, and so is every one
on a laptop, where there is no such file, or under another version of Python.
"""

import builtins
import dataclasses
import marshal
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any

FILE = Path(__file__).with_name("written.bin")


def use(file: Path = FILE) -> None:
    """Let data classes find what is in the file: the interpreter's own number, then code by its text."""
    try:
        body = file.read_bytes()
    except FileNotFoundError:
        return
    if body.startswith(MAGIC_NUMBER):
        # The file comes with the package, as bytecode does, which is read in the same way.
        known: Mapping[str, CodeType] = marshal.loads(memoryview(body)[len(MAGIC_NUMBER) :])  # noqa: S302
        vars(dataclasses)["exec"] = _Known(known)


class _Known:
    """In the place of `exec`, as `dataclasses` calls it."""

    def __init__(self, known: Mapping[str, CodeType]) -> None:
        self._known = known

    def __call__(self, text: str, *where: dict[str, Any]) -> None:
        builtins.exec(self._known.get(text, text), *where)  # noqa: S102  # what `dataclasses` would do itself
