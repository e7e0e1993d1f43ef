"""`pointpass deploy`, `pointpass rollback` and `pointpass teardown`."""

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from ops.auditing.asking import make_sure
from ops.deploying import DeployFailed, stage_file
from ops.deploying.account import Account, Identity, Stack
from ops.deploying.going_back import ahead, go_back, left_behind, planned
from ops.deploying.preflight import Plan, look
from ops.deploying.shipping import follow, propose, ship
from ops.deploying.showing import show_changes, show_findings, show_moves, show_steps
from ops.deploying.smoke import smoke
from ops.deploying.stage_name import StageName
from ops.packaging.profiles import PROFILES

_PROJECT = Path(__file__).resolve().parent.parent.parent
_screen = Console()


@click.command()
@click.option(
    "--stage", type=StageName(), required=True, help="The stage to deploy, packaged before by: make package STAGE=..."
)
@click.option("--profile", type=click.Choice(PROFILES), default="small", show_default=True)
@click.option("--check", is_flag=True, help="Only look whether it could be deployed. Nothing is changed.")
def deploy(stage: str, profile: str, check: bool) -> None:
    """Deploy a packaged stage: look first, show every change, ask, then do it and try it.

    Parameters are read from stages/STAGE.yaml.
    """
    with _plainly():
        account = _account()
        plan = _plan(stage, profile)
        me = account.identity()
        _introduce(plan.stack, me)
        _look(plan, account, me)
        if check:
            return
        _deploy(plan, account, me)


@click.command()
@click.option("--stage", type=StageName(), required=True, help="The stage whose last deployment is taken back.")
@click.option(
    "--to", "package", default="", help="Another deployment: the first letters of its package, as the table shows them."
)
@click.option("--check", is_flag=True, help="Only show what would be done. Nothing is changed.")
def rollback(stage: str, package: str, check: bool) -> None:
    """Lead the callers of every function to the version before: the code, and what it is told.

    Tables, routes, queues and alarms stay as they were deployed. Versions stay, too: --to goes forward again.
    """
    with _plainly():
        account = _account()
        me, name = account.identity(), f"pointpass-{stage}"
        found = _standing(account, name, me)
        _introduce(name, me)
        _at_rest(found)
        moves = planned(account, name, package)
        show_moves(_screen, moves)
        if check:
            return
        make_sure(stage)
        for each in go_back(account, moves):
            _screen.print(f"  {each.function} meets version {each.to.number}", highlight=False)
        _try(stage, account, "Rolled back.", f"--to {left_behind(moves)} leads callers to where they were")
        said = "The next deployment goes on from here; the same package once more changes nothing."
        _screen.print(said, soft_wrap=True)


@click.command()
@click.option("--stage", type=StageName(), required=True, help="The stage to take down.")
def teardown(stage: str) -> None:
    """Take a stage down. Its tables and buckets, and keys of its own, stay: nobody's points are deleted."""
    with _plainly():
        account = _account()
        me, name = account.identity(), f"pointpass-{stage}"
        _standing(account, name, me)
        _introduce(name, me)
        _screen.print(
            "Functions, queues, routes, alarms and roles are deleted. Tables, buckets and keys [bold]stay[/]."
        )
        make_sure(stage)
        seen = {step.id for step in account.steps(name)}
        account.protect(name, on=False)
        account.delete(name)
        show_steps(_screen, follow(account, name, seen, time.sleep))
        _screen.print(
            "[green]Gone.[/] What stayed costs its storage; docs/operations.md says how to remove it, or use it again."
        )


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """What AWS or we refuse, in one sentence."""
    try:
        yield
    except DeployFailed as err:
        raise click.ClickException(str(err)) from err
    except (ClientError, BotoCoreError) as err:
        raise click.ClickException(f"AWS refuses: {err}") from err


def _account() -> Account:
    import boto3  # noqa: PLC0415  # only these commands need it

    from ops.deploying.aws import Aws  # noqa: PLC0415

    # The AWS CLI reads AWS_REGION; boto3 reads AWS_DEFAULT_REGION alone.
    return Aws(boto3.Session(region_name=os.environ.get("AWS_REGION") or None))


def _plan(stage: str, profile: str) -> Plan:
    """What `make package` left. Raises DeployFailed when it is not what is asked for."""
    path = _PROJECT / "build" / stage / "template.json"
    if not path.exists():
        raise DeployFailed(f"there is no package: make package STAGE={stage} PROFILE={profile}")
    template: Mapping[str, Any] = json.loads(path.read_text())
    if template["Description"] != f"Pointpass, stage {stage}, profile {profile}":
        raise DeployFailed(f"{path} is of another profile: make package STAGE={stage} PROFILE={profile}")
    parameters = stage_file.read(_PROJECT / "stages" / f"{stage}.yaml", template)
    return Plan(stage, profile, template, parameters)


def _standing(account: Account, name: str, me: Identity) -> Stack:
    """The stack of a stage. Raises DeployFailed when there is none."""
    found = account.stack(name)
    if found is None:
        raise DeployFailed(f"there is no stack {name} in account {me.account}, {me.region}")
    return found


def _at_rest(stack: Stack) -> None:
    """Raises DeployFailed while CloudFormation changes what callers meet. What it clears up at the end is nobody's."""
    if not stack.status.endswith("_IN_PROGRESS") or stack.status.endswith("_COMPLETE_CLEANUP_IN_PROGRESS"):
        return
    says = f"{stack.name} is being changed ({stack.status}). Wait for its end"
    # No other status can be cancelled. Source: docs.aws.amazon.com/AWSCloudFormation, "Cancel a stack update".
    if stack.status == "UPDATE_IN_PROGRESS":
        says += (
            f", or let an administrator cancel it: aws cloudformation cancel-update-stack --stack-name {stack.name}. "
            "What it did is then taken back by itself"
        )
    raise DeployFailed(says)


def _introduce(stack: str, me: Identity) -> None:
    _screen.print(f"[bold]{stack}[/]: account {me.account}, {me.region}, as {me.arn}", highlight=False, soft_wrap=True)


def _look(plan: Plan, account: Account, me: Identity) -> None:
    """Show every finding. Raises DeployFailed when one forbids to go on."""
    if wrong := show_findings(_screen, look(plan, account, me)):
        raise DeployFailed(f"nothing was changed: {', '.join(wrong)} first")


def _deploy(plan: Plan, account: Account, me: Identity) -> None:
    zipped = _PROJECT / "build" / plan.stage / "deployment.zip"
    with _screen.status("Uploading, and asking CloudFormation what would change ..."):
        change_set, changes = propose(plan, account, me, zipped, time.sleep)
    newest = ""
    if changes:
        show_changes(_screen, changes)
        try:
            make_sure(plan.stage)
        except click.ClickException:
            account.withdraw(plan.stack, change_set)
            raise
        show_steps(_screen, ship(plan, account, change_set, time.sleep), total=len(changes))
    else:
        _screen.print("Nothing changes.")
        newest = ahead(account, plan.stack)
        if newest:
            _screen.print(
                f"  [yellow]{'to do':8}[/] callers meet an earlier version: it was rolled back. To lead them forward: "
                f"pointpass rollback --stage {plan.stage} --to {newest}",
                highlight=False,
                soft_wrap=True,
            )
    if plan.stage != "dev":
        account.protect(plan.stack, on=True)
    elsewhere = f"--to {newest} leads callers forward" if newest else "leads callers to the version before"
    _try(plan.stage, account, "Deployed.", elsewhere)


def _try(stage: str, account: Account, done: str, elsewhere: str) -> None:
    """Ask every door of the stage as a stranger would.

    done: what is said when all answer     elsewhere: what `pointpass rollback` is to be told when one does not
    """
    stack = account.stack(f"pointpass-{stage}")
    outputs = stack.outputs if stack else {}
    address, behind = outputs.get("Address", ""), outputs.get("DnsName", "")
    tried = smoke(address, stage, behind=behind)
    for each in tried.answers:
        colour, word = ("green", "good") if each.is_good else ("red", "bad")
        _screen.print(f"  [{colour}]{word:8}[/] {each.asked}: {each.says}", highlight=False, soft_wrap=True)
    if not tried.is_good:
        raise DeployFailed(
            f"{done.lower().removesuffix('.')}, and it does not answer as it should. pointpass rollback --stage "
            f"{stage} {elsewhere} (docs/operations.md, Upgrade and roll back)"
        )
    if not tried.has_record:
        _screen.print(
            f"  [yellow]{'to do':8}[/] in the DNS of {address.removeprefix('https://')}: a CNAME or alias record to "
            f"{behind}. It was asked there meanwhile.",
            highlight=False,
            soft_wrap=True,
        )
    _screen.print(f"[green]{done}[/] {address}", highlight=False, soft_wrap=True)
