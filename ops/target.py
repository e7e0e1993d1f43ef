"""Which system a command acts on: the laptop's, unless a stage is named."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import SettingMissing, Settings
from chalicelib.errors import Refused, TryAgain
from chalicelib.programs.program import Program

LAPTOP = "laptop"
_PROJECT = Path(__file__).resolve().parent.parent
_ROOMS = ("journal", "documents", "members", "cards", "views", "programs", "access")
_QUEUES = ("deferred", "cards", "sweeps")
_ASKED = "Pages"
"""The function whose environment is read: every function is told the same."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where commands go at AWS. caller: the ARN of who is signed in"""

    number: str
    region: str
    caller: str


@dataclass(frozen=True, slots=True)
class Target:
    """A stage, and who acts on it. caller: "" on the laptop"""

    settings: Settings
    caller: str = ""


def house_of(stage: str) -> House:
    """The house of a stage. A named stage says which account, region and tables it is before anything happens."""
    settings = settings_of(stage)
    try:
        return assembled(settings, adapters(settings, by_operator=True))
    except TryAgain as err:
        raise click.ClickException(f"The {stage} system does not answer. Is it running?") from err


def settings_of(stage: str) -> Settings:
    """What a stage is told; a named one is introduced as by `house_of`."""
    return target_of(stage).settings


def target_of(stage: str) -> Target:
    """A stage, introduced once in a command. Raises ClickException that says what is missing or does not fit."""
    context = click.get_current_context(silent=True)
    known: dict[str, Target] = {} if context is None else context.meta.setdefault("ops.target.known", {})
    if stage not in known:
        known[stage] = Target(_laptop()) if stage == LAPTOP else _named(stage)
    return known[stage]


def account_of(region: str = "") -> Account:
    """The account that this computer is signed in to. Raises ClickException."""
    import boto3  # noqa: PLC0415  # only a named stage needs it
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # as above

    # The AWS CLI reads AWS_REGION; boto3 reads AWS_DEFAULT_REGION alone.
    session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
    if not session.region_name:
        raise click.ClickException("No region is named: set AWS_REGION, such as eu-central-1.")
    try:
        told = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as err:
        raise click.ClickException(f"AWS does not let us in: {err}. Sign in, or choose an AWS_PROFILE.") from err
    return Account(told["Account"], session.region_name, told["Arn"])


def introduce(stage: str, account: Account, tables: str = "") -> None:
    """Say on which system something is about to happen."""
    says = f"[bold]{stage}[/]: account {account.number}, {account.region}, as {account.caller}"
    Console(stderr=True).print(f"{says}\n{tables}".strip(), highlight=False, soft_wrap=True)


def program_of(house: House, slug: str) -> Program:
    """A published program; without a name, the only one there is."""
    slugs = house.adapters.programs.slugs()
    chosen = slug or (slugs[0] if len(slugs) == 1 else "")
    program = house.adapters.programs.program(chosen) if chosen else None
    if program is None:
        known = ", ".join(slugs) or "none yet"
        says = f"Which program? Name one with --program. Published: {known}."
        raise click.ClickException(says) from Refused("program_unknown")
    return program


def kept_on_laptop(name: str) -> dict[str, Any]:
    """What the laptop stack tells other programs: "stack.json" while it runs, "environment.json" also afterwards."""
    path = Path(os.environ.get("LOCAL") or _PROJECT / ".local") / name
    if not path.exists():
        raise click.ClickException("Nothing runs on this computer yet. Start it with: make run")
    told: dict[str, Any] = json.loads(path.read_text())
    return told


def _laptop() -> Settings:
    environment = kept_on_laptop("environment.json")
    os.environ.update({name: value for name, value in environment.items() if name.startswith("AWS_")})
    return Settings.from_environment(environment)


def _named(stage: str) -> Target:
    """A stage as its functions know it; what the environment says beside it comes first."""
    said = {name: text for name, text in os.environ.items() if name.startswith("POINTPASS_")}
    if (told := said.get("POINTPASS_STAGE", stage)) != stage:
        raise click.ClickException(f"The environment describes the stage {told}, not {stage}.")
    account = account_of(said.get("POINTPASS_REGION", ""))
    try:
        settings = Settings.from_environment(said)
    except SettingMissing:
        try:
            settings = Settings.from_environment({**_found(stage, account), **said})
        except SettingMissing as err:
            raise click.ClickException(f"{stage} is deployed without what this version needs: {err}") from err
    if wrong := strange(settings, stage, account):
        raise click.ClickException(f"This is not {stage}, so nothing was done:\n" + "\n".join(wrong))
    introduce(stage, account, ", ".join(settings.table(room) for room in _ROOMS))
    return Target(settings, account.caller)


def strange(settings: Settings, stage: str, account: Account) -> list[str]:
    """What of a stage's settings belongs to another stage, account or region: names are those of infra/."""
    wrong = [] if settings.stage == stage else [f"its functions are told that they are {settings.stage}"]
    if settings.region != account.region:
        wrong.append(f"its region is {settings.region}, and the commands would go to {account.region}")
    for bucket, kind in ((settings.inbox_bucket, "inbox"), (settings.seals_bucket, "seals")):
        meant = f"pointpass-{stage}-{kind}-{account.number}"
        wrong += [] if bucket == meant else [f"the bucket is {bucket}; in this account it would be {meant}"]
    queues = (settings.deferred_queue_url, settings.cards_queue_url, settings.sweeps_queue_url)
    for queue, kind in zip(queues, _QUEUES, strict=True):
        meant = f"{account.number}/pointpass-{stage}-{kind}"
        wrong += [] if queue.endswith(f"/{meant}") else [f"the queue is {queue}; it would end with {meant}"]
        host = f"https://sqs.{account.region}."
        if not settings.aws_endpoint_url and not queue.startswith(host):
            wrong.append(f"the queue is {queue}; it would begin with {host}")
    return wrong


def _found(stage: str, account: Account) -> Mapping[str, str]:
    """What the deployed functions of a stage are told: names and addresses. Raises ClickException."""
    import boto3  # noqa: PLC0415  # only a named stage needs it
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # as above

    session = boto3.Session(region_name=account.region)
    try:
        made = session.client("cloudformation").describe_stack_resource(
            StackName=f"pointpass-{stage}", LogicalResourceId=_ASKED
        )
        told = session.client("lambda").get_function_configuration(
            FunctionName=made["StackResourceDetail"]["PhysicalResourceId"], Qualifier="live"
        )
    except (BotoCoreError, ClientError) as err:
        raise click.ClickException(
            f"The settings of {stage} are not in the environment (POINTPASS_...), and not in the account "
            f"{account.number}, {account.region}, either: {err}"
        ) from err
    variables: Mapping[str, str] = told["Environment"]["Variables"]
    return variables
