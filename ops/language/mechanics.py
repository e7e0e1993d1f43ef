"""The table of mechanics, docs/mechanics.yaml: what loyalty programs are known to do, and the test that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.language.editors_yaml import load

TABLE = Path(__file__).resolve().parents[2] / "docs" / "mechanics.yaml"


@dataclass(frozen=True, slots=True)
class Mechanic:
    """One row.

    block: the keys that say it      example: a file of the gallery, or empty
    tests: "tests/programs/test_x.py::test_name", at least one, or none and `waits` says for what
    """

    number: int
    mechanic: str
    block: str = ""
    example: str = ""
    tests: tuple[str, ...] = ()
    waits: str = ""


def mechanics() -> Sequence[Mechanic]:
    """All rows, by number. Raises TypeError for a row with a key that is not known."""
    rows = load(TABLE.read_text(encoding="utf-8"))
    return [Mechanic(**{**row, "tests": tuple(row.get("tests", ()))}) for row in rows]
