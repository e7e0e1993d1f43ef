"""docs/operations.md, typed from the top into an account of `ministack`: from nothing to an order on a card, and back.

What ministack does otherwise than AWS is mended where `Ministack` is, and here: `_mended`, `_take_time`,
`_keep_tables`, `_out_of_reach`.
"""

import copy
import itertools
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import httpx
import pytest
import yaml
from deployed import Deployed
from gateway import Reply, http_event
from ministack import Ministack
from not_on_ministack import leave_out
from operators_terminal import Answer, AwsCli, Terminal
from pages_read import OPERATIONS, Block, Kept, Meanwhile, Part, parts

from chalicelib.store.aws import session
from chalicelib.store.tables import ROOMS
from ops.auditing.ground import ground_of
from ops.deploying import command, shipping
from ops.laptop.home import PROJECT
from ops.laptop.outbox import Outbox, start_post_office
from ops.laptop.runner import free_port
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender
from ops.package import Package

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("operations")]

SECRET = "hush-hush-hush"
REGION = "eu-central-1"
STACK, HOST = "pointpass-dev", "cards.example.com"
NEWER = "newer.zip"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_EXPORTED = ("AWS_PROFILE", "AWS_REGION", "STAGE", "ACCOUNT")
"""By the page; it ends with the test."""
_NOW = 1_795_392_000_000
_ids = itertools.count(820_982_911_946_154_508, 1_000_003)


@dataclass(frozen=True)
class Reader:
    """Somebody at a terminal, in a folder with the files of the checkout, and an account with nothing in it.

    template_of: what was packaged for a stage and profile
    """

    terminal: Terminal
    account: Ministack
    made: Package
    template_of: Callable[[str, str], Deployed]
    outbox: Outbox
    smtp_port: int

    @property
    def folder(self) -> Path:
        return self.terminal.folder

    def follow(self, part: Part) -> None:
        """Do what a part of the page says. Raises AssertionError."""
        match part:
            case Block(way="here" | "aws"):
                self.terminal.run(part)
            case Kept(name="~/.aws/config"):
                with (self.folder / "aws-config").open("a") as file:
                    file.write(part.text)
                _forget_sessions()
            case Kept():
                (self.folder / part.name).write_text(_own(self, part.text))
            case Meanwhile():
                _MEANWHILE[part.what](self)

    def make(self, said: Sequence[str]) -> Answer:
        """`make package`, which the package's tests do before, and `make deploy`, which is that and our command."""
        told = {"PROFILE": "small"} | dict(word.split("=") for word in said[2:])
        stage, profile = told["STAGE"], told["PROFILE"]
        template = copy.deepcopy(dict(self.template_of(stage, profile).template))
        leave_out(template["Resources"])
        _take_time(template["Resources"])
        build = self.folder / "build" / stage
        build.mkdir(parents=True, exist_ok=True)
        (build / "template.json").write_text(json.dumps(template))
        newer = self.folder / NEWER
        shutil.copy(newer if newer.exists() else self.made.zipped, build / "deployment.zip")
        if said[1] == "package":
            return 0, ""
        done = self.terminal.ours(["deploy", "--stage", stage, "--profile", profile])
        if done[0] == 0:
            _keep_tables(self.account, template["Resources"], stage)
        return done

    def ask(self, method: str, address: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        """A request to the stage, as its HTTP API hands it to the function of its route: see not_on_ministack.py."""
        formation = self.account.client("cloudformation")
        told = formation.describe_stack_resource(StackName=STACK, LogicalResourceId="HttpApi")["StackResourceDetail"]
        formation.close()
        event = http_event(method, address, headers=headers or {}, body=body)
        return self.account.hand_over(told["PhysicalResourceId"], method, address, event)


@pytest.fixture
def reader(
    made: Package, template_of: Callable[[str, str], Deployed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    (tmp_path / "stages").mkdir()
    for name in ("infra", "programs"):
        (tmp_path / name).symlink_to(PROJECT / name)
    # What an account has that asked for it; ministack's own figure is by the memory of the computer.
    account = Ministack(tmp_path, {"LAMBDA_ACCOUNT_CONCURRENCY": "1000"})
    outbox, port = Outbox(tmp_path / "outbox"), free_port()
    office = start_post_office(outbox, port)
    _sign_in(tmp_path, account, monkeypatch)
    monkeypatch.chdir(tmp_path)
    typed = {
        f"{command} --stage {stage}": f"{stage}\n"
        for command in ("deploy", "rollback", "teardown")
        for stage in ("dev", "prod")
    }
    terminal = Terminal(tmp_path, types=typed)
    told = Reader(terminal, account, made, template_of, outbox, port)
    terminal.others = {"aws": AwsCli(tmp_path, partial(_mended, account)), "make": told.make}
    monkeypatch.setattr(command, "_PROJECT", tmp_path)
    monkeypatch.setattr(command, "smoke", partial(command.smoke, client=partial(_out_of_reach, told)))
    monkeypatch.setattr(shipping, "_POLL_SECONDS", 0.2)
    monkeypatch.setattr("ops.auditing.attending.ground_of", ground_of)
    yield told
    session.cache_clear()
    office.stop()
    account.stop()


def _sign_in(folder: Path, account: Ministack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account's administrator, whose keys open nothing elsewhere; commands and the AWS CLI find ministack."""
    (folder / "aws-credentials").write_text("[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)  # another test's sessions have read another file of profiles
    session.cache_clear()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in _EXPORTED:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "aws-credentials"))
    for name in ("AWS_ENDPOINT_URL", "POINTPASS_AWS_ENDPOINT_URL", "POINTPASS_DYNAMODB_ENDPOINT_URL"):
        monkeypatch.setenv(name, account.url)


def _forget_sessions() -> None:
    """Each command would be a process of its own, which reads the file of profiles as it is now."""
    boto3.DEFAULT_SESSION = None
    session.cache_clear()


def _mended(account: Ministack, called: str, asked: dict[str, Any]) -> dict[str, Any]:
    """ministack hears nothing of a request's circumstances: what is allowed in some is allowed there in all."""
    if called == "cloudformation create-stack":
        told = yaml.safe_load(asked["TemplateBody"])
        for each in told["Resources"].values():
            if each["Type"] == "AWS::IAM::ManagedPolicy":
                for rule in each["Properties"]["PolicyDocument"]["Statement"]:
                    if rule["Effect"] == "Allow":
                        rule.pop("Condition", None)
        asked["TemplateBody"] = json.dumps(told, default=str)
    return asked


def _own(reader: Reader, text: str) -> str:
    """A file of the page with what is the reader's: a mail server, and the certificate that was asked for."""
    text = re.sub("smtps://.*", f"smtp://127.0.0.1:{reader.smtp_port}", text)
    papers = reader.account.client("acm")
    for each in papers.list_certificates()["CertificateSummaryList"]:
        text = re.sub("arn:aws:acm:.*", each["CertificateArn"], text)
    papers.close()
    return text


def _take_time(made: dict[str, Any]) -> None:
    """How long a function takes is here about this computer: no alarm rings for it."""
    for each in made.values():
        if each["Type"] == "AWS::CloudWatch::Alarm" and each["Properties"].get("MetricName") == "Duration":
            each["Properties"]["Threshold"] *= 1_000


def _keep_tables(account: Ministack, made: dict[str, Any], stage: str) -> None:
    """ministack makes tables without what ends their rows and brings them back."""
    tables = account.client("dynamodb")
    for each in made.values():
        if each["Type"] == "AWS::DynamoDB::Table":
            name, told = each["Properties"]["TableName"]["Fn::Sub"].replace("${Stage}", stage), each["Properties"]
            recovery = told["PointInTimeRecoverySpecification"]
            tables.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
            if "TimeToLiveSpecification" in told:
                tables.update_time_to_live(TableName=name, TimeToLiveSpecification=told["TimeToLiveSpecification"])
    tables.close()


def _out_of_reach(reader: Reader) -> httpx.Client:
    """The stages' addresses lead to the real AWS: what is asked there is asked here. The DNS has no record of ours."""

    def answer(asked: httpx.Request) -> httpx.Response:
        body, headers = asked.content or None, dict(asked.headers)
        if asked.url.host == HOST:
            raise httpx.ConnectError("no such host", request=asked)
        if headers.pop("host") == HOST:
            came = reader.account.ask(HOST, asked.method, asked.url.path, body, headers)
        else:
            came = reader.ask(asked.method, asked.url.path, body, headers)
        return httpx.Response(came.status, headers=came.headers, content=came.body)

    return httpx.Client(transport=httpx.MockTransport(answer))


def _orders(reader: Reader) -> None:
    rows = [
        f"{1000 + day},2026-{1 + day % 9:02}-0{1 + day % 8},c{day % 7}@example.com,{20 + day}.50" for day in range(60)
    ]
    (reader.folder / "orders.csv").write_text("\n".join(["order,date,customer,amount", *rows]) + "\n")


def _password(reader: Reader) -> None:
    (reader.folder / "smtp.json").write_text('{"password": "hush"}')


def _new_version(reader: Reader) -> None:
    """The same code with a file more: another package, of which CloudFormation makes another version."""
    shutil.copy(reader.made.zipped, reader.folder / NEWER)
    with zipfile.ZipFile(reader.folder / NEWER, "a") as package:
        package.writestr("NEWER", "")


def _secret(reader: Reader) -> None:
    (reader.folder / "secret.txt").write_text(f"{SECRET}\n")


def _first_order(reader: Reader) -> None:
    """A member joins on the page and types the code of the letter; the shop tells of the order, signed."""
    anna = Buyer(next(_ids), "anna@example.com", None, "Anna", "Ozola")
    form = urlencode({"email": anna.email, "name": "", "language": "en", "consent": "yes"}).encode()
    joined = reader.ask("POST", "/p/my-cafe/join", form, FORM)
    assert joined.status == 303, joined.body.decode() + reader.account.log()
    card = urlsplit(joined.headers["location"]).path
    (letter,) = reader.outbox.letters()
    code = next(word for word in letter["text"].split() if len(word) == 6 and word.isdigit())
    assert reader.ask("POST", f"{card}/proof", urlencode({"code": code}).encode(), FORM).status == 303
    shop = Sender(SECRET, "my-cafe.myshopify.com", clock=lambda: _NOW, new_id=lambda: next(_ids))
    told = shop.paid(shop.order(anna, [Item("Beans", 4599)]))
    assert reader.ask("POST", "/hooks/my-cafe/shop", told.body, dict(told.headers)).status == 200


_MEANWHILE: dict[str, Callable[[Reader], None]] = {
    "last year's orders are exported": _orders,
    "the mail server's password is in smtp.json": _password,
    "the shop's secret is in secret.txt": _secret,
    "the new version is checked out": _new_version,
    "Anna joins, and buys beans for 45.99": _first_order,
}


def test_page_is_followed_from_nothing_to_a_live_program_and_back(reader: Reader) -> None:
    for part in parts(OPERATIONS.read_text(encoding="utf-8")):
        reader.follow(part)
    formation, tables, keys = map(reader.account.client, ("cloudformation", "dynamodb", "kms"))
    with pytest.raises(formation.exceptions.ClientError, match="TerminationProtection"):
        formation.delete_stack(StackName="pointpass-prod")
    assert reader.terminal.answer("pointpass teardown --stage prod")[0] == 0
    stacks = {each["StackName"]: each["StackStatus"] for each in formation.describe_stacks()["Stacks"]}
    kept = tables.list_tables()["TableNames"]
    own = [keys.describe_key(KeyId=each["KeyId"])["KeyMetadata"]["KeyState"] for each in keys.list_keys()["Keys"]]
    for each in (formation, tables, keys):
        each.close()
    roles = {f"pointpass-{name}-{stage}" for name in ("deploy-role", "operators") for stage in ("dev", "prod")}
    assert {name for name, status in stacks.items() if status != "DELETE_COMPLETE"} == roles
    assert sorted(kept) == sorted(f"pointpass-{stage}-{room}" for stage in ("dev", "prod") for room in ROOMS)
    assert own == ["Enabled", "Enabled"]
