"""`pointpass trail`: who did what, how it ended, and what cannot be read or written over."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from rich.console import Console
from trail_stand_in import EVER, BucketStandIn

from chalicelib.errors import TryAgain
from ops.auditing.command import _ended
from ops.auditing.trail import Begun, Closed, Trail
from ops.command import main


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The output of `pointpass trail`, in one line. The bucket has three lines of July and one of May."""
    bucket = BucketStandIn()
    trail, july = Trail(bucket), 1_783_000_000_000
    caller = "arn:aws:sts::123456789012:assumed-role/pointpass-prod-keeper/boris"
    revoked = Begun("a1", july, "prod", "key revoke", {"key_id": "K1"}, "olga")
    repaired = Begun("a2", july + 1, "prod", "repair", {"is_meant": "True"}, "boris", "Anna", caller)
    adjusted = Begun("a3", july + 2, "prod", "adjust", {"member": "...", "points": "5"}, "olga")
    for begun in (revoked, repaired, adjusted, Begun("a0", july - 60 * 86_400_000, "prod", "publish", {}, "olga")):
        assert trail.begin(begun)
    trail.close(revoked, Closed(july + 1_500, "done"))
    trail.close(adjusted, Closed(july + 300, "refused", "no_such_member"))
    monkeypatch.setattr("ops.auditing.command.trail_of", lambda stage: trail)
    monkeypatch.setattr("ops.auditing.command.time.time_ns", lambda: (july + 86_400_000) * 1_000_000)
    monkeypatch.setattr("ops.auditing.command._screen", Console(width=200, force_terminal=False))

    def run(*words: str) -> str:
        result = CliRunner().invoke(main, ["trail", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_trail_is_a_table_of_who_did_what_and_how_it_ended(told: Callable[..., str]) -> None:
    newest, killed, oldest = (" ".join(line.split()) for line in told().splitlines()[1:])
    assert newest.endswith("olga adjust member=... points=5 refused: no such member, 0.3 s")
    assert killed.endswith(
        "Anna, typed by boris as boris, role pointpass-prod-keeper repair is_meant=True begun, and not ended"
    )
    assert oldest.endswith("olga key revoke key_id=K1 done, 1.5 s")


@pytest.mark.parametrize("width", [80, 120])
def test_trail_cuts_no_word_of_a_line(told: Callable[..., str], monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr("ops.auditing.command._screen", Console(width=width, force_terminal=False))
    lines = told().splitlines()
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    for word in ("2026-07-02", "pointpass-prod-keeper", "is_meant=True", "member=...", "refused:"):
        assert word in words
    assert words.count("UTC") == 1


def test_trail_of_a_laptop_that_does_not_run_asks_whether_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = BucketStandIn()
    bucket.trouble = TryAgain("seals_unavailable", cause="EndpointConnectionError")
    monkeypatch.setattr("ops.auditing.command.trail_of", lambda stage: Trail(bucket))
    result = CliRunner().invoke(main, ["trail"])
    assert (result.exit_code, "Is it running?" in result.output) == (1, True)


def test_kind_of_what_broke_is_told_in_words() -> None:
    begun = Begun("a1", 1_783_000_000_000, "prod", "merge", {}, "olga")
    assert _ended(begun, Closed(begun.at, "broke", "FileNotFoundError")) == "[red]broke[/]: file not found error, 0.0 s"


def test_no_without_a_reason_says_that_its_words_are_not_kept() -> None:
    begun = Begun("a1", 1_783_000_000_000, "prod", "merge", {}, "olga")
    assert _ended(begun, Closed(begun.at, "refused")) == "[yellow]refused[/]: what was said is not kept, 0.0 s"


def test_trail_shows_days_and_people_that_are_asked_for(told: Callable[..., str]) -> None:
    assert "publish" in told("--since", "2026-05-01")
    assert "publish" not in told()
    assert [json.loads(line)["begun"]["id"] for line in told("--who", "Anna", "--json").splitlines()] == ["a2"]
    assert told("--who", "nobody") == "Nothing was done.\n"


def test_trail_that_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = BucketStandIn()
    bucket.trouble = TryAgain("seals_unavailable", cause="AccessDenied")
    monkeypatch.setattr("ops.auditing.command.trail_of", lambda stage: Trail(bucket))
    result = CliRunner().invoke(main, ["trail"])
    assert (result.exit_code, "does not answer" in result.output) == (1, True)


def test_nothing_is_written_over_or_closed_twice() -> None:
    bucket = BucketStandIn()
    trail, begun = Trail(bucket), Begun("a1", 1_783_000_000_000, "prod", "night", {}, "olga")
    assert [trail.begin(begun), trail.begin(replace_user(begun))] == [True, False]
    assert [trail.close(begun, Closed(begun.at, how)) for how in ("broke", "done")] == [True, False]
    ((line,)) = trail.since(begun.at, EVER)
    assert (line.begun.user, line.closed) == ("olga", Closed(begun.at, "broke"))


def replace_user(begun: Begun) -> Begun:
    return Begun(begun.id, begun.at, begun.stage, begun.command, begun.arguments, "mallory")
