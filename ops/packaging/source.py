"""A clean copy of what Lambda runs: no bytecode, no tests, no tool of a developer."""

import re
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from ops.packaging import PackageFailed

# Chalice puts the two modules that run on Lambda into the zip by itself; its distribution is the command line, and
# these are there for that alone. Whatever another library needs of them comes back, and is then refused below.
TOOLS = frozenset(
    {
        "blessed", "chalice", "click", "editor", "inquirer", "jinxed", "packaging", "pip",
        "readchar", "runs", "setuptools", "wcwidth", "wheel", "xmod",
    }
)  # fmt: skip


def lay_out(project: Path, folder: Path) -> Mapping[str, str]:
    """Copy app.py, chalicelib, the policies and the lock into a new `folder`. The pinned versions, by name.

    Raises: PackageFailed when the Chalice that packages is not the one that the lock names.
    """
    lock = pins((project / "requirements.txt").read_text())
    if lock.get("chalice") != version("chalice"):
        raise PackageFailed(f"requirements.txt names Chalice {lock.get('chalice')}, here is {version('chalice')}")
    wanted = {name: number for name, number in lock.items() if name not in TOOLS}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(project / "app.py", folder)
    shutil.copytree(project / "chalicelib", folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (folder / ".chalice").mkdir()
    for path in (project / ".chalice").glob("*.json"):
        shutil.copy(path, folder / ".chalice")
    (folder / "requirements.txt").write_text("".join(f"{name}=={number}\n" for name, number in wanted.items()))
    return wanted


def pins(text: str) -> dict[str, str]:
    """The versions of a lock, by normalised name."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    pairs = (line.partition(";")[0].split("==") for line in lines if line)
    return {normalised(name): number.strip() for name, number in pairs}


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
