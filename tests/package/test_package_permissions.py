"""What each function may do, and whether it ever did: every permission was needed by the tests that run the zip.

It looks back at all that ran before it, so it is run with its neighbours: pytest tests/package.
"""

from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase

import pytest
from deployed import Role
from packaged_cloud import PackagedCloud

from ops.packaging.template import functions

pytestmark = [pytest.mark.package, pytest.mark.npm, pytest.mark.xdist_group("package")]

SELDOM = {
    ("OnCards", "dynamodb:DeleteItem", "table/pointpass-dev-cards"): "Apple says that a phone's token is dead",
    ("OnCards", "dynamodb:Query", "table/pointpass-dev-journal"): "Google is told the face as it is now",
    ("OnCards", "dynamodb:Query", "table/pointpass-dev-programs"): "as above",
    ("OnCards", "sqs:SendMessage", "pointpass-dev-cards"): "a push service puts us off",
    ("OnDeferred", "dynamodb:DeleteItem", "table/pointpass-dev-cards"): "an erased member's card leaves its phones",
    ("OnDeferred", "dynamodb:DeleteItem", "table/pointpass-dev-programs"): "a pause has been caught up with",
    ("OnDeferred", "dynamodb:GetItem", "table/pointpass-dev-programs"): "as above",
    ("OnDeferred", "dynamodb:PutItem", "table/pointpass-dev-programs"): "as above",
    ("OnDeferred", "s3:DeleteObject", "pointpass-dev-inbox-123456789012/*/paused/*"): "as above",
    ("OnDeferred", "s3:ListBucket", "pointpass-dev-inbox-123456789012"): "as above",
    ("OnDeferred", "sqs:SendMessage", "pointpass-dev-deferred"): "as above: its walk goes on",
    ("OnSweep", "sqs:SendMessage", "pointpass-dev-deferred"): "as above, when its message was lost",
    ("OnDeferred", "dynamodb:PutItem", "table/pointpass-dev-documents"): "a deferred order is recorded",
    ("OnDeferred", "dynamodb:PutItem", "table/pointpass-dev-journal"): "as above",
    ("OnDeferred", "dynamodb:PutItem", "table/pointpass-dev-members"): "as above, of somebody new",
    ("OnDeferred", "dynamodb:Scan", "table/pointpass-dev-members"): "an erasure by a name that is not the index's",
    (
        "OnDeferred",
        "s3:PutObject",
        "pointpass-dev-inbox-123456789012/*",
    ): "a deferred body turns out not to be understood",
    ("OnDeferred", "secretsmanager:GetSecretValue", "pointpass-dev-apple-??????"): "an erased member's card is pushed",
    ("OnDeferred", "secretsmanager:GetSecretValue", "pointpass-dev-apple/*"): "as above",
    ("OnDeferred", "sqs:SendMessage", "pointpass-dev-cards"): "a push service puts us off",
    ("OnJournal", "dynamodb:DeleteItem", "table/pointpass-dev-cards"): "Apple says that a phone's token is dead",
    ("OnNight", "dynamodb:GetItem", "table/pointpass-dev-documents"): "points become vouchers in certain months",
    ("OnNight", "dynamodb:GetItem", "table/pointpass-dev-views"): "as above",
    ("OnNight", "dynamodb:PutItem", "table/pointpass-dev-documents"): "as above",
    ("OnNight", "dynamodb:PutItem", "table/pointpass-dev-journal"): "as above",
    ("OnNight", "dynamodb:PutItem", "table/pointpass-dev-views"): "days that are over are closed",
    ("OnNight", "dynamodb:Query", "table/pointpass-dev-journal"): "points become vouchers in certain months",
    ("OnSweeps", "dynamodb:DeleteItem", "table/pointpass-dev-cards"): "a swept account's card is pushed",
    ("OnSweeps", "dynamodb:GetItem", "table/pointpass-dev-cards"): "as above",
    ("OnSweeps", "dynamodb:GetItem", "table/pointpass-dev-documents"): "a message goes to a segment",
    ("OnSweeps", "dynamodb:GetItem", "table/pointpass-dev-views"): "a walk through a program goes on",
    ("OnSweeps", "dynamodb:PutItem", "table/pointpass-dev-cards"): "a swept account's card is pushed",
    ("OnSweeps", "dynamodb:PutItem", "table/pointpass-dev-journal"): "points end",
    ("OnSweeps", "dynamodb:Query", "table/pointpass-dev-cards"): "a swept account's card is pushed",
    ("OnSweeps", "dynamodb:Scan", "table/pointpass-dev-views"): "a walk through a program",
    ("OnSweeps", "sqs:SendMessage", "pointpass-dev-cards"): "as above",
    ("OnSweeps", "sqs:SendMessage", "pointpass-dev-sweeps"): "a walk through a program goes on",
    ("Pages", "dynamodb:ConditionCheckItem", "table/pointpass-dev-access"): "a known member joins again",
    ("Pages", "dynamodb:GetItem", "table/pointpass-dev-documents"): "a claim merges two accounts",
    ("Pages", "dynamodb:PutItem", "table/pointpass-dev-documents"): "as above",
    ("Pages", "sqs:SendMessage", "pointpass-dev-cards"): "as above",
    ("StoresApi", "dynamodb:ConditionCheckItem", "table/pointpass-dev-access"): "a known member is enrolled again",
    ("StoresApi", "dynamodb:DeleteItem", "table/pointpass-dev-cards"): "an enrolled member's phones are told",
    ("StoresApi", "dynamodb:GetItem", "table/pointpass-dev-members"): "a member is found by address",
    ("StoresApi", "dynamodb:PutItem", "table/pointpass-dev-access"): "a store enrols a member",
    ("StoresApi", "dynamodb:PutItem", "table/pointpass-dev-cards"): "as above",
    ("StoresApi", "dynamodb:PutItem", "table/pointpass-dev-members"): "as above",
    (
        "StoresApi",
        "secretsmanager:GetSecretValue",
        "pointpass-dev-apple-??????",
    ): "an enrolled member's phones are told",
    ("StoresApi", "secretsmanager:GetSecretValue", "pointpass-dev-apple/*"): "as above",
    ("StoresApi", "sqs:SendMessage", "pointpass-dev-cards"): "as above",
    ("Wallets", "sqs:SendMessage", "pointpass-dev-cards"): "a card that is saved to Google is told later",
}
"""What a function may do and does in none of these tests, and when it does."""


def test_every_function_was_at_work_on_the_runtime_client(cloud: PackagedCloud) -> None:
    made = functions(cloud.deployed.template)
    assert {name for name in made if cloud.yard.used(name)} == made.keys()


def test_every_permission_was_needed_by_the_tests_above(cloud: PackagedCloud) -> None:
    """A permission that nothing needs is one too many."""
    held = {name: grants(cloud.deployed.role(name)) for name in functions(cloud.deployed.template)}
    granted = {(name, action, resource.rpartition(":")[2]) for name, some in held.items() for action, resource in some}
    idle = {
        (name, action, resource.rpartition(":")[2])
        for name, some in held.items()
        for action, resource in some
        if not any(used == action and fnmatchcase(there, resource) for used, there in cloud.yard.used(name))
    }
    assert listed(idle - SELDOM.keys()) == ""
    assert listed(SELDOM.keys() - granted) == ""


def listed(permissions: AbstractSet[tuple[str, str, str]]) -> str:
    """One a line, so that a failure shows all of them."""
    return "\n".join(map(str, sorted(permissions)))


def grants(role: Role) -> set[tuple[str, str]]:
    """What a role allows the function itself, as (action, resource). Lambda reads, parks and logs by it, too."""
    return {
        (action, resource)
        for statement in role.allowed()
        if statement["Sid"] not in ("Stream", "Take", "Log")
        for action in statement["Action"]
        for resource in ([statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"])
        if not resource.endswith("-parked")
    }
