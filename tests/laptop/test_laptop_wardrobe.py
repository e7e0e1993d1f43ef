"""The demo's pictures are prepared once, and again when anything they are made of changed."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from chalicelib.store.memory.pictures import MemoryPictures
from ops.laptop.home import PROJECT
from ops.laptop.wardrobe import dressed


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "programs" / "bean-street", tmp_path / "bean-street")
    return Path(shutil.copy(PROJECT / "programs" / "bean-street.yaml", tmp_path))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often pictures were prepared; each time there are others."""
    times: list[str] = []

    def prepared(program: Any, folder: Path) -> dict[str, bytes]:
        times.append(program.program)
        return {"apple/icon.png": b"icon %d" % len(times)}

    monkeypatch.setattr("ops.looks.prepared", prepared)
    return times


def test_a_second_start_draws_nothing(definition: Path, tmp_path: Path, drawn: list[str]) -> None:
    pictures = MemoryPictures()

    first = dressed(definition, tmp_path / "looks.json", pictures)

    assert dressed(definition, tmp_path / "looks.json", pictures) == first
    assert drawn == ["bean-street"]
    assert pictures.sheet(first) is not None


@pytest.mark.parametrize("changed", ["bean-street.yaml", "bean-street/logo.png"])
def test_what_changed_is_drawn_anew(definition: Path, tmp_path: Path, drawn: list[str], changed: str) -> None:
    pictures = MemoryPictures()
    first = dressed(definition, tmp_path / "looks.json", pictures)
    with (tmp_path / changed).open("ab") as file:
        file.write(b"\n")

    assert dressed(definition, tmp_path / "looks.json", pictures) != first
    assert len(drawn) == 2


def test_a_forgotten_store_is_filled_again(definition: Path, tmp_path: Path, drawn: list[str]) -> None:
    dressed(definition, tmp_path / "looks.json", MemoryPictures())
    fresh = MemoryPictures()

    sheet = dressed(definition, tmp_path / "looks.json", fresh)

    assert fresh.sheet(sheet) is not None
    assert len(drawn) == 2
