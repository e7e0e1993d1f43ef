"""Methods of data classes that come compiled in the package: the same code, and nothing where they do not fit."""

import dataclasses
import marshal
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from chalicelib.bootstrap import written
from ops.package import Package
from ops.packaging import archive
from ops.packaging.written import PLACE, compiled

TEXT = "def hello():\n return 'hello'"


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test changes in `dataclasses` is put back."""
    monkeypatch.setitem(vars(dataclasses), "exec", exec)


def made_by(text: str) -> object:
    made: dict[str, object] = {}
    vars(dataclasses)["exec"](text, {}, made)
    return made["hello"]()  # type: ignore[operator]


def file_of(path: Path, code: str, *, magic: bytes = MAGIC_NUMBER) -> Path:
    path.write_bytes(magic + marshal.dumps({TEXT: compile(code, "<string>", "exec")}))
    return path


def test_text_that_is_known_is_not_compiled_again(untouched: None, tmp_path: Path) -> None:
    written.use(file_of(tmp_path / "written.bin", TEXT.replace("'hello'", "'compiled before'")))
    assert made_by(TEXT) == "compiled before"


def test_text_that_is_not_known_is_compiled_as_ever(untouched: None, tmp_path: Path) -> None:
    written.use(file_of(tmp_path / "written.bin", TEXT))
    assert made_by(TEXT.replace("'hello'", "'new here'")) == "new here"


@pytest.mark.parametrize("found", ["nothing", "another Python's"])
def test_nothing_changes_without_a_file_that_fits(untouched: None, tmp_path: Path, found: str) -> None:
    path = tmp_path / "written.bin"
    if found != "nothing":
        file_of(path, TEXT, magic=b"\0\0\r\n")
    before = vars(dataclasses)["exec"]
    written.use(path)
    assert vars(dataclasses)["exec"] is before


def test_data_class_of_known_texts_is_the_same_class(untouched: None, tmp_path: Path) -> None:
    texts: set[str] = set()

    def noted(text: str, *where: dict[str, object]) -> None:
        texts.add(text)
        exec(text, *where)

    vars(dataclasses)["exec"] = noted
    usual = dataclasses.make_dataclass("Points", [("count", int)], frozen=True, slots=True)
    path = tmp_path / "written.bin"
    code = {text: compile(text, "<string>", "exec") for text in texts}
    path.write_bytes(MAGIC_NUMBER + marshal.dumps(code))
    written.use(path)
    again = dataclasses.make_dataclass("Points", [("count", int)], frozen=True, slots=True)
    for kind in (usual, again):
        one = kind(3)
        assert (one, repr(one), hash(one)) == (kind(3), "Points(count=3)", hash((3,)))
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.count = 4


@pytest.mark.package
def test_package_holds_what_every_data_class_of_its_source_writes(made: Package, tmp_path: Path) -> None:
    archive.unpack(made.zipped, tmp_path / "task")
    source = made.zipped.parent / "work" / "source"
    assert (tmp_path / "task" / PLACE).read_bytes() == compiled(source)


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
