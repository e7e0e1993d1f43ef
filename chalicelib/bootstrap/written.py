"""Code that was compiled while packaging, instead of in every container that starts: what bytecode files do not hold.

* Methods of data classes: `@dataclass` writes the text of each and has it compiled when its module is imported, some
  thousand small compilations.
* Modules: finding one file of bytecode asks the disk a dozen times, for some five hundred modules.
* Regular expressions: every library has its own at the head of its modules, and has them compiled at every import.

Together they were a third of a function's start. The package holds them beside this module
(ops/packaging/written.py). What is not among them is compiled as ever, and so is everything on a laptop, where there is
no such file, or under another version of Python.
"""

import builtins
import dataclasses
import hashlib
import importlib
import marshal
import mmap
import sys
from collections.abc import Callable, Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER, spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

FILE = Path(__file__).with_name("written.bin")
_ROOT = str(Path(__file__).parents[2])

_MACHINE: Any = importlib.import_module("_sre")
"""What regular expressions are compiled for."""


def use(file: Path = FILE) -> None:
    """Let imports, data classes and `re` find what is in the file.

    Its parts: the interpreter's own number; the length of what follows, in four bytes; the numbers of the machine for
    patterns, where in the rest is which method (by its text's digest), which pattern (by itself and its flags) and
    which module (by its name, with its file); the rest. A piece is read when it is asked for: no function needs all.
    """
    try:
        with file.open("rb") as opened:
            body = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        return
    start = len(MAGIC_NUMBER) + 4
    if body[: len(MAGIC_NUMBER)] != MAGIC_NUMBER:
        return
    behind = start + int.from_bytes(body[len(MAGIC_NUMBER) : start], "big")
    # The file comes with the package, as bytecode does, which is read in the same way.
    machine, methods, patterns, modules = marshal.loads(body[start:behind])  # noqa: S302
    sys.meta_path.insert(0, _Modules(modules, body[behind:]))
    vars(dataclasses)["exec"] = _Methods(_Pieces(methods, body[behind:]))
    if machine == (_MACHINE.MAGIC, _MACHINE.CODESIZE):
        compiler = vars(importlib.import_module("re._compiler"))
        compiler["compile"] = _Patterns(_Pieces(patterns, body[behind:]), compiler["compile"])


def digest(text: str) -> bytes:
    """By which a method is known."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class _Pieces:
    """What was compiled, by a key. `places`: where a piece begins in the body, and where it ends."""

    def __init__(self, places: Mapping[object, tuple[int, int]], body: memoryview) -> None:
        self._places = places
        self._body = body

    def get(self, key: object) -> Any:
        """None for what is not known."""
        place = self._places.get(key)
        return None if place is None else marshal.loads(self._body[slice(*place)])  # noqa: S302  # see above


class _Modules(MetaPathFinder):
    """Knows where the package's modules are. `places`: each one's file, and where its code begins and ends."""

    def __init__(self, places: Mapping[str, tuple[str, int, int]], body: memoryview) -> None:
        self._places = places
        self._body = body

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """None for what is not known: the next one looks for it."""
        place = self._places.get(name)
        if place is None:
            return None
        file, *piece = place
        whole = f"{_ROOT}/{file}"
        return spec_from_file_location(name, whole, loader=_Module(name, whole, self._body[slice(*piece)]))


class _Module(SourceFileLoader):
    """A module like any other, whose code is at hand."""

    def __init__(self, name: str, file: str, code: memoryview) -> None:
        super().__init__(name, file)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        """Compiled."""
        code: CodeType = marshal.loads(self._code)  # noqa: S302  # see above
        return code


class _Methods:
    """In the place of `exec`, as `dataclasses` calls it."""

    def __init__(self, known: _Pieces) -> None:
        self._known = known

    def __call__(self, text: str, *where: dict[str, Any]) -> None:
        builtins.exec(self._known.get(digest(text)) or text, *where)  # noqa: S102  # what `dataclasses` would do itself


class _Patterns:
    """In the place of the compiler of `re`, which asks it once for each pattern."""

    def __init__(self, known: _Pieces, compiler: Callable[..., Any]) -> None:
        self._known = known
        self._compiler = compiler

    def __call__(self, pattern: object, flags: int = 0) -> Any:
        parts = self._known.get((pattern, flags))
        return self._compiler(pattern, flags) if parts is None else _MACHINE.compile(pattern, *parts)
