"""What can be known before anything is changed: each thing that is wrong is named, with what helps."""

from dataclasses import replace

import pytest
from account_stand_in import CERTIFICATE, ME, AccountStandIn, plan
from botocore.exceptions import ClientError

from ops.deploying.account import Certificate, Stack
from ops.deploying.deeds import deeds
from ops.deploying.preflight import Plan, look


def found(account: AccountStandIn, told: Plan | None = None) -> dict[str, tuple[str, str]]:
    return {each.about: (each.weight, each.says) for each in look(told or plan(), account, ME)}


def test_account_in_order_is_good_in_everything() -> None:
    assert {weight for weight, _ in found(AccountStandIn()).values()} == {"good"}
    assert found(AccountStandIn()).keys() == {"concurrency", "certificate", "mail", "secrets", "names", "permissions"}


@pytest.mark.parametrize(("limit", "weight"), [(149, "error"), (150, "good"), (1_000, "good")])
def test_what_is_reserved_leaves_a_hundred_free(limit: int, weight: str) -> None:
    assert found(AccountStandIn(limit=limit))["concurrency"][0] == weight


def test_too_small_an_account_is_told_how_much_is_needed() -> None:
    _, says = found(AccountStandIn(limit=10))["concurrency"]
    assert "150 are needed, 10 allowed" in says
    assert "PROFILE=small" in says


def test_new_account_is_warned_where_nothing_is_reserved() -> None:
    small = replace(plan(), template={"Resources": {}})
    assert found(AccountStandIn(limit=10), small)["concurrency"][0] == "warning"


@pytest.mark.parametrize(
    ("certificate", "says"),
    [
        (None, "there is no certificate"),
        (Certificate("PENDING_VALIDATION", ["cards.example.com"]), "PENDING_VALIDATION: add the record"),
        (Certificate("ISSUED", ["example.com"]), "it is for example.com, not for cards.example.com"),
        (Certificate("ISSUED", ["*.cards.example.com"]), "not for cards.example.com"),
        (Certificate("ISSUED", ["*.com"]), "not for cards.example.com"),
    ],
)
def test_certificate_that_does_not_do_is_an_error(certificate: Certificate | None, says: str) -> None:
    account = AccountStandIn(certificates={CERTIFICATE: certificate} if certificate else {})
    weight, told = found(account)["certificate"]
    assert weight == "error"
    assert says in told


def test_star_stands_for_one_label() -> None:
    account = AccountStandIn(certificates={CERTIFICATE: Certificate("ISSUED", ["example.com", "*.example.com"])})
    assert found(account)["certificate"][0] == "good"


def test_certificate_of_another_region_is_an_error() -> None:
    weight, says = found(AccountStandIn(), plan(CertificateArn=CERTIFICATE.replace("eu-central-1", "us-east-1")))[
        "certificate"
    ]
    assert (weight, says.partition(":")[0]) == (
        "error",
        "CertificateArn is of us-east-1, the stage is deployed to eu-central-1",
    )


def test_stage_without_a_host_is_a_warning() -> None:
    assert found(AccountStandIn(), plan(DomainName="", CertificateArn=""))["certificate"][0] == "warning"


def test_sandbox_of_the_mail_is_an_error_where_members_are_written_to() -> None:
    assert found(AccountStandIn(is_sandboxed=True))["mail"][0] == "error"
    assert found(AccountStandIn(is_sandboxed=True), replace(plan(), stage="dev"))["mail"][0] == "warning"
    assert found(AccountStandIn(is_sandboxed=True), plan(SmtpUrl="smtp://mail.example:587"))["mail"][0] == "good"


def test_sandbox_is_that_of_the_mail_servers_region() -> None:
    told = plan(SmtpUrl="smtps://u@email-smtp-fips.us-east-1.amazonaws.com")
    assert found(AccountStandIn(is_sandboxed=True), told)["mail"] == ("good", "SES in us-east-1 writes to everybody")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("smtp://mail.example.com:25", "SmtpUrl names port 25, and functions reach no port 25: take 587"),
        ("mail.example.com", "SmtpUrl is no address of a mail server"),
    ],
)
def test_mail_server_that_no_function_reaches_is_an_error(url: str, says: str) -> None:
    weight, told = found(AccountStandIn(), plan(SmtpUrl=url))["mail"]
    assert (weight, told.startswith(says)) == ("error", True)


def test_secret_that_is_missing_is_named_with_its_parameter() -> None:
    told = plan(AppleSecret="pointpass-prod-apple")
    assert found(AccountStandIn(), told)["secrets"] == (
        "error",
        "not in Secrets Manager: AppleSecret names pointpass-prod-apple",
    )


@pytest.mark.parametrize("name", ["pointpass-prod-journal", "pointpass-prod-inbox-123456789012"])
def test_name_that_is_taken_is_an_error_for_a_new_stack_alone(name: str) -> None:
    account = AccountStandIn(there={name})
    weight, says = found(account)["names"]
    assert weight == "error"
    assert f"taken: {name}:" in says
    account.stacks["pointpass-prod"] = Stack("pointpass-prod", "REVIEW_IN_PROGRESS", {})
    assert found(account)["names"][0] == "error"
    account.stacks["pointpass-prod"] = Stack("pointpass-prod", "UPDATE_COMPLETE", {})
    assert found(account)["names"][0] == "good"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("ROLLBACK_COMPLETE", "was never finished (ROLLBACK_COMPLETE): pointpass teardown --stage prod"),
        ("CREATE_FAILED", "was never finished"),
        ("UPDATE_IN_PROGRESS", "is being changed (UPDATE_IN_PROGRESS): wait"),
    ],
)
def test_stack_that_takes_no_change_is_an_error_with_the_way_out(status: str, says: str) -> None:
    account = AccountStandIn(stacks={"pointpass-prod": Stack("pointpass-prod", status, {})})
    weight, told = found(account)["names"]
    assert (weight, says in told) == ("error", True)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_stack_at_rest_is_updated(status: str) -> None:
    account = AccountStandIn(stacks={"pointpass-prod": Stack("pointpass-prod", status, {})})
    assert found(account)["names"] == ("good", "pointpass-prod exists and is updated")


def test_permission_that_is_missing_is_named() -> None:
    weight, says = found(AccountStandIn(forbidden=("dynamodb:CreateTable",)))["permissions"]
    assert weight == "error"
    assert "may not dynamodb:CreateTable: use the role of infra/deploy-role.yaml" in says
    assert found(AccountStandIn(forbidden=None))["permissions"][0] == "warning"


def test_permission_that_iam_says_nothing_of_is_told_with_its_reason_beside_those_that_are_missing() -> None:
    reason = "InvalidInput: it is odd"
    account = AccountStandIn(unanswered={reason: ["iam:A", "iam:B", "iam:C", "iam:D", "iam:E"]})
    asked = f"IAM does not say of iam:A, iam:B, iam:C and 2 more ({reason})"
    assert found(account)["permissions"] == ("warning", asked)
    account.forbidden = ("sqs:CreateQueue",)
    weight, says = found(account)["permissions"]
    assert weight == "error"
    assert says.endswith(f"may not sqs:CreateQueue: use the role of infra/deploy-role.yaml. {asked}")


def test_root_user_is_warned_and_not_asked_about() -> None:
    root = replace(ME, arn="arn:aws:iam::123456789012:root")
    (told,) = [
        each
        for each in look(plan(), AccountStandIn(forbidden=("sqs:CreateQueue",)), root)
        if each.about == "permissions"
    ]
    assert (told.weight, "use the role of infra/deploy-role.yaml" in told.says) == ("warning", True)


@pytest.mark.parametrize("profile", ["small", "strict"])
def test_rights_are_asked_for_what_this_stage_touches(profile: str) -> None:
    asked = deeds("prod", profile, ME)
    assert asked["arn:aws:dynamodb:eu-central-1:123456789012:table/pointpass-prod-journal"][0] == "dynamodb:CreateTable"
    assert {name for name in asked if "{" in name or "*" in name.removesuffix("/*")} == {"*"}
    assert ("kms:CreateKey" in asked["*"]) is (profile == "strict")


def test_secret_that_no_function_may_read_is_an_error() -> None:
    account = AccountStandIn(secrets={"pointpass-prod-vault", "mail-password"})
    weight, says = found(account, plan(SmtpSecret="mail-password"))["secrets"]
    assert (weight, "no function may read mail-password: name it pointpass-prod-…" in says) == ("error", True)


def test_what_may_not_be_looked_at_is_a_warning_and_the_rest_goes_on() -> None:
    class Closed(AccountStandIn):
        def concurrent_executions(self) -> int:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetAccountSettings")

    told = found(Closed())
    assert told["concurrency"][0] == "warning"
    assert told["permissions"][0] == "good"
