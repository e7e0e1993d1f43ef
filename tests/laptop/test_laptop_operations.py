"""What docs/operations.md tells people to type on their own computer is typed there, against the whole stack."""

from pathlib import Path

import pytest
from laptop_stack import LaptopStack
from operators_terminal import Terminal
from pages_read import OPERATIONS, Block, parts

from ops.auditing.ground import ground_of

pytestmark = pytest.mark.npm

BLOCKS = [
    part
    for part in parts(OPERATIONS.read_text(encoding="utf-8"))
    if isinstance(part, Block) and part.way == "laptop"
]  # fmt: skip


@pytest.fixture
def terminal(stack: LaptopStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A second terminal beside `make run`."""
    monkeypatch.setenv("LOCAL", str(stack.folder))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "the laptop's own come with the first command")
    monkeypatch.setattr("ops.auditing.attending.ground_of", ground_of)
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.commands[0])
def test_what_the_page_types_on_a_laptop_works_there(terminal: Terminal, block: Block) -> None:
    terminal.run(block)


def test_page_has_something_to_try_on_a_laptop() -> None:
    commands = [command for block in BLOCKS for command in block.commands]
    assert {"pointpass doctor", "pointpass verify", "pointpass drill restore"} <= set(commands)
