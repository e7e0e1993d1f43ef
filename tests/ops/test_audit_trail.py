"""Every command stands in one table: what is asked before it, and the line it leaves, follow from that alone."""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from trail_stand_in import EVER, BucketStandIn, GroundStandIn

from chalicelib.errors import Broken, Refused, TryAgain
from ops.auditing.asking import make_sure
from ops.auditing.attending import Attendance, Attended, leaves
from ops.auditing.deeds import DEEDS, LINES
from ops.auditing.trail import Begun, Closed, Trail
from ops.command import main

SECRET = "anna@example.com shpss_0f1e2d3c4b5a"
PRIVATE = {
    "account", "answers", "code", "email", "friend", "into", "mail", "member", "members", "new", "phone", "reason",
    "seed", "text", "texts", "to", "password",
}  # fmt: skip
"""Parameters that name people, or are secrets: no row of the table may show them."""


def attended() -> Iterator[tuple[str, click.Command]]:
    """Every command as it is reached."""
    with click.Context(main) as context:
        for name in main.commands:
            found = main.get_command(context, name)
            assert found is not None
            yield from leaves(found, name)


COMMANDS = dict(attended())
CHANGING = sorted(name for name, deed in DEEDS.items() if deed.kind in LINES)
ASKED = sorted(name for name, deed in DEEDS.items() if deed.kind == "destroys" and deed.asks == "first")


def given(command_name: str, **more: Any) -> dict[str, Any]:
    """Parameters with which a command does all that it can: texts that are secret, flags and numbers as they are."""
    deed, values = DEEDS[command_name], dict[str, Any]()
    for param in COMMANDS[command_name].params:
        assert param.name is not None
        match param.type:
            case click.types.StringParamType():
                values[param.name] = "shown" if param.name in deed.shown else SECRET
            case click.types.BoolParamType():
                values[param.name] = True
            case click.types.IntParamType():
                values[param.name] = 5
            case _:
                values[param.name] = None
    for needed in deed.only_with:
        values[needed] = values[needed] or (SECRET,)
    if deed.bare:
        values[deed.bare] = ""
    if deed.unless:
        values[deed.unless] = False
    return {**values, "program": "bean-street", "stage": "prod", "stage_name": "prod", "by": "", **more}


def does(command_name: str, act: Callable[[], Any], **more: Any) -> None:
    """Call a command whose work is `act`."""
    command = COMMANDS[command_name]
    assert isinstance(command.callback, Attendance)
    known = {param.name for param in command.params}
    values = {key: value for key, value in given(command_name, **more).items() if key in known}
    with click.Context(command):
        replace(command.callback, does=lambda **_: act())(**values)


# --- the table ----------------------------------------------------------------------------------------------------


def test_every_command_stands_in_one_row_and_every_row_is_a_command() -> None:
    assert set(COMMANDS) == set(DEEDS)


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_what_names_no_stage_touches_none(name: str) -> None:
    has_stage = "stage" in {param.name for param in COMMANDS[name].params}
    assert has_stage == (DEEDS[name].kind != "here")


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_row_speaks_of_parameters_that_are_there_and_shows_no_people_and_secrets(name: str) -> None:
    deed, known = DEEDS[name], {str(param.name) for param in COMMANDS[name].params}
    assert {*deed.only_with, *deed.shown, *filter(None, (deed.unless, deed.bare))} <= known
    assert not PRIVATE & set(deed.shown)


def test_command_that_is_forgotten_in_the_table_is_not_done() -> None:
    done = []

    @click.group(cls=Attended)
    def root() -> None: ...

    @root.command("erase-everything")
    def _() -> None:
        done.append("erased")

    result = CliRunner().invoke(root, ["erase-everything"])
    assert (result.exit_code, done) == (1, [])
    assert "erase-everything stands in no row of ops/auditing/deeds.py" in result.output


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_who_does_more_than_read_is_no_reader(name: str) -> None:
    deed = DEEDS[name]
    assert deed.kind not in LINES or deed.role_for(deed.kind) != "reader"


# --- lines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHANGING)
def test_line_is_there_before_the_work_begins_and_closed_after_it(name: str, ground: GroundStandIn) -> None:
    seen = []
    does(name, lambda: seen.extend(ground.lines))
    ((before,), (after,)) = seen, ground.lines
    assert (before.begun.command, before.begun.stage, before.closed) == (name, "prod", None)
    assert after.closed is not None
    assert (after.begun, after.closed.outcome) == (before.begun, "done")


@pytest.mark.parametrize("name", CHANGING)
def test_line_holds_no_secrets_and_no_people(name: str, ground: GroundStandIn) -> None:
    def fails() -> None:
        raise click.ClickException(SECRET)

    with pytest.raises(click.ClickException):
        does(name, fails)
    kept = b"".join(ground.bucket.objects.values())
    assert kept.count(b'"command"') == 1
    assert not [word for word in SECRET.split() if word.encode() in kept]


@pytest.mark.parametrize("name", sorted(name for name in DEEDS if DEEDS[name].only_with or DEEDS[name].unless))
def test_command_that_was_not_told_to_do_it_leaves_no_line(name: str, ground: GroundStandIn) -> None:
    deed = DEEDS[name]
    asked = {**dict.fromkeys(deed.only_with, None), **({deed.unless: True} if deed.unless else {})}
    done = []
    does(name, lambda: done.append(name), **asked, stage_name="")
    assert (done, ground.lines) == ([name], [])


@pytest.mark.parametrize(
    ("err", "outcome", "why"),
    [
        (click.ClickException("no such member"), "refused", ""),
        (click.Abort(), "refused", ""),
        (SystemExit(1), "done", "exit code 1"),
        (SystemExit(0), "done", ""),
        (click.exceptions.Exit(3), "done", "exit code 3"),
        (KeyboardInterrupt(), "broke", "KeyboardInterrupt"),
        (Refused("key_unknown", key="K1"), "broke", "key_unknown"),
        (ValueError(SECRET), "broke", "ValueError"),
    ],
)
def test_line_says_how_it_ended(err: BaseException, outcome: str, why: str, ground: GroundStandIn) -> None:
    def fails() -> None:
        raise err

    with pytest.raises(type(err)):
        does("key revoke", fails)
    ((line,)) = ground.lines
    assert line.closed is not None
    assert (line.closed.outcome, line.closed.why) == (outcome, why)


@pytest.mark.parametrize(
    ("cause", "outcome"), [(Refused("no"), "refused"), (TryAgain("slow"), "broke"), (Broken("torn"), "broke")]
)
def test_plain_words_for_people_keep_the_kind_of_what_went_wrong(
    cause: Exception, outcome: str, ground: GroundStandIn
) -> None:
    def fails() -> None:
        raise click.ClickException("Stopped half way.") from cause

    with pytest.raises(click.ClickException):
        does("reprice", fails)
    ((line,)) = ground.lines
    assert line.closed is not None
    assert (line.closed.outcome, line.closed.why) == (outcome, str(cause))


def test_line_names_user_caller_and_who_says_so(ground: GroundStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "olga")
    clock = itertools.count(1_783_000_000_000_000_000, 1_000_000)
    monkeypatch.setattr("ops.auditing.attending.time.time_ns", lambda: next(clock))
    ground.caller = "arn:aws:sts::123456789012:assumed-role/pointpass-prod-keeper/olga"
    does("key revoke", lambda: None, by="Boris, ticket 12", key_id="K1")
    does("key revoke", lambda: None, by="olga")
    second, first = (line.begun for line in ground.lines)
    assert (first.user, first.by, first.caller) == ("olga", "Boris, ticket 12", ground.caller)
    assert first.arguments == {"key_id": "K1", "program": "bean-street"}
    assert second.by == ""


def test_what_cannot_be_written_down_is_not_done(ground: GroundStandIn) -> None:
    ground.bucket.trouble = TryAgain("seals_unavailable", cause="AccessDenied")
    done = []
    with pytest.raises(click.ClickException, match="Nothing was changed"):
        does("key revoke", lambda: done.append("revoked"))
    assert done == []


def test_trail_that_fails_afterwards_does_not_undo_what_was_done(
    ground: GroundStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks() -> None:
        ground.bucket.trouble = TryAgain("seals_unavailable", cause="SlowDown")

    does("key revoke", breaks)
    assert "The trail does not know how this ended" in capsys.readouterr().err


def test_first_line_of_a_stage_is_written_when_its_bucket_is_there(ground: GroundStandIn) -> None:
    ground.bucket.trouble = TryAgain("seals_unavailable", cause="NoSuchBucket")

    def deploys() -> None:
        ground.bucket.trouble = None

    does("deploy", deploys)
    ((line,)) = ground.lines
    assert line.begun.command == "deploy"
    assert line.closed is not None
    ground.bucket.trouble = TryAgain("seals_unavailable", cause="NoSuchBucket")
    with pytest.raises(click.ClickException, match="Nothing was changed"):
        does("key revoke", lambda: None)


def test_account_without_a_stage_has_no_trail_and_says_so(
    ground: GroundStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    done = []
    does("apple renew", lambda: done.append("renewed"), region="eu-central-1", stage="laptop")
    assert (done, ground.lines) == (["renewed"], [])
    assert "CloudTrail alone keeps who did this" in capsys.readouterr().err


# --- asking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize(("stage", "said", "is_done"), [("prod", "prod", True), ("prod", "dev", False)])
def test_what_destroys_waits_for_the_stages_name(
    name: str, stage: str, said: str, is_done: bool, ground: GroundStandIn
) -> None:
    done = []
    no = contextlib.nullcontext() if is_done else pytest.raises(click.ClickException, match=r"Nothing was changed\.")
    with no:
        does(name, lambda: done.append(name), stage=stage, stage_name=said)
    assert done == [name] * is_done
    ((line,)) = ground.lines
    assert line.closed is not None
    assert line.closed.outcome == ("done" if is_done else "refused")


@pytest.mark.parametrize("name", ASKED)
def test_laptop_is_not_asked_for(name: str, ground: GroundStandIn) -> None:
    done = []
    does(name, lambda: done.append(name), stage="laptop", stage_name="")
    assert done == [name]


@pytest.mark.parametrize("name", sorted(name for name in DEEDS if DEEDS[name].asks == "itself"))
def test_command_that_asks_by_itself_hears_what_a_script_says(name: str, ground: GroundStandIn) -> None:
    does(name, lambda: make_sure("prod"), stage_name="prod")
    with pytest.raises(click.ClickException, match=r"Nothing was changed\."):
        does(name, lambda: make_sure("prod"), stage_name="dev")


def test_nobody_at_the_terminal_is_a_no(run: Callable[..., Result]) -> None:
    result = run("key", "revoke", "K1", "--stage", "prod")
    assert result.exit_code == 1
    assert "scripts add --stage-name prod" in " ".join(result.output.split())


def test_help_says_what_is_asked(run: Callable[..., Result]) -> None:
    assert all(option in run("key", "revoke", "--help").output for option in ("--stage-name", "--by"))
    assert "--stage-name" not in run("key", "list", "--help").output


# --- looking at it ------------------------------------------------------------------------------------------------


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
    assert newest.endswith("olga adjust member=... points=5 refused: no_such_member, 0.3 s")
    assert killed.endswith(
        "Anna, typed by boris as assumed-role/pointpass-prod-keeper/boris repair is_meant=True begun, and not ended"
    )
    assert oldest.endswith("olga key revoke key_id=K1 done, 1.5 s")


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
