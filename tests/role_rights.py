"""What the roles of infra/ may do, and what a line of the AWS CLI asks for.

Conditions of a statement are not asked: a page's line says too little for that.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import yaml
from pages_read import PROJECT

OPERATORS = ("reader", "operator", "publisher", "keeper", "restorer")
_HERE = "eu-central-1:123456789012"
_NAMES = {"AWS::Partition": "aws", "AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012"}
_WAITED = {"cloudformation": "describe-stacks", "dynamodb": "describe-table"}
_CALLED = {("logs", "tail"): "filter-log-events"}
_WITHOUT_NAME = ("ce:GetCostAndUsage", "lambda:GetAccountSettings", "logs:GetQueryResults")
_REDRIVE = ("StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
"""Of the queue of what was given up; and SendMessage to where it came from."""

Permission = tuple[str, str]
"""(action, resource)"""


def may(role: str, wanted: Sequence[Permission], stage: str) -> bool:
    """Whether a role of a stage may do all of this."""
    rules = list(_statements(role))
    return all(
        {rule["Effect"] for rule in rules if _fits(rule, action, resource, stage)} == {"Allow"}
        for action, resource in wanted
    )


def who(said: Sequence[str], stage: str) -> str:
    """The first of the operators' roles that may do what a line of the AWS CLI asks for."""
    return next((role for role in OPERATORS if may(role, asks(said, stage), stage)), "administrator")


def asks(said: Sequence[str], stage: str) -> list[Permission]:
    """The permissions that a line needs. Source: the service authorization reference of each service."""
    _, service, operation, *rest = said
    given = dict(itertools.pairwise(rest))
    operation = _WAITED[service] if operation == "wait" else _CALLED.get((service, operation), operation)
    called = f"{service}:{''.join(word.title() for word in operation.split('-'))}"
    if called == "sts:GetCallerIdentity":
        return []  # everybody may ask who they are
    if called == "sqs:StartMessageMoveTask":
        parked = given["--source-arn"].rpartition(":")[2]
        mine, back = (f"arn:aws:sqs:{_HERE}:{name}" for name in (parked, parked.removesuffix("-parked")))
        return [*((f"sqs:{action}", mine) for action in _REDRIVE), ("sqs:SendMessage", back)]
    return [(called, _resource(called, given, stage))]


def _resource(called: str, given: Mapping[str, str], stage: str) -> str:
    """Raises LookupError."""
    known = {
        "sqs": f"arn:aws:sqs:{_HERE}:pointpass-{stage}-deferred-parked",
        "logs": f"arn:aws:logs:{_HERE}:log-group:/pointpass/{stage}/hooks:*",
        "dynamodb": f"arn:aws:dynamodb:{_HERE}:table/{given.get('--table-name') or given.get('--target-table-name')}",
        "cloudformation": f"arn:aws:cloudformation:{_HERE}:stack/{given.get('--stack-name')}/0f1e2d3c",
        "secretsmanager": f"arn:aws:secretsmanager:{_HERE}:secret:{given.get('--secret-id')}-AbCdEf",
        "lambda": f"arn:aws:lambda:{_HERE}:function:pointpass-{stage}-Hooks-1A2B",
    }
    service = called.partition(":")[0]
    if called not in _WITHOUT_NAME and service not in known:
        raise LookupError(f"nobody has looked up on what {called} is done")
    return "*" if called in _WITHOUT_NAME else known[service]


def _fits(rule: Mapping[str, Any], action: str, resource: str, stage: str) -> bool:
    named = [_text(each, stage) for each in _listed(rule["Resource"])]
    return action in _listed(rule["Action"]) and any(fnmatchcase(resource, each) for each in named)


def _text(told: Any, stage: str) -> str:
    match told:
        case {"Fn::Sub": str(text)}:
            known = _NAMES | {"Stage": stage}
            return re.sub(r"\$\{([\w:]+)\}", lambda found: known.get(found[1], found[1]), text)
        case {"Fn::If": [_, there, _]}:
            return _text(there, stage)
    return str(told)


def _statements(role: str) -> Iterator[Mapping[str, Any]]:
    if role == "deployer":
        resources, name = _template("deploy-role"), "DeployRole"
    else:
        resources, name = _template("operator-roles"), f"{role.title()}Role"
    own = resources[name]["Properties"]
    attached = [each["Ref"] for each in own.get("ManagedPolicyArns", ()) if "Ref" in each]
    documents = [each["PolicyDocument"] for each in own.get("Policies", ())]
    for called, made in resources.items():
        told = made["Properties"]
        beside = called in attached or told.get("RoleName") == {"Ref": name} or {"Ref": name} in told.get("Roles", ())
        documents += [told["PolicyDocument"]] if beside else []
    for document in documents:
        yield from document["Statement"]


@cache
def _template(name: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml.safe_load((PROJECT / "infra" / f"{name}.yaml").read_text(encoding="utf-8"))
    return told["Resources"]


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
