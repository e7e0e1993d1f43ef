"""What the roles of infra/ may do, and what a line of the AWS CLI asks for.

Conditions of a statement are not asked: a page's line says too little for that.
"""

import itertools
from collections.abc import Mapping, Sequence
from functools import cache

import yaml
from deployed import ACCOUNT, REGION
from iam_policies import Call, Statement, allows, statements
from pages_read import PROJECT

OPERATORS = ("reader", "operator", "publisher", "keeper", "restorer")
_HERE = f"{REGION}:{ACCOUNT}"
_WAITED = {"cloudformation": "describe-stacks", "dynamodb": "describe-table"}
_CALLED = {("logs", "tail"): "filter-log-events"}
_WITHOUT_NAME = ("ce:GetCostAndUsage", "lambda:GetAccountSettings", "logs:GetQueryResults")
_REDRIVE = ("StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
"""Of the queue of what was given up; and SendMessage to where it came from."""

Permission = tuple[str, str]
"""(action, resource)"""


def may(role: str, wanted: Sequence[Permission], stage: str) -> bool:
    """Whether a role of a stage may do all of this."""
    rules = _rules(role, stage)
    return all(allows(rules, Call(*permission)) for permission in wanted)


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


@cache
def _rules(role: str, stage: str) -> Sequence[Statement]:
    """Where a parameter says whether something is allowed, it is there."""
    file, name = ("deploy-role", "DeployRole") if role == "deployer" else ("operator-roles", f"{role.title()}Role")
    template = yaml.safe_load((PROJECT / "infra" / f"{file}.yaml").read_text(encoding="utf-8"))
    said = {parameter: parameter for parameter in template["Parameters"]} | {"Stage": stage}
    return [{**rule, "Condition": {}} for rule in statements(template, name, said)]
