"""Random customers at the demo shop, and the checker after them."""

import os
import re
import subprocess
import sys

import pytest
from laptop_stack import LaptopStack

from ops.laptop.home import PROJECT

pytestmark = pytest.mark.npm
ORDERS = 40


def pointpass(stack: LaptopStack, *words: str) -> subprocess.CompletedProcess[str]:
    """The command on this very stack."""
    code = "import sys; from ops.command import main; main(sys.argv[1:])"
    environment = os.environ | {"LOCAL": str(stack.folder), "COLUMNS": "200"}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_checker_finds_nothing_after_random_customers(stack: LaptopStack) -> None:
    busy = pointpass(stack, "traffic", "--orders", str(ORDERS), "--seed", "7")
    assert busy.returncode == 0, busy.stderr
    assert re.search(rf"bought\s+{ORDERS}\b", busy.stdout), busy.stdout
    assert "not answered" not in busy.stdout

    checked = pointpass(stack, "verify")

    assert (checked.returncode, "clean" in checked.stdout) == (0, True), checked.stdout + checked.stderr
