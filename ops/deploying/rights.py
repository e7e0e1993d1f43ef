"""What IAM says that a caller may do, asked action by action.

Some actions may not stand in one question: IAM answers "require different authorization information". Source:
github.com/aws-cloudformation/rain, internal/aws/iam/iam.go, which asks one by one for this. Not tried on a real
account.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from ops.deploying.account import Rights

_FORBIDDEN = ("AccessDenied", "AccessDeniedException")
_OF_ONE_ACTION = ("InvalidInput", "PolicyEvaluation")
"""Refusals that say nothing of the next question."""


def rights(
    iam: Any, caller: str, deeds: Mapping[str, Sequence[str]], circumstances: Mapping[str, str]
) -> Rights | None:
    """As `Account.rights`. `iam`: a client of boto3"""
    left = [(arn, action) for arn, actions in deeds.items() for action in actions]
    principal, is_sure = _principal(caller), False
    denied: list[str] = []
    unanswered: dict[str, list[str]] = {}
    while left:
        arn, action = left[0]
        try:
            is_allowed = _allows(iam, principal, action, arn, circumstances)
        except ClientError as err:
            code = _code(err)
            if not is_sure and code in (*_FORBIDDEN, "NoSuchEntity"):
                whole, is_sure = _whole(iam, principal), True
                if whole != principal:
                    principal = whole
                    continue
            if code in _FORBIDDEN:
                return None
            lost = left[:1] if code in _OF_ONE_ACTION else left
            unanswered.setdefault(_says(err), []).extend(each for _, each in lost)
            left = left[len(lost) :]
            continue
        denied += [] if is_allowed else [action]
        left = left[1:]
    return Rights(denied, unanswered)


def _allows(iam: Any, principal: str, action: str, arn: str, circumstances: Mapping[str, str]) -> bool:
    said = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in circumstances.items()
    ]
    resources = {} if arn == "*" else {"ResourceArns": [arn]}
    told = iam.simulate_principal_policy(
        PolicySourceArn=principal, ActionNames=[action], ContextEntries=said, **resources
    )
    return all(each["EvalDecision"] == "allowed" for each in told["EvaluationResults"])


def _principal(caller: str) -> str:
    """The role of a session: policies are the role's, and the caller's name is the session's."""
    head, _, name = caller.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{name.partition('/')[0]}" if name else caller


def _whole(iam: Any, principal: str) -> str:
    """A role's name with its path, which the name of a session leaves out; as it is where that may not be asked."""
    _, _, name = principal.partition(":role/")
    if not name:
        return principal
    try:
        return str(iam.get_role(RoleName=name)["Role"]["Arn"])
    except ClientError:
        return principal


def _says(err: ClientError) -> str:
    return f"{_code(err)}: {err.response.get('Error', {}).get('Message', '')}"


def _code(err: ClientError) -> str:
    return str(err.response.get("Error", {}).get("Code", ""))
