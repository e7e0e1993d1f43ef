"""Every command stands in one table: what is asked before it, and the line it leaves, follow from that alone."""

import contextlib
import itertools
from collections.abc import Callable

import click
import pytest
from attended_commands import COMMANDS, SECRET, does
from click.testing import CliRunner, Result
from trail_stand_in import GroundStandIn

from chalicelib.errors import Broken, Refused, TryAgain
from ops.auditing.asking import make_sure
from ops.auditing.attending import Attended
from ops.auditing.deeds import DEEDS, LINES

PRIVATE = {
    "account", "answers", "code", "email", "friend", "into", "mail", "member", "members", "new", "phone", "reason",
    "seed", "text", "texts", "to", "password",
}  # fmt: skip
"""Parameters that name people, or are secrets: no row of the table may show them."""


CHANGING = sorted(name for name, deed in DEEDS.items() if deed.kind in LINES)
ASKED = sorted(name for name, deed in DEEDS.items() if deed.is_asked and deed.asks == "first")


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
        (click.Abort(), "refused", "not_confirmed"),
        (click.BadParameter("Anna is no day", param_hint="--from"), "refused", "wrong_from"),
        (click.UsageError("Anna and Boris at once"), "refused", "wrong_words"),
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


@pytest.mark.parametrize("name", ["export", "drill restore", "pause", "key revoke"])
def test_laptop_that_does_not_run_is_no_matter_of_its_trail(name: str, ground: GroundStandIn) -> None:
    ground.bucket.trouble = TryAgain("seals_unavailable", cause="EndpointConnectionError")
    done = []
    with pytest.raises(click.ClickException, match=r"The laptop system does not answer\. Is it running\?"):
        does(name, lambda: done.append(name), stage="laptop", stage_name="")
    assert done == []


@pytest.mark.parametrize("cause", ["EndpointConnectionError", "SlowDown", "AccessDenied"])
def test_pause_does_not_wait_for_the_trail_and_says_so_loudly(
    ground: GroundStandIn, capsys: pytest.CaptureFixture[str], cause: str
) -> None:
    ground.bucket.trouble = TryAgain("seals_unavailable", cause=cause)
    done = []
    does("pause", lambda: done.append("paused"))
    said = " ".join(capsys.readouterr().err.split())
    assert done == ["paused"]
    assert said.startswith(f"WARNING: the trail of prod cannot be written (seals_unavailable (cause={cause})).")
    assert "pointpass paused --trail 20 --stage prod" in said


def test_line_of_a_pause_is_written_as_soon_as_the_trail_is_back(ground: GroundStandIn) -> None:
    ground.bucket.trouble = TryAgain("seals_unavailable", cause="SlowDown")

    def is_back() -> None:
        ground.bucket.trouble = None

    does("pause", is_back)
    ((line,)) = ground.lines
    assert (line.begun.command, line.closed and line.closed.outcome) == ("pause", "done")


@pytest.mark.parametrize("name", sorted(name for name in DEEDS if DEEDS[name].hurries))
def test_what_does_not_wait_for_the_trail_can_be_taken_back(name: str) -> None:
    assert (DEEDS[name].kind, DEEDS[name].is_asked) == ("changes", False)


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
    assert (line.closed.outcome, line.closed.why) == (("done", "") if is_done else ("refused", "another_stage_named"))


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


@pytest.mark.parametrize("name", sorted({*ASKED, "member erase", "publish", "inbox drop"}))
@pytest.mark.parametrize("said", ["prod", "Laptop", "wrong"])
def test_another_stages_name_is_believed_on_the_laptop_too(name: str, said: str, ground: GroundStandIn) -> None:
    done = []
    with pytest.raises(click.ClickException, match=r"Nothing was changed\. .*laptop"):
        does(name, lambda: done.append(name), stage="laptop", stage_name=said)
    assert done == []
    does(name, lambda: done.append(name), stage="laptop", stage_name="laptop")
    assert done == [name]


def test_another_stages_name_stops_a_dry_run_too(ground: GroundStandIn) -> None:
    done = []
    with pytest.raises(click.ClickException, match=r"Nothing was changed\."):
        does("member erase", lambda: done.append("shown"), stage="laptop", stage_name="prod", dry_run=True)
    assert (done, ground.lines) == ([], [])


@pytest.mark.parametrize(
    "name", ["draw winners", "settle", "pass-type", "staff password", "staff remove", "message", "republish"]
)
def test_what_reaches_many_or_cannot_be_unsaid_is_asked_about(name: str) -> None:
    assert name in ASKED


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_what_is_for_a_hurry_is_not_asked_about(name: str, ground: GroundStandIn) -> None:
    done = []
    does(name, lambda: done.append(name))
    assert (done, DEEDS[name].is_asked) == ([name], False)


def test_question_stands_beside_the_output_which_may_go_into_a_file(run: Callable[..., Result]) -> None:
    result = run("settle", "--month", "2026-06", "--json", "--stage", "prod")
    assert (result.exit_code, result.stdout.strip()) == (1, "")
    assert "Type its name to go on" in result.stderr


def test_nobody_at_the_terminal_is_a_no(run: Callable[..., Result], ground: GroundStandIn) -> None:
    result = run("key", "revoke", "pp_live_Ab12Cd34", "--stage", "prod")
    assert result.exit_code == 1
    assert "scripts add --stage-name prod" in " ".join(result.output.split())
    ((line,)) = ground.lines
    assert (line.closed and line.closed.outcome, line.closed and line.closed.why) == ("refused", "stage_not_named")


def test_help_says_what_is_asked(run: Callable[..., Result]) -> None:
    assert all(option in run("key", "revoke", "--help").output for option in ("--stage-name", "--by"))
    assert "--stage-name" not in run("key", "list", "--help").output
