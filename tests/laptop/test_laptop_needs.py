"""What is missing is said in one line with the command that mends it; both languages say the same things."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops.laptop.home import PROJECT
from ops.laptop.pages import FOLDER, TEXTS
from ops.needs import NODE


def needs(purpose: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "ops/needs.py", purpose]
    return subprocess.run(
        command, cwd=PROJECT, env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )  # fmt: skip


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with an openssl and nothing else."""
    program(tmp_path, "openssl", "")
    return tmp_path


def program(folder: Path, name: str, says: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\necho {says}\n")
    (folder / name).chmod(0o755)


def test_fast_checks_need_neither_node_nor_browser(tools: Path) -> None:
    answer = needs("check", tools)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_missing_node_and_openssl_are_named_with_their_cure(tmp_path: Path) -> None:
    answer = needs("run", tmp_path)
    assert answer.returncode == 1
    assert [line.split(":")[0] for line in answer.stderr.splitlines()] == ["missing", "missing"]
    assert "apt-get install -y openssl" in answer.stderr
    assert "apt-get install -y nodejs npm" in answer.stderr


def test_old_node_is_named_with_its_version(tools: Path) -> None:
    program(tools, "npm", "9")
    program(tools, "node", "v14.1.0")
    assert "v14.1.0" in needs("run", tools).stderr


def test_pages_name_the_node_that_is_asked_for() -> None:
    for page in ("README.md", "docs/operations.md"):
        assert set(re.findall(r"Node\.js (\d+)", (PROJECT / page).read_text())) == {str(NODE)}, page


def test_both_languages_have_every_text() -> None:
    assert set(TEXTS["en"]) == set(TEXTS["ru"])


def test_every_text_of_the_pages_exists_and_none_is_left_over() -> None:
    sources = "".join(path.read_text() for kind in ("*.html", "*.js") for path in FOLDER.rglob(kind))
    used = set(re.findall(r"(?:\bt|texts)\.([a-z_]+)", sources))
    built = ("state_", "way_", "paid_", "who_", "topic_")  # their ends come from facts
    assert all(f"`{start}" in sources or f'"{start}"' in sources for start in built)
    quoted = {key for key in TEXTS["en"] if f'"{key}"' in sources or key.startswith(built)}
    assert used <= set(TEXTS["en"])
    assert set(TEXTS["en"]) == used | quoted
