"""Texts that somebody read and approved: kept whole beside their definitions, compared whole.

After a wanted change write them anew with `POINTPASS_APPROVE=1 .venv/bin/pytest tests/programs -k approved` and read
the difference before it is kept: the test can only see that a text changed, a reader sees whether it is right.
"""

import os
from pathlib import Path

APPROVED = Path(__file__).parent / "approved"


def definitions(kind: str) -> list[str]:
    """The names of the definitions kept for one kind of text."""
    return sorted(path.stem for path in (APPROVED / kind).glob("*.yaml"))


def definition_text(kind: str, name: str) -> str:
    return (APPROVED / kind / f"{name}.yaml").read_text(encoding="utf-8")


def approved(kind: str, name: str, told: str) -> str:
    """The text that was approved. `told` is what is said today: it takes its place when somebody approves anew."""
    path = APPROVED / kind / f"{name}.txt"
    if os.environ.get("POINTPASS_APPROVE"):
        path.write_text(told, encoding="utf-8")
    return path.read_text(encoding="utf-8")
