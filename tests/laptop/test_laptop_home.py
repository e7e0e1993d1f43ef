"""The state folder belongs to one stack at a time and keeps what it is given."""

import subprocess
import sys
from pathlib import Path

import pytest

from ops.laptop.home import PROJECT, AlreadyRunning, Home

HOLD = """
from pathlib import Path
from ops.laptop.home import Home
Home.open(Path({!r}))
print("held", flush=True)
input()
"""


def test_second_stack_is_refused_until_the_first_has_died(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(str(tmp_path))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning):
            Home.open(tmp_path)
        holder.kill()
        holder.wait()
    assert Home.open(tmp_path).folder == tmp_path


def test_remembered_text_is_made_once_and_forgotten_by_a_reset(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.remembered("key", lambda: "first") == "first"
    assert home.remembered("key", lambda: "second") == "first"
    home.forget()
    assert home.remembered("key", lambda: "third") == "third"


def test_kept_secrets_are_the_owners_alone(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.remembered("key", lambda: "secret")
    assert home.path("kept", "key").stat().st_mode & 0o077 == 0
