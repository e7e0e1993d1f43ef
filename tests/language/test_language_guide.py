"""The language reference is current, and its table of mechanics names only what exists."""

import re
from pathlib import Path

import pytest
from corpus import shown, written

from chalicelib.programs.lint import lint
from chalicelib.programs.reading import read
from ops.language.guide import GUIDE, examples, guide
from ops.language.mechanics import Mechanic, mechanics
from ops.language.schema import blocks, top_level

PROJECT = Path(__file__).resolve().parents[2]


def test_the_reference_is_the_one_that_the_descriptions_give() -> None:
    assert GUIDE.read_text(encoding="utf-8") == guide(), "write it anew: make docs"


def test_every_key_of_a_file_has_a_section_or_an_example() -> None:
    page = guide()
    for key, node in top_level().items():
        name = str(node.get("$ref", "")).rpartition("/")[2]
        is_block = "properties" in blocks().get(name, {}) or "anyOf" in blocks().get(name, {})
        assert f"\n### {name}\n" in page if is_block else f"| `{key}` |" in page


def test_every_link_of_the_reference_leads_to_a_section() -> None:
    page = guide()
    titles = {match[1] for match in re.finditer(r"^#+ (.+)$", page, re.MULTILINE)}
    assert {match[1] for match in re.finditer(r"\]\(#([^)]+)\)", page)} <= titles


def test_every_example_of_the_reference_is_on_the_page() -> None:
    page = guide()
    assert [name for name, text in examples().items() if text.rstrip() not in page] == []


@pytest.mark.parametrize("name", shown())
def test_an_example_of_the_reference_has_no_error(name: str) -> None:
    definition = read(written(shown()[name]), file=f"{name}.yaml")
    assert [str(note) for note in lint(definition, file=f"{name}.yaml") if note.weight == "error"] == []


def test_the_readme_names_every_file_of_the_gallery() -> None:
    page = (PROJECT / "README.md").read_text(encoding="utf-8")
    files = sorted(path.stem for path in (PROJECT / "programs").glob("*.yaml"))
    assert len(files) > 20
    assert [name for name in files if f"`{name}`" not in page] == []


def test_every_decision_has_a_number_of_its_own_and_none_is_left_out() -> None:
    pages = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert [page.read_text(encoding="utf-8")[2:6] for page in pages] == numbers


# --- the table of mechanics ---------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_of_the_86_mechanics() -> None:
    assert [row.number for row in mechanics()] == list(range(1, 87))


def test_a_row_has_a_proof_or_says_what_it_waits_for_and_never_both() -> None:
    assert [row.number for row in mechanics() if bool(row.tests) == bool(row.waits)] == []


def test_a_row_with_a_proof_says_how_it_is_said() -> None:
    assert [row.number for row in mechanics() if row.tests and not row.block] == []


@pytest.mark.parametrize("row", [row for row in mechanics() if row.tests], ids=lambda row: str(row.number))
def test_every_test_and_every_file_that_a_row_names_exists(row: Mechanic) -> None:
    for test in row.tests:
        file, _, name = test.partition("::")
        assert re.search(
            rf"^(async )?def {re.escape(name)}\(", (PROJECT / file).read_text(encoding="utf-8"), re.MULTILINE
        )
    assert not row.example or (PROJECT / row.example).exists()
