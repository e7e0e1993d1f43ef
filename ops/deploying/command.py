"""`pointpass deploy` and `pointpass teardown`."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ops.deploying import DeployFailed, stage_file
from ops.deploying.account import Account, Change, Identity, Step
from ops.deploying.preflight import Finding, Plan, look
from ops.deploying.shipping import follow, propose, ship
from ops.deploying.smoke import smoke
from ops.packaging.profiles import PROFILES

_PROJECT = Path(__file__).resolve().parent.parent.parent
_COLOURS = {"good": "green", "warning": "yellow", "error": "red"}
_NAME_AGAIN = click.option(
    "--stage-name", default="", help="The stage's name once more, for scripts; else it is asked."
)
_screen = Console()


@click.command()
@click.option("--stage", required=True, help="The stage to deploy, packaged before by: make package STAGE=...")
@click.option("--profile", type=click.Choice(PROFILES), default="small", show_default=True)
@click.option("--check", is_flag=True, help="Only look whether it could be deployed. Nothing is changed.")
@_NAME_AGAIN
def deploy(stage: str, profile: str, check: bool, stage_name: str) -> None:
    """Deploy a packaged stage: look first, show every change, ask, then do it and try it.

    Parameters are read from stages/STAGE.yaml.
    """
    try:
        account = _account()
        plan = _plan(stage, profile)
        me = account.identity()
        _introduce(plan.stack, me)
        _look(plan, account, me)
        if check:
            return
        _deploy(plan, account, me, stage_name)
    except DeployFailed as err:
        raise click.ClickException(str(err)) from err


@click.command()
@click.option("--stage", required=True, help="The stage to take down.")
@_NAME_AGAIN
def teardown(stage: str, stage_name: str) -> None:
    """Take a stage down. Its tables and buckets, and keys of its own, stay: nobody's points are deleted."""
    try:
        account = _account()
        me, name = account.identity(), f"pointpass-{stage}"
        if account.stack(name) is None:
            raise DeployFailed(f"there is no stack {name} in account {me.account}, {me.region}")
        _introduce(name, me)
        _screen.print(
            "Functions, queues, routes, alarms and roles are deleted. Tables, buckets and keys [bold]stay[/]."
        )
        _asked_again(stage, stage_name)
        seen = {step.id for step in account.steps(name)}
        account.protect(name, on=False)
        account.delete(name)
        _show_steps(follow(account, name, seen, time.sleep))
        _screen.print(
            "[green]Gone.[/] What stayed costs its storage; docs/deploying.md says how to remove it, or use it again."
        )
    except DeployFailed as err:
        raise click.ClickException(str(err)) from err


def _account() -> Account:
    import boto3  # noqa: PLC0415  # only these two commands need it

    from ops.deploying.aws import Aws  # noqa: PLC0415

    return Aws(boto3.Session())


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


def _introduce(stack: str, me: Identity) -> None:
    _screen.print(f"[bold]{stack}[/]: account {me.account}, {me.region}, as {me.arn}", highlight=False)


def _look(plan: Plan, account: Account, me: Identity) -> None:
    """Show every finding. Raises DeployFailed when one forbids to go on."""
    errors: list[Finding] = []
    for finding in look(plan, account, me):
        colour = _COLOURS[finding.weight]
        _screen.print(f"  [{colour}]{finding.weight:8}[/] {finding.about}: {finding.says}", highlight=False)
        errors += [finding] if finding.weight == "error" else []
    if errors:
        raise DeployFailed(f"nothing was changed: {', '.join(each.about for each in errors)} first")


def _deploy(plan: Plan, account: Account, me: Identity, stage_name: str) -> None:
    zipped = _PROJECT / "build" / plan.stage / "deployment.zip"
    with _screen.status("Uploading, and asking CloudFormation what would change ..."):
        change_set, changes = propose(plan, account, me, zipped, time.sleep)
    if changes:
        _show_changes(changes)
        try:
            _asked_again(plan.stage, stage_name)
        except DeployFailed:
            account.withdraw(plan.stack, change_set)
            raise
        _show_steps(ship(plan, account, change_set, time.sleep), total=len(changes))
    else:
        _screen.print("Nothing changes.")
    if plan.stage != "dev":
        account.protect(plan.stack, on=True)
    _try(plan, account)


def _show_changes(changes: Sequence[Change]) -> None:
    table = Table("", "what", "kind", "made anew", box=None, pad_edge=False, header_style="dim")
    colours = {"Add": "green", "Remove": "red"}
    for each in sorted(changes, key=lambda change: (change.action, change.kind, change.name)):
        anew = "" if each.replaces == "False" else each.replaces.lower()
        action = f"[{colours.get(each.action, 'yellow')}]{each.action.lower()}[/]"
        table.add_row(action, each.name, each.kind.removeprefix("AWS::"), anew)
    _screen.print(table)


def _asked_again(stage: str, said: str) -> None:
    """Whoever acts on a stage types its name. Raises DeployFailed."""
    answer = said or click.prompt(f"Type {stage} to go on", default="", show_default=False)
    if answer != stage:
        raise DeployFailed("that is not the stage's name: nothing was changed")


def _show_steps(steps: Any, total: int = 0) -> None:
    done: set[str] = set()
    each: Step
    for each in steps:
        if each.status.endswith("_COMPLETE"):
            done.add(each.name)
        count = f"{min(len(done), total)}/{total} " if total else ""
        colour = "red" if "FAILED" in each.status or "ROLLBACK" in each.status else "dim"
        _screen.print(f"  [{colour}]{count}{each.status.lower():28}[/] {each.name} {each.why}", highlight=False)


def _try(plan: Plan, account: Account) -> None:
    stack = account.stack(plan.stack)
    address = stack.outputs.get("Address", "") if stack else ""
    answers = smoke(address, plan.stage)
    for each in answers:
        _screen.print(
            f"  {'[green]good[/]' if each.is_good else '[red]bad[/] '} {each.asked}: {each.says}", highlight=False
        )
    if not all(each.is_good for each in answers):
        if stack and stack.outputs.get("DnsName"):
            _screen.print(f"  The record of {plan.parameters['DomainName']} must point to {stack.outputs['DnsName']}.")
        raise DeployFailed(
            "it is deployed and does not answer. To put the version before back: docs/deploying.md, Roll back"
        )
    _screen.print(f"[green]Deployed.[/] {address}")
