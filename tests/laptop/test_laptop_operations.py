"""What docs/operations.md tells people to type on their own computer is typed there, against the whole stack."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from laptop_stack import LaptopStack
from operators_terminal import Answer, Terminal
from pages_read import OPERATIONS, Block, parts

from ops.auditing.ground import ground_of
from ops.laptop.home import PROJECT

pytestmark = pytest.mark.npm

BLOCKS = [
    part
    for part in parts(OPERATIONS.read_text(encoding="utf-8"))
    if isinstance(part, Block) and part.way == "laptop"
]  # fmt: skip


RUN = ("make", "run")
READY = ("-o", ".venv/ready", "-o", "node_modules/.ready")
"""Whoever runs the tests has the clone ready; nothing is fetched anew because a file is younger than its stamp."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaptopStack]:
    """What the page begins with, in the first terminal."""
    folder = tmp_path_factory.mktemp("laptop") / "state"
    folder.mkdir()
    running = LaptopStack(folder, [*RUN, *READY])
    running.start()
    yield running
    running.stop()


@pytest.fixture
def terminal(stack: LaptopStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A second terminal beside `make run`."""
    monkeypatch.setenv("LOCAL", str(stack.folder))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "the laptop's own come with the first command")
    monkeypatch.setattr("ops.auditing.attending.ground_of", ground_of)
    monkeypatch.chdir(tmp_path)

    def make(said: Sequence[str]) -> Answer:
        assert tuple(said) == RUN
        assert stack.process is not None
        assert stack.process.poll() is None, stack.said()
        return 0, stack.said()

    return Terminal(tmp_path, others={"make": make, ".": _sourced})


def _sourced(said: Sequence[str]) -> Answer:
    """What a shell makes of a script, in the project: where `pointpass` comes from afterwards."""
    told = os.environ | {"PATH": os.defpath}
    typed = f"{' '.join(said)} && command -v pointpass"
    done = subprocess.run(["sh", "-c", typed], cwd=PROJECT, env=told, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.commands[0])
def test_what_the_page_types_on_a_laptop_works_there(terminal: Terminal, block: Block) -> None:
    terminal.run(block)


def test_page_has_something_to_try_on_a_laptop() -> None:
    commands = [command for block in BLOCKS for command in block.commands]
    assert {
        "make run",
        ". .venv/bin/activate",
        "pointpass doctor",
        "pointpass verify",
        "pointpass drill restore",
    } <= set(commands)
