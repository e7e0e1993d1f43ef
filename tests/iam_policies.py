"""What IAM would decide: statements with their conditions, asked about one call at a time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from deployed import Deployed

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """`resource`: an ARN, or `*` where an action knows none     `told`: condition keys of the request, with values"""

    action: str
    resource: str
    told: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


def policies(template: Mapping[str, Any], role: str) -> Iterator[Mapping[str, Any]]:
    """The documents of a role, as they stand in its template."""
    resources = template["Resources"]
    own = resources[role]["Properties"]
    yield from (each["PolicyDocument"] for each in own.get("Policies", ()))
    attached = [each["Ref"] for each in own.get("ManagedPolicyArns", ()) if "Ref" in each]
    for name, made in resources.items():
        told = made["Properties"]
        if name in attached or {"Ref": role} in (told.get("RoleName"), *told.get("Roles", ())):
            yield told["PolicyDocument"]


def statements(template: Mapping[str, Any], role: str, said: Mapping[str, str]) -> Sequence[Statement]:
    """What a role of a template may do, for those who say so much. `said`: its parameters"""
    told = Deployed(template, said)
    return [told.resolve(each) for document in policies(template, role) for each in document["Statement"]]


def allows(told: Sequence[Statement], call: Call) -> bool:
    """One statement allows and none denies. Source: docs.aws.amazon.com/IAM, "Policy evaluation logic"."""
    return {each["Effect"] for each in told if _fits(each, call)} == {"Allow"}


def length(document: Mapping[str, Any]) -> int:
    """As IAM counts it: without white space."""
    return len(json.dumps(document, separators=(",", ":")))


def listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _fits(statement: Statement, call: Call) -> bool:
    return (
        call.action.lower() in [action.lower() for action in listed(statement["Action"])]
        and any(fnmatchcase(call.resource, named) for named in listed(statement["Resource"]))
        and all(
            _holds(operator, listed(wanted), call.told.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, wanted: Sequence[str], there: str | None) -> bool:
    """What is asked of a key that a request has not is not so; that it is not something, is.

    Source: docs.aws.amazon.com/IAM, "IAM JSON policy elements: Condition operators".
    """
    match operator:
        case "Null":
            return (there is None) is (list(wanted) == ["true"])
        case "StringEquals":
            return there in wanted
        case "StringNotEquals":
            return there not in wanted
        case "ArnLike" | "ArnEquals":
            return there is not None and any(fnmatchcase(there, each) for each in wanted)
    raise LookupError(operator)
