"""`pointpass preview`: what it writes, and how it says no."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from preview_gallery import FOLDER

from ops.preview import camera
from ops.preview.command import preview

BEAN_STREET = FOLDER / "bean-street.yaml"


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(preview, [str(each) for each in arguments])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of Bean Street with its pictures, to be spoilt."""
    shutil.copytree(FOLDER / "bean-street", tmp_path / "bean-street")
    return Path(shutil.copy(BEAN_STREET, tmp_path))


@pytest.mark.browser
def test_sheets_and_single_cards_are_written_as_pictures(tmp_path: Path) -> None:
    command = "from ops.preview.command import preview; preview()"
    arguments = [str(BEAN_STREET), str(FOLDER / "caffe-nero.yaml"), "--language", "all", "--out", str(tmp_path)]
    arguments += ["--together", str(tmp_path / "all.png")]
    whole = [sys.executable, "-c", command, *arguments]
    done = subprocess.run(whole, cwd=FOLDER.parent, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    written = {path.name for path in tmp_path.iterdir()}
    for stem in ("bean-street-typical-en", "bean-street-typical-ru", "caffe-nero-typical-en", "caffe-nero-typical-ru"):
        assert {f"{stem}.png", f"{stem}-apple.png", f"{stem}-google.png", f"{stem}-web.png"} <= written
    with Image.open(tmp_path / "caffe-nero-typical-ru.png") as sheet:
        assert sheet.width > sheet.height > 1_600
    with Image.open(tmp_path / "all.png") as together:
        assert together.width == 2 * 40 + 4 * 236 + 3 * 28  # a column for each program and language
    assert (tmp_path / "all.png").stat().st_size < 400_000


def test_without_a_chromium_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(camera, "chromium", lambda: None)
    done = called(BEAN_STREET, "--out", tmp_path)
    assert done.exit_code == 1
    assert "apt-get install -y chromium" in done.output
    assert "brew install chromium" in done.output


def test_a_broken_picture_is_named(own: Path) -> None:
    (own.parent / "bean-street" / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\nand then nothing")
    done = called(own)
    assert done.exit_code == 1
    assert "bean-street/logo.png" in done.output
    assert "Traceback" not in done.output


def test_a_missing_picture_is_named(own: Path) -> None:
    (own.parent / "bean-street" / "logo.png").unlink()
    done = called(own)
    assert done.exit_code == 1
    assert "bean-street/logo.png" in done.output


def test_a_language_that_the_program_does_not_speak_is_refused() -> None:
    done = called(BEAN_STREET, "--language", "de")
    assert done.exit_code == 1
    assert "bean-street does not speak de; it speaks en, ru." in done.output


def test_a_definition_that_cannot_be_read_is_told_as_by_lint(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("program: wrong\n")
    done = called(file)
    assert done.exit_code == 1
    assert f"{file}:1" in done.output
