"""Tables fold between words: whatever is copied out of one is whole."""

import io
import re

import pytest
from rich.console import Console

from ops.tables import Listing

LONG = "pointpass-laptop-documents docs/runbooks/seal-missing.md 2026-07-02 pp_test_Ab12Cd34... nobody knows why"


def drawn(listing: Listing, width: int) -> str:
    screen = Console(file=io.StringIO(), width=width, force_terminal=False)
    listing.show(screen)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def listing(*rows: tuple[str, ...], headings: tuple[str, ...] = ("", "what", "found")) -> Listing:
    made = Listing(headings)
    for row in rows:
        made.add_row(*row)
    return made


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_no_word_is_cut_at_any_width(width: int) -> None:
    told = drawn(listing(("o", LONG, LONG), ("x", "a", "b")), width)
    for word in LONG.split():
        assert told.split().count(word) == 2


@pytest.mark.parametrize(("width", "is_table"), [(80, True), (61, True), (60, False), (27, False)])
def test_rows_become_lines_where_the_longest_words_do_not_stand_side_by_side(width: int, is_table: bool) -> None:
    told = drawn(listing(("o", LONG, LONG)), width)
    assert bool(re.match(r" +what +found", told)) == is_table
    assert bool(re.match(r"o what:\s", told)) == (not is_table)
    if width >= max(map(len, LONG.split())):
        assert max(map(len, told.splitlines())) <= width


def test_word_that_is_longer_than_the_line_stays_whole() -> None:
    word = "arn:aws:sts::123456789012:assumed-role/" + "x" * 90
    assert f"found: {word}\n" in drawn(listing(("o", "who", word)), 80).replace("found:\n", "found: ")


def test_table_that_has_room_is_as_wide_as_its_texts() -> None:
    assert drawn(listing(("o", "a b", "c")), 80).splitlines() == ["  what found", "o a b  c    "]


def test_line_breaks_stay_and_markup_colours() -> None:
    told = drawn(listing(("[green]o[/]", "one\ntwo", "c")), 80).splitlines()
    assert [line.rstrip() for line in told] == ["  what found", "o one  c", "  two"]


def test_numbers_stand_below_each_other() -> None:
    made = Listing(("name", "days"), right=frozenset({"days"}))
    made.add_row("a", "5")
    made.add_row("b", "120")
    assert [line.rstrip() for line in drawn(made, 80).splitlines()] == ["name days", "a       5", "b     120"]


@pytest.mark.parametrize("width", [24, 80, 120])
def test_note_stands_below_its_row_over_the_whole_width_and_is_not_cut(width: int) -> None:
    made, word = (
        Listing(("", "what", "found")),
        "arn:aws:sns:eu-central-1:123456789012:pointpass-prod-alarms-of-everything-there-is",
    )
    made.add_row("o", "first", "1", note=f"Follow the link in the letter, or {word}\ndocs/runbooks/seal-missing.md")
    made.add_row("x", "second", "two words")
    lines = [line.rstrip() for line in drawn(made, width).splitlines()]
    first, second = (next(at for at, line in enumerate(lines) if name in line) for name in ("first", "second"))
    (path,) = (at for at, line in enumerate(lines) if line == "    docs/runbooks/seal-missing.md")
    assert first < path < second
    assert word in drawn(made, width).split()
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines)
    assert sum("found" in line for line in lines) == (2 if lines[0].startswith("o") else 1)


def test_column_that_lacks_little_is_not_folded_for_one_that_folds_anyway() -> None:
    made = Listing(("when, UTC", "why", "state"))
    made.add_row("2026-07-02 13:46:40", "because " * 20, "stands still")
    lines = drawn(made, 80).splitlines()
    assert lines[1].startswith("2026-07-02 13:46:40 because")
    assert lines[1].rstrip().endswith("stands still")
