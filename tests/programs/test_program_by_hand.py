"""What a definition says about points that people move by hand."""

import pytest
from program_factory import points, roubles

from chalicelib.programs.by_hand import Adjustments, Merges, Transfers
from chalicelib.programs.entry_size import largest_entry_bytes
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import explain_text, terms


def said(language: str, **blocks: object) -> str:
    return "\n".join(line for section in terms(roubles(**blocks), language) for line in section.sentences)


def test_nothing_said_means_no_transfers_no_limit_by_hand_and_thirty_days_to_part() -> None:
    plain = roubles()
    assert (plain.transfers.allowed, dict(plain.adjustments.at_most), plain.merges.undo_days) == (False, {}, 30)
    told = explain_text(plain, "en")
    for sentence in ("Members cannot give points", "There is no limit for what a person", "this long: 30 days"):
        assert sentence in told
    assert "another member" not in said("en")


def test_what_is_said_is_read_and_written_in_words() -> None:
    blocks: dict[str, object] = {
        "adjustments": {"at_most": "500 points per day"},
        "transfers": {"allowed": "yes", "min": "20 points", "at_most": ["300 points per day"]},
        "merges": {"undo": "2 weeks"},
    }
    read = roubles(**blocks)
    assert read.adjustments == Adjustments({"points": 500})
    assert read.transfers == Transfers(True, {"points": 20}, {"points": 300})
    assert read.merges == Merges(14)
    assert "You can give points to another member." in said("en", **blocks)
    assert "Максимум за день: 300 баллов." in said("ru", **blocks)
    assert "500 points" not in said("en", **blocks)  # what the shop's people may do is not a member's term
    assert "at most this in a day: 500 points" in explain_text(read, "en")


@pytest.mark.parametrize(
    "blocks",
    [
        {"adjustments": {}},
        {"adjustments": {"at_most": "500 points"}},
        {"adjustments": {"at_most": "0 points per day"}},
        {"adjustments": {"at_most": "500 stars per day"}},
        {"adjustments": {"at_most": ["500 points per day", "100 points per day"]}},
        {"transfers": {"min": "20 points"}},
        {"transfers": {"allowed": "maybe"}},
        {"transfers": {"allowed": "no", "min": "20 points"}},
        {"transfers": {"allowed": "yes", "fee": "5 points"}},
        {"merges": {"undo": "a while"}},
        {"merges": {"undo": "400 days"}},
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_line(blocks: dict[str, object]) -> None:
    with pytest.raises(DefinitionError) as found:
        roubles(**blocks)
    (finding, *_) = found.value.findings
    assert finding.line > 1
    assert finding.path.split(".")[0] == next(iter(blocks))


def test_given_points_bring_days_of_their_own() -> None:
    alive = {"points": points(expires={"after": "12 months", "without": "activity", "at": "end of month"})}
    open_to_gifts = roubles(currencies=alive, transfers={"allowed": "yes"})
    assert largest_entry_bytes(open_to_gifts) > largest_entry_bytes(roubles(currencies=alive))
