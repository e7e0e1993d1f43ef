"""Keys of the stores' API at the terminal: named in whatever way they are at hand, and never written down."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from trail_stand_in import GroundStandIn
from whole_house import Town

from chalicelib.services.keys import SCOPES, without_keys
from ops.auditing.trail import Begun, Trail
from ops.command import main

Run = Callable[..., Result]
WAYS = {
    "its id": lambda key: key[:16],
    "its beginning, as the list shows it": lambda key: f"{key[:16]}...",
    "the whole key": lambda key: key,
    "the whole key out of a log": lambda key: f"Authorization: Bearer {key}\n",
    "a piece of the key": lambda key: key[:30],
}


def made(run: Run, name: str = "till 1") -> str:
    """A new key: all of it."""
    result = run("key", "create", name, "--scope", "read")
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[0]


def kept(ground: GroundStandIn) -> str:
    return b"".join(ground.bucket.objects.values()).decode()


@pytest.mark.parametrize("command", ["revoke", "rotate"])
@pytest.mark.parametrize("way", WAYS)
def test_key_is_ended_however_it_is_named_and_its_secret_is_written_nowhere(
    *, here: Town, run: Run, ground: GroundStandIn, caplog: pytest.LogCaptureFixture, command: str, way: str
) -> None:
    key = made(run)
    done = run("key", command, WAYS[way](key))
    (was,) = (each for each in here.house.keys.of(here.program) if each.id == key[:16])
    assert (done.exit_code, was.ends_at is not None) == (0, True), done.output
    (line,) = (each for each in ground.lines if each.begun.command == f"key {command}")
    assert line.begun.arguments == {"key_id": key[:16]}
    for text in (kept(ground), done.output, done.stderr, caplog.text):
        assert key[16:30] not in text


def test_key_that_has_ended_is_not_rotated_and_the_way_forward_is_named(here: Town, run: Run) -> None:
    key = made(run)
    run("key", "revoke", key)
    before = here.house.keys.of(here.program)
    told = run("key", "rotate", key)
    assert (told.exit_code, here.house.keys.of(here.program)) == (1, before)
    assert f"The key {key[:16]} has ended. Make another one: pointpass key create" in " ".join(told.output.split())


def test_key_that_is_not_there_is_told_by_its_beginning_alone(run: Run, ground: GroundStandIn) -> None:
    stranger = "pp_live_Ab12Cd34" + "x1y2z3w4" * 4
    told = run("key", "revoke", stranger)
    assert (told.exit_code, "There is no such key." in told.output) == (1, True)
    assert "x1y2z3w4" not in told.output + kept(ground)


@pytest.mark.parametrize("text", ["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", "pp_test_f6", "", "till 1"])
def test_what_names_no_key_is_neither_repeated_nor_kept(run: Run, ground: GroundStandIn, text: str) -> None:
    told = run("key", "revoke", text)
    assert (told.exit_code, kept(ground)) == (2, "")
    assert "this names no key. Say its first 16 letters" in " ".join(told.output.split())
    assert not text or text not in told.output


def test_key_pasted_where_another_word_is_meant_is_cut_in_the_trail(
    here: Town, run: Run, ground: GroundStandIn
) -> None:
    key = made(run)
    run("key", "create", f"was {key}", "--scope", "read", "--by", f"ticket {key}")
    assert key[16:] not in kept(ground)
    begun = next(each.begun for each in ground.lines if each.begun.by)
    assert (begun.arguments["name"], begun.by) == (f"was {key[:16]}...", f"ticket {key[:16]}...")


def test_line_of_an_older_version_that_holds_a_key_is_shown_without_it(
    run: Run, ground: GroundStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail, key = Trail(ground.bucket), "pp_live_Ab12Cd34" + "x1y2z3w4" * 4
    trail.begin(Begun("a1", 1_750_000_000_000, "prod", "key revoke", {"key_id": key}, "olga", by=key))
    monkeypatch.setattr("ops.auditing.command.trail_of", lambda stage: trail)
    for words in ((), ("--json",)):
        told = CliRunner().invoke(main, ["trail", "--since", "2025-01-01", *words]).output
        assert ("pp_live_Ab12Cd34" in told, "x1y2z3w4" in told) == (True, False)


def test_of_a_key_in_a_text_its_beginning_is_left() -> None:
    key = "pp_test_Ab12Cd34" + "-_x1" * 8
    assert without_keys(f"a {key}, b {key[:16]} c") == "a pp_test_Ab12Cd34..., b pp_test_Ab12Cd34 c"


@pytest.mark.parametrize("width", [80, 120])
def test_list_of_keys_cuts_neither_ids_nor_dates(
    here: Town, run: Run, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    keys = [
        made(run, "the till beside the window of the second shop in Riga"),
        run("key", "create", "everything", *(f"--scope={scope}" for scope in SCOPES)).output.splitlines()[0],
    ]
    here.house.keys.revoke(keys[0][:16])
    here.house.keys.trusted(keys[1])
    monkeypatch.setattr("ops.keys._screen", Console(width=width, force_terminal=False))
    told = CliRunner().invoke(main, ["key", "list"]).output
    assert max(map(len, told.splitlines())) <= width
    for key in keys:
        assert f"{key[:16]}..." in told.split()
    assert [told.split().count(word) for word in ("2026-06-23", "window", "manage", "known")] == [4, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Say who will use the key."),
        ("   ", "Say who will use the key."),
        ("x" * 500, "The name of a key has at most 80 letters."),
        ("till\n1", "The name of a key is one line"),
        ("till\x1b[31m", "The name of a key is one line"),
    ],
)
def test_key_is_for_somebody_who_is_named_in_a_line(here: Town, run: Run, name: str, says: str) -> None:
    told = run("key", "create", name, "--scope", "read")
    assert (told.exit_code, list(here.house.keys.of(here.program))) == (1, [])
    assert says in told.output


def test_key_whose_name_was_possible_once_is_rotated_all_the_same(here: Town, run: Run) -> None:
    old = "pp_test_" + "a" * 44
    here.house.keys.keep(here.program, old, "", ["read"])
    fresh = run("key", "rotate", old)
    assert (fresh.exit_code, bool(re.match("pp_test_", fresh.output))) == (0, True)
