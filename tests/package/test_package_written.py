"""Patterns and modules that come compiled in the package: the same code, and nothing where they do not fit."""

import importlib
import importlib.util
import marshal
import os
import re
import sys
import warnings
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from chalicelib.bootstrap import written
from ops.package import Package
from ops.packaging import archive
from ops.packaging.written import PLACE, compiled

COMPILER = vars(importlib.import_module("re._compiler"))
SRE: Any = importlib.import_module("_sre")
MACHINE = (SRE.MAGIC, SRE.CODESIZE)


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test changes in `re` and in how modules are found is put back."""
    monkeypatch.setitem(COMPILER, "compile", COMPILER["compile"])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))


def file_of(
    path: Path,
    *,
    patterns: Mapping[tuple[str, int], tuple[object, ...]] | None = None,
    modules: Mapping[str, tuple[str, CodeType]] | None = None,
    magic: bytes = MAGIC_NUMBER,
    machine: tuple[int, int] = MACHINE,
) -> Path:
    """As packaging makes it: patterns and modules with what Python would compile."""
    rest = bytearray()

    def kept(piece: object) -> tuple[int, int]:
        begins = len(rest)
        rest.extend(marshal.dumps(piece))
        return begins, len(rest)

    head = marshal.dumps(
        (
            machine,
            {key: kept(parts) for key, parts in (patterns or {}).items()},
            {name: (file, *kept(code)) for name, (file, code) in (modules or {}).items()},
        )
    )
    path.write_bytes(magic + len(head).to_bytes(4, "big") + head + rest)
    return path


def code_of(text: str) -> CodeType:
    return compile(text, "<string>", "exec")


@pytest.mark.parametrize("found", ["nothing", "another Python's"])
def test_nothing_changes_without_a_file_that_fits(untouched: None, tmp_path: Path, found: str) -> None:
    path = tmp_path / "written.bin"
    if found != "nothing":
        file_of(path, magic=b"\0\0\r\n")
    before = (COMPILER["compile"], list(sys.meta_path))
    written.use(path)
    assert (COMPILER["compile"], sys.meta_path) == before


def test_pattern_that_is_known_is_not_compiled_again_and_another_one_is_as_ever(
    untouched: None, tmp_path: Path
) -> None:
    """The parts of one pattern under the name of another: only so can it be told apart."""
    parts: tuple[object, ...] = (re.compile("b").flags, b_code(), 0, {}, (None,))
    written.use(file_of(tmp_path / "written.bin", patterns={("known-here", 0): parts}))
    assert re.compile("known-here").match("b")
    assert re.compile("new-here").match("new-here")


def b_code() -> list[int]:
    """What the machine runs for the pattern "b"."""
    parsed = importlib.import_module("re._parser").parse("b")
    return [int(each) for each in COMPILER["_code"](parsed, 0)]


def test_patterns_for_another_machine_are_compiled_as_ever(untouched: None, tmp_path: Path) -> None:
    before = COMPILER["compile"]
    written.use(file_of(tmp_path / "written.bin", machine=(MACHINE[0] + 1, MACHINE[1])))
    assert COMPILER["compile"] is before


def test_module_that_is_known_is_loaded_from_the_file_and_has_its_own_place(untouched: None, tmp_path: Path) -> None:
    """Nothing lies at that place: its code can only come from the file."""
    code = code_of("ANSWER = 42")
    written.use(file_of(tmp_path / "written.bin", modules={"known_here": ("known_here/__init__.py", code)}))
    try:
        known: Any = importlib.import_module("known_here")
    finally:
        sys.modules.pop("known_here", None)
    folder = Path(written.__file__).parents[2] / "known_here"
    assert (known.ANSWER, known.__file__, known.__path__) == (42, str(folder / "__init__.py"), [str(folder)])


def test_module_that_is_not_known_is_looked_for_by_the_next(untouched: None, tmp_path: Path) -> None:
    written.use(file_of(tmp_path / "written.bin"))
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nobody_knows_it")


def test_module_of_python_is_not_looked_for_where_ours_are(
    untouched: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the same name before it on the way would be taken for it otherwise."""
    (tmp_path / "this.py").write_text("raise AssertionError")
    monkeypatch.syspath_prepend(tmp_path)
    written.use(file_of(tmp_path / "written.bin"))
    monkeypatch.delitem(sys.modules, "this", raising=False)
    found = importlib.util.find_spec("this")
    assert found is not None
    assert Path(str(found.origin)).parent == Path(os.__file__).parent


@pytest.mark.package
def test_package_holds_what_is_compiled_of_its_source(made: Package, tmp_path: Path) -> None:
    archive.unpack(made.zipped, tmp_path / "task")
    source = made.zipped.parent / "work" / "source"
    assert (tmp_path / "task" / PLACE).read_bytes() == compiled(source, tmp_path / "task", archive.SERVICES)


@pytest.mark.package
def test_every_kept_pattern_and_module_is_what_python_makes_of_it(made: Package, tmp_path: Path) -> None:
    archive.unpack(made.zipped, tmp_path / "task")
    body = (tmp_path / "task" / PLACE).read_bytes()
    start = len(MAGIC_NUMBER) + 4
    behind = start + int.from_bytes(body[len(MAGIC_NUMBER) : start], "big")
    machine, patterns, modules = marshal.loads(body[start:behind])
    assert machine == MACHINE
    for (pattern, flags), (begins, ends) in patterns.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            usual = re.compile(pattern, flags)
        kept = SRE.compile(pattern, *marshal.loads(body[behind + begins : behind + ends]))
        assert (kept, kept.groups, kept.groupindex) == (usual, usual.groups, usual.groupindex)
    for file, begins, ends in modules.values():
        bytecode = Path(cache_from_source(str(tmp_path / "task" / file))).read_bytes()
        assert body[behind + begins : behind + ends] == bytecode[16:]
    assert {"app", "chalicelib.services.receiving", "botocore.client", "yaml"} <= modules.keys()


@pytest.mark.package
def test_descriptions_in_the_package_have_no_texts_and_every_operation(made: Package, tmp_path: Path) -> None:
    """A client of each service is made from them, with the operations that botocore knows."""
    from botocore.loaders import Loader
    from botocore.session import get_session

    archive.unpack(made.zipped, tmp_path / "task")
    light = Loader(
        extra_search_paths=[str(tmp_path / "task" / "botocore" / "data")], include_default_search_paths=False
    )
    usual = get_session().get_component("data_loader")
    for service in archive.SERVICES:
        told, full = light.load_service_model(service, "service-2"), usual.load_service_model(service, "service-2")
        assert (told["operations"].keys(), told["shapes"].keys()) == (full["operations"].keys(), full["shapes"].keys())
        assert "documentation" not in told["operations"][next(iter(told["operations"]))]
    ours, theirs = light.load_data("endpoints"), usual.load_data("endpoints")
    for here, there in zip(ours["partitions"], theirs["partitions"], strict=True):
        assert here["regions"] == there["regions"]
        assert set(here["services"]) <= set(archive.SERVICES)
