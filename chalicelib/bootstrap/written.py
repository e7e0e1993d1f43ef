"""What was found and compiled while packaging, instead of in every container that starts.

* Modules: finding one file of bytecode asks the disk a dozen times, for some five hundred modules.
* Regular expressions: every library has its own at the head of its modules, and has them compiled at every import.

The package holds both beside this module (ops/packaging/written.py). What is not among them is found and compiled as
ever, and so is everything on a laptop, where there is no such file, or under another version of Python.
"""

import importlib
import marshal
import mmap
import sys
from collections.abc import Callable, Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any

FILE = Path(__file__).with_name("written.bin")
_ROOT = str(Path(__file__).parents[2])

_MACHINE: Any = importlib.import_module("_sre")
"""What regular expressions are compiled for."""


def use(file: Path = FILE) -> None:
    """Let imports and `re` find what is in the file.

    Its parts: the interpreter's own number; the length of what follows, in four bytes; the numbers of the machine for
    patterns, where in the rest is which pattern (by itself and its flags) and which module (by its name, with its
    file); the rest. A piece is read when it is asked for: no function needs all.
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
    machine, patterns, modules = marshal.loads(body[start:behind])  # noqa: S302
    sys.meta_path.insert(sys.meta_path.index(PathFinder), _Modules(modules, body[behind:]))
    if machine == (_MACHINE.MAGIC, _MACHINE.CODESIZE):
        compiler = vars(importlib.import_module("re._compiler"))
        compiler["compile"] = _Patterns(patterns, body[behind:], compiler["compile"])


class _Modules(MetaPathFinder):
    """Knows where the package's modules are, and that Python's own are not among them.

    places: each one's file, and where its code begins and ends in the body
    """

    def __init__(self, places: Mapping[str, tuple[str, int, int]], body: memoryview) -> None:
        self._places = places
        self._body = body
        self._own = [folder for folder in sys.path if folder.startswith(f"{sys.base_prefix}/")]

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """None for what is not known: the next one looks for it."""
        place = self._places.get(name)
        if place is not None:
            return self._spec(name, *place)
        return PathFinder.find_spec(name, self._own) if name in sys.stdlib_module_names else None

    def _spec(self, name: str, file: str, begins: int, ends: int) -> ModuleSpec:
        """What `spec_from_file_location` makes, which looks for the places that are known here."""
        whole = f"{_ROOT}/{file}"
        loader = _Module(name, whole, self._body[begins:ends])
        spec = ModuleSpec(name, loader, origin=whole, is_package=file.endswith("/__init__.py"))
        spec.has_location = True
        spec.cached = ""  # or Python works out where its bytecode would lie
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(whole.rpartition("/")[0])
        return spec


class _Module(SourceFileLoader):
    """A module like any other, whose code is at hand."""

    def __init__(self, name: str, file: str, code: memoryview) -> None:
        super().__init__(name, file)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        """Compiled."""
        code: CodeType = marshal.loads(self._code)  # noqa: S302  # see above
        return code


class _Patterns:
    """In the place of the compiler of `re`, which asks it once for each pattern.

    places: where each one's numbers begin and end in the body
    """

    def __init__(
        self, places: Mapping[object, tuple[int, int]], body: memoryview, compiler: Callable[..., Any]
    ) -> None:
        self._places = places
        self._body = body
        self._compiler = compiler

    def __call__(self, pattern: object, flags: int = 0) -> Any:
        place = self._places.get((pattern, flags))
        if place is None:
            return self._compiler(pattern, flags)
        return _MACHINE.compile(pattern, *marshal.loads(self._body[slice(*place)]))  # noqa: S302  # see above
