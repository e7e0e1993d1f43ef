"""What can be known before anything is changed: everything that is wrong at once, and what helps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Broken
from chalicelib.web.post import server_of
from ops.accounts.post import BLOCKED, NO_WAY, is_ses, region_of_ses
from ops.deploying.account import Account, Identity, Stack
from ops.deploying.deeds import circumstances, deeds

Weight = Literal["good", "warning", "error"]

HEADROOM = 100
"""Lambda leaves so much of an account's concurrency unreserved. Source: docs.aws.amazon.com/lambda, "Configuring
reserved concurrency"."""

_NAMED = {"AWS::DynamoDB::Table": "TableName", "AWS::SQS::Queue": "QueueName", "AWS::S3::Bucket": "BucketName"}
_MOST_ACTIONS = 3
_NEVER_DONE = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
"""A stack in one of these is deleted and made again. Source: docs.aws.amazon.com/AWSCloudFormation, "Status codes"."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`about`: what was looked at     `says`: what was found, and what helps"""

    weight: Weight
    about: str
    says: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be deployed. `parameters`: as text, by name"""

    stage: str
    profile: str
    template: Mapping[str, Any]
    parameters: Mapping[str, str]

    @property
    def stack(self) -> str:
        return f"pointpass-{self.stage}"


def look(plan: Plan, account: Account, me: Identity) -> Iterator[Finding]:
    """One finding after the other, errors and good news alike. What may not be looked at is a warning."""
    checks: Sequence[tuple[str, Callable[[Plan, Account, Identity], Finding]]] = (
        ("concurrency", _concurrency),
        ("certificate", _certificate),
        ("mail", _mail),
        ("secrets", _secrets),
        ("names", _names),
        ("permissions", _permissions),
    )
    for about, check in checks:
        try:
            yield check(plan, account, me)
        except (ClientError, BotoCoreError) as err:
            yield Finding("warning", about, f"could not be looked at: {err}")


def _concurrency(plan: Plan, account: Account, me: Identity) -> Finding:
    made = plan.template["Resources"].values()
    reserved = sum(each["Properties"].get("ReservedConcurrentExecutions", 0) for each in made if "Properties" in each)
    limit = account.concurrent_executions()
    if reserved and limit < reserved + HEADROOM:
        needed = (
            f"{reserved} are reserved and {HEADROOM} must stay free: {reserved + HEADROOM} are needed, {limit} allowed"
        )
        return Finding("error", "concurrency", f"{needed}. Ask for more in Service Quotas, or take PROFILE=small")
    if limit < HEADROOM:
        says = (
            f"{limit} functions at once, as new accounts have: ask for more in Service Quotas before the first campaign"
        )
        return Finding("warning", "concurrency", says)
    return Finding("good", "concurrency", f"{limit} functions at once, {reserved} of them reserved")


def _certificate(plan: Plan, account: Account, me: Identity) -> Finding:
    host, arn = plan.parameters["DomainName"], plan.parameters["CertificateArn"]
    if not host:
        return Finding("warning", "certificate", "no host: cards of this stage carry the generated address")
    region = arn.split(":")[3] if arn.count(":") >= 5 else ""
    if region != me.region:
        says = f"CertificateArn is of {region or 'no region'}, the stage is deployed to {me.region}: make one there"
        return Finding("error", "certificate", says)
    found = account.certificate(arn)
    if found is None:
        return Finding("error", "certificate", f"there is no certificate {arn} in account {me.account}")
    if found.status != "ISSUED":
        says = f"its status is {found.status}: add the record that Certificate Manager shows to the DNS of {host}"
        return Finding("error", "certificate", says)
    if not any(_covers(name, host) for name in found.names):
        return Finding("error", "certificate", f"it is for {', '.join(sorted(set(found.names)))}, not for {host}")
    return Finding("good", "certificate", f"issued, for {host}")


def _mail(plan: Plan, account: Account, me: Identity) -> Finding:
    try:
        host, port = server_of(plan.parameters["SmtpUrl"])
    except Broken:
        return Finding("error", "mail", "SmtpUrl is no address of a mail server: smtps://user@host:465")
    if port == BLOCKED:
        return Finding("error", "mail", f"SmtpUrl names port {port}, and {NO_WAY}")
    if not is_ses(host):
        return Finding("good", "mail", "not by SES")
    region = region_of_ses(host)
    if account.mail_is_in_sandbox(region):
        asks = "letters reach verified addresses only. Request production access in its console"
        says = f"SES in {region} is in its sandbox: {asks}"
        return Finding("warning" if plan.stage == "dev" else "error", "mail", says)
    return Finding("good", "mail", f"SES in {region} writes to everybody")


def _secrets(plan: Plan, account: Account, me: Identity) -> Finding:
    named = {name: value for name, value in plan.parameters.items() if name.endswith("Secret") and value}
    missing = [f"{name} names {value}" for name, value in sorted(named.items()) if not account.has_secret(value)]
    if missing:
        return Finding("error", "secrets", f"not in Secrets Manager: {'; '.join(missing)}")
    ours = (f"pointpass-{plan.stage}-", f"pointpass-{plan.stage}/")
    if strange := [value for value in named.values() if not value.startswith(ours)]:
        says = f"no function may read {', '.join(strange)}: name it {ours[0]}…, as infra/deploy-role.yaml bounds them"
        return Finding("error", "secrets", says)
    return Finding("good", "secrets", ", ".join(sorted(named.values())))


def _names(plan: Plan, account: Account, me: Identity) -> Finding:
    stack = account.stack(plan.stack)
    if stack is not None and stack.is_there:
        return _updated(plan, stack)
    taken: list[str] = []
    for kind, key in _NAMED.items():
        made = (each for each in plan.template["Resources"].values() if each["Type"] == kind)
        names = [_text(each["Properties"][key], plan.stage, me) for each in made]
        taken += account.taken(kind, sorted(names))
    if taken:
        left = (
            f"is the stage in another region than {me.region}? Or an earlier stack left them, or they are somebody "
            "else's. Import them into the stack, or take them away"
        )
        return Finding("error", "names", f"taken: {', '.join(taken)}: {left}")
    return Finding("good", "names", "free")


def _updated(plan: Plan, stack: Stack) -> Finding:
    """Whether CloudFormation takes a change of a stack that is there."""
    if stack.status in _NEVER_DONE:
        says = (
            f"{stack.name} was never finished ({stack.status}): pointpass teardown --stage {plan.stage}, let an "
            "administrator delete the empty tables and buckets that it left, and deploy again"
        )
        return Finding("error", "names", says)
    if stack.status.endswith("_IN_PROGRESS"):
        return Finding("error", "names", f"{stack.name} is being changed ({stack.status}): wait for its end")
    return Finding("good", "names", f"{stack.name} exists and is updated")


def _permissions(plan: Plan, account: Account, me: Identity) -> Finding:
    if me.arn.endswith(":root"):
        says = "you are the account's root user, who may do everything: use the role of infra/deploy-role.yaml"
        return Finding("warning", "permissions", says)
    asked = deeds(plan.stage, plan.profile, me)
    found = account.rights(me.arn, asked, circumstances(plan.stage, me))
    if found is None:
        return Finding("warning", "permissions", "may not be asked for: iam:SimulatePrincipalPolicy is missing")
    unsaid = [f"IAM does not say of {_few(actions)} ({reason})" for reason, actions in found.unanswered.items()]
    if found.denied:
        says = f"{me.arn} may not {', '.join(found.denied)}: use the role of infra/deploy-role.yaml"
        return Finding("error", "permissions", ". ".join([says, *unsaid]))
    if unsaid:
        return Finding("warning", "permissions", ". ".join(unsaid))
    return Finding("good", "permissions", "enough")


def _few(actions: Sequence[str]) -> str:
    """The first of them: one reason may stand for all."""
    more = len(actions) - _MOST_ACTIONS
    return ", ".join(actions[:_MOST_ACTIONS]) + (f" and {more} more" if more > 0 else "")


def _covers(name: str, host: str) -> bool:
    """Whether a certificate's name is the host's; a star stands for exactly one label."""
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _text(name: Mapping[str, str], stage: str, me: Identity) -> str:
    return name["Fn::Sub"].replace("${Stage}", stage).replace("${AWS::AccountId}", me.account)
