"""What an order would earn at a given moment, at a terminal."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from whole_house import DEFINITION

from ops.command import main

HAPPY = DEFINITION.replace(
    "    - {name: a review,",
    """\
    - {name: happy hours, give: 7 beans, when: {hours: "17:00-19:00", weekdays: [friday]}}
    - {name: a review,""",
)


def explained(file: Path, *words: str) -> str:
    file.write_text(HAPPY, encoding="utf-8")
    told = CliRunner().invoke(main, ["explain", str(file), "--order", "10 EUR", *words])
    return told.output


@pytest.mark.parametrize(
    ("moment", "beans"), [("2026-05-29 17:00", 7), ("2026-05-29 19:00", 0), ("2026-05-28 18:00", 0)]
)
def test_an_order_is_explained_for_the_moment_at_which_it_is_placed(tmp_path: Path, moment: str, beans: int) -> None:
    told = explained(tmp_path / "happy.yaml", "--at", moment)
    assert re.search(rf"happy hours\s+{beans}\s+{beans} beans", told)
    assert re.search(r"every euro\s+10\s+10 beans", told)


def test_a_moment_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    assert "2026-05-31 18:00" in explained(tmp_path / "happy.yaml", "--at", "friday")


def test_without_a_moment_the_order_is_placed_now(tmp_path: Path) -> None:
    assert "happy hours" in explained(tmp_path / "happy.yaml")
