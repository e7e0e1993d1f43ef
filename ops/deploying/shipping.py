"""A package becomes a stack: upload, change set, and waiting for the end."""

import copy
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ops.deploying import DeployFailed
from ops.deploying.account import DONE, Account, Change, Identity, Step
from ops.deploying.preflight import Plan

_KEPT = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")
"""What holds facts. A deployment that would make one of these anew would leave the old one with them behind."""

_POLL_SECONDS = 5
_MOST_POLLS = 720
Pause = Callable[[float], None]


def propose(plan: Plan, account: Account, me: Identity, zipped: Path, pause: Pause) -> tuple[str, Sequence[Change]]:
    """Upload the package and have CloudFormation say what it would change. The change set's name, and the changes.

    Raises DeployFailed: CloudFormation refuses, or something that holds facts would be replaced or removed.
    """
    digest = hashlib.sha256(zipped.read_bytes()).hexdigest()
    bucket, code = f"pointpass-deploy-{plan.stage}-{me.account}-{me.region}", f"{plan.stage}/{digest}.zip"
    account.upload(bucket, code, zipped, owner=me.account)
    template = json.dumps(_with_code(plan.template, bucket, code), sort_keys=True).encode()
    told = hashlib.sha256(template + json.dumps(dict(plan.parameters), sort_keys=True).encode()).hexdigest()
    address = account.upload(bucket, f"{plan.stage}/{told}.json", template, owner=me.account)
    # Of its own each time: CloudFormation keeps a change set that was executed, or had nothing to change, by its name.
    name = f"pointpass-{told[:16]}-{secrets.token_hex(4)}"
    stack = account.stack(plan.stack)
    is_new = stack is None or not stack.is_there
    account.propose(plan.stack, name, address=address, parameters=plan.parameters, is_new=is_new)
    changes = _worked_out(plan, account, name, pause)
    if lost := [each.name for each in changes if loses_facts(each)]:
        account.withdraw(plan.stack, name)
        raise DeployFailed(f"this would replace or remove what holds facts: {', '.join(lost)}. Nothing was changed")
    if not changes:
        account.withdraw(plan.stack, name)
    return name, changes


def loses_facts(change: Change) -> bool:
    """Whether a change leaves facts behind. `Conditional` may: CloudFormation knows when it is too late."""
    return change.kind in _KEPT and (change.action == "Remove" or change.replaces in ("True", "Conditional"))


def ship(plan: Plan, account: Account, change_set: str, pause: Pause) -> Iterator[Step]:
    """Execute a change set; its steps as they come. Raises DeployFailed when CloudFormation took it back."""
    seen = {step.id for step in account.steps(plan.stack)}
    account.execute(plan.stack, change_set)
    yield from follow(account, plan.stack, seen, pause)


def follow(account: Account, stack: str, seen: set[str], pause: Pause) -> Iterator[Step]:
    """The steps that come, until the stack is done. Raises DeployFailed when it ended otherwise than it should."""
    failed: Step | None = None
    for _ in range(_MOST_POLLS):
        if account.stack(stack) is None:
            return  # deleted: CloudFormation knows it by its name no longer
        fresh = [step for step in account.steps(stack) if step.id not in seen]
        for step in reversed(fresh):
            seen.add(step.id)
            failed = failed or (step if step.status.endswith("_FAILED") else None)
            yield step
            if _is_the_end(step, stack):
                if step.status not in DONE:
                    because = f"{failed.name}: {failed.why}" if failed else step.why
                    raise DeployFailed(f"{stack} ended as {step.status}. First failure: {because}")
                return
        pause(_POLL_SECONDS)
    raise DeployFailed(f"{stack} is not done after an hour: see its events in the console of CloudFormation")


def _is_the_end(step: Step, stack: str) -> bool:
    return step.kind == "AWS::CloudFormation::Stack" and step.name == stack and "_IN_PROGRESS" not in step.status


def _worked_out(plan: Plan, account: Account, name: str, pause: Pause) -> Sequence[Change]:
    for _ in range(_MOST_POLLS):
        changes = account.proposed(plan.stack, name)
        if changes is not None:
            return changes
        pause(_POLL_SECONDS)
    raise DeployFailed("CloudFormation has not worked out the changes after an hour")


def _with_code(template: Mapping[str, Any], bucket: str, key: str) -> dict[str, Any]:
    told = copy.deepcopy(dict(template))
    for made in told["Resources"].values():
        if made["Type"] == "AWS::Serverless::Function":
            made["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return told
