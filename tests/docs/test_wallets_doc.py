"""What the pages say is shown by a test is shown by a test that exists."""

import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
WALLETS = PROJECT / "docs" / "wallets.md"
PAGES = sorted(
    [*(PROJECT / "docs").glob("*.md"), *(PROJECT / "docs" / "decisions").glob("*.md"), *PROJECT.glob("*.md")]
)
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_FILE = re.compile(r"`((?:tests/[\w/]+/)?test_\w+\.py)`")
_LATER = {
    "Sign-up in the wallet (personalization)",
    "Templates of Apple's Pass Designer (`.pkpasstemplate`)",
    "Koshelek and Samsung Wallet",
    "Cards over the air (NFC, Smart Tap)",
    "Beacons",
}


@cache
def written_in(file: str) -> frozenset[str]:
    """The names of the tests in a file; none for a file that is not there."""
    path = PROJECT / file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", text, re.MULTILINE))


def unknown(page: str) -> list[str]:
    """The tests that a page names and nobody wrote."""
    files = [file for file in _FILE.findall(page) if not any(PROJECT.glob(file if "/" in file else f"tests/*/{file}"))]
    return files + [f"{file}::{name}" for file, name in _NAMED.findall(page) if name not in written_in(file)]


def rows(title: str) -> list[tuple[str, str, str]]:
    """The rows of the tables below a heading: what, how, shown by."""
    section = WALLETS.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    cells = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [(what.strip(), how.strip(), shown.strip()) for what, how, shown in cells if shown.strip() != "shown by"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    assert unknown(page.read_text(encoding="utf-8")) == []


def test_a_test_that_nobody_wrote_is_noticed() -> None:
    here = "tests/docs/test_wallets_doc.py"
    assert unknown(f"`{here}::test_nobody_wrote` and `tests/docs/test_nowhere.py`") == [
        "tests/docs/test_nowhere.py",
        f"{here}::test_nobody_wrote",
    ]


def test_everything_that_a_card_has_to_do_is_shown_by_a_test_or_is_later() -> None:
    told = rows("What a card has to do")
    assert len(told) > 30
    assert {what for what, _, shown in told if not _NAMED.search(shown)} == _LATER
    assert {what for what, _, shown in told if shown == "later"} == _LATER


def test_every_link_between_the_pages_leads_to_a_file() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
