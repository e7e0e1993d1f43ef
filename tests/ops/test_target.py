"""A named stage is found, named before anything happens, and never another one than was meant."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import click
import msgspec
import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from chalicelib.config import Settings
from ops.auditing.deeds import DEEDS, LINES, Kind
from ops.auditing.ground import Ground, ground_of
from ops.target import Account, settings_of, strange, target_of

ACCOUNT, REGION = "123456789012", "eu-central-1"
ME = f"arn:aws:sts::{ACCOUNT}:assumed-role/pointpass-reader-prod/olga"
TOLD = {
    "POINTPASS_STAGE": "prod",
    "POINTPASS_REGION": REGION,
    "POINTPASS_BASE_URL": "https://cards.example.com",
    "POINTPASS_INBOX_BUCKET": f"pointpass-prod-inbox-{ACCOUNT}",
    "POINTPASS_SEALS_BUCKET": f"pointpass-prod-seals-{ACCOUNT}",
    "POINTPASS_DEFERRED_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/pointpass-prod-deferred",
    "POINTPASS_CARDS_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/pointpass-prod-cards",
    "POINTPASS_SWEEPS_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/pointpass-prod-sweeps",
    "POINTPASS_VAULT_SECRET": "pointpass-prod-vault",
    "POINTPASS_SMTP_URL": "smtp://mail.example:25",
    "POINTPASS_MAIL_FROM": "cards@example.com",
}


class Aws:
    """boto3.Session: one account in which the stage prod is deployed. `asked`: services, in order"""

    def __init__(self) -> None:
        self.region: str | None = REGION
        self.told: dict[str, str] | None = dict(TOLD)
        self.trouble: Exception | None = None
        self.asked: list[str] = []

    def __call__(self, region_name: str | None = None) -> "Aws":
        self.region_name = region_name or self.region
        return self

    def client(self, service: str) -> "Aws":
        self.asked.append(service)
        return self

    def get_caller_identity(self) -> dict[str, str]:
        if self.trouble is not None:
            raise self.trouble
        return {"Account": ACCOUNT, "Arn": ME}

    def describe_stack_resource(self, **named: str) -> dict[str, Any]:
        if self.told is None or named != {"StackName": "pointpass-prod", "LogicalResourceId": "Pages"}:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "Describe")
        return {"StackResourceDetail": {"PhysicalResourceId": "pointpass-prod-Pages-AB12"}}

    def get_function_configuration(self, **named: str) -> dict[str, Any]:
        assert named == {"FunctionName": "pointpass-prod-Pages-AB12", "Qualifier": "live"}
        return {"Environment": {"Variables": self.told}}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in [name for name in os.environ if name.startswith("POINTPASS_")]:
        monkeypatch.delenv(name)
    made = Aws()
    monkeypatch.setattr("boto3.Session", made)
    with click.Context(click.Command("any")):
        yield made


def environment(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, text in {**TOLD, **more}.items():
        monkeypatch.setenv(name, text)


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(click.ClickException) as caught:
        act()
    return caught.value.message


def test_settings_are_those_of_the_deployed_functions(aws: Aws) -> None:
    assert settings_of("prod") == Settings.from_environment(TOLD)
    assert aws.asked == ["sts", "cloudformation", "lambda"]


def test_environment_that_says_everything_is_enough(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, POINTPASS_MAIL_FROM="shop@example.com")
    aws.told = None
    assert settings_of("prod").mail_from == "shop@example.com"
    assert aws.asked == ["sts"]


def test_environment_that_says_something_comes_first(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTPASS_MAIL_FROM", "shop@example.com")
    assert settings_of("prod") == msgspec.structs.replace(Settings.from_environment(TOLD), mail_from="shop@example.com")


def test_account_region_caller_and_tables_are_said_once(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert target_of("prod").caller == ME
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith(
        f"prod: account {ACCOUNT}, {REGION}, as {ME} pointpass-prod-journal, pointpass-prod-documents"
    )
    assert said.count("pointpass-prod-access") == 1
    assert aws.asked == ["sts", "cloudformation", "lambda"]


def test_environment_of_another_stage_is_refused_before_anything_is_asked(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, POINTPASS_STAGE="dev")
    assert refusal(lambda: settings_of("prod")) == "The environment describes the stage dev, not prod."
    assert aws.asked == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("POINTPASS_INBOX_BUCKET", f"pointpass-dev-inbox-{ACCOUNT}", "the bucket is pointpass-dev-inbox"),
        (
            "POINTPASS_SEALS_BUCKET",
            "pointpass-prod-seals-999999999999",
            "in this account it would be pointpass-prod-seals",
        ),
        ("POINTPASS_CARDS_QUEUE_URL", TOLD["POINTPASS_CARDS_QUEUE_URL"].replace("prod", "dev"), "the queue is"),
        ("POINTPASS_SWEEPS_QUEUE_URL", TOLD["POINTPASS_DEFERRED_QUEUE_URL"], "would end with"),
        ("POINTPASS_DEFERRED_QUEUE_URL", TOLD["POINTPASS_DEFERRED_QUEUE_URL"].replace("central", "west"), "begin with"),
    ],
)
def test_what_belongs_to_another_stage_account_or_region_is_refused(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    for is_said in (True, False):
        if is_said:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name)
            aws.told = {**TOLD, name: value}
        message = refusal(lambda: settings_of("prod"))
        assert message.startswith("This is not prod, so nothing was done:")
        assert says in message


def test_functions_of_another_stage_under_this_ones_name_are_refused(aws: Aws) -> None:
    aws.told = {**TOLD, "POINTPASS_STAGE": "dev"}
    assert "its functions are told that they are dev" in refusal(lambda: settings_of("prod"))


def test_stage_in_another_region_than_the_commands_is_refused() -> None:
    settings = Settings.from_environment(TOLD)
    wrong = strange(settings, "prod", Account(ACCOUNT, "us-east-1", ME))
    assert wrong[0] == "its region is eu-central-1, and the commands would go to us-east-1"
    assert strange(settings, "prod", Account(ACCOUNT, REGION, ME)) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ({"told": None}, f"not in the account {ACCOUNT}, {REGION}, either"),
        ({"told": {"POINTPASS_STAGE": "prod"}}, "prod is deployed without what this version needs: POINTPASS_BASE_URL"),
        ({"region": None}, "No region is named: set AWS_REGION"),
        ({"trouble": NoCredentialsError()}, "AWS does not let us in"),
    ],
)
def test_stage_that_is_not_found_says_why(aws: Aws, spoil: dict[str, Any], says: str) -> None:
    for name, value in spoil.items():
        setattr(aws, name, value)
    assert says in refusal(lambda: settings_of("prod"))


# --- every command ------------------------------------------------------------------------------------------------


def ground(name: str, kind: Kind, **more: str) -> Ground:
    return ground_of(DEEDS[name], kind, {"stage": "prod", **more})


@pytest.mark.parametrize("name", sorted(name for name in DEEDS if DEEDS[name].kind != "here"))
def test_every_command_with_a_stage_introduces_it_first(
    aws: Aws, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    deed = DEEDS[name]
    found = ground(name, deed.kind)
    said = capsys.readouterr().err
    if deed.ground == "stage":
        assert f"prod: account {ACCOUNT}, {REGION}, as {ME}" in said
        assert "pointpass-prod-journal" in said
        assert (found.caller, found.is_bare) == (ME, False)
    if deed.ground == "account":  # it says by itself where it acts, before it asks
        assert found.caller == ME
        assert found.may_be_new
    assert (found.trail is None) == (deed.ground == "own")


def test_doctor_finds_its_stage_by_itself(aws: Aws) -> None:
    assert ground("doctor", "reads") == Ground("prod", "", None)
    assert aws.asked == []


def test_account_without_a_stage_is_introduced(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    found = ground("apple install", "changes", region="us-east-1")
    assert (found.is_bare, found.trail) == (True, None)
    assert f"no stage yet: account {ACCOUNT}, us-east-1, as {ME}" in capsys.readouterr().err


def test_laptop_is_asked_for_its_trail_alone(monkeypatch: pytest.MonkeyPatch, aws: Aws) -> None:
    told = {**TOLD, "POINTPASS_STAGE": "laptop"}
    monkeypatch.setattr("ops.target.kept_on_laptop", lambda name: told)
    assert ground_of(DEEDS["report"], "reads", {"stage": "laptop"}).trail is None
    for kind in LINES:
        assert ground_of(DEEDS["adjust"], kind, {"stage": "laptop"}).trail is not None
    assert aws.asked == []
