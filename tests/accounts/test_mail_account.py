"""Letters: what a domain must say, what SES is told, and what a server's refusal means."""

import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result
from cloud_stand_in import CloudStandIn, refusal
from rich.console import Console
from secret_stand_in import Vaultful
from whole_house import SETTINGS

from chalicelib.config import Settings
from chalicelib.errors import TryAgain
from ops.accounts.place import Place
from ops.accounts.post import Identity, identify, is_in_sandbox, is_ses, records, suppress_bounces, trouble
from ops.command import main

IDENTITY = {
    "VerifiedForSendingStatus": False,
    "DkimAttributes": {"Tokens": ["one", "two", "three"], "SigningEnabled": True},
}
KNOWN = {"SuppressionAttributes": {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]}, "ProductionAccessEnabled": True}


def ses(**changed: Any) -> CloudStandIn:
    answers: dict[str, Any] = {
        "create_email_identity": {},
        "get_email_identity": IDENTITY,
        "put_email_identity_mail_from_attributes": {},
        "get_account": KNOWN,
        "put_account_suppression_attributes": {},
    }
    return CloudStandIn(**answers | changed)


def test_records_of_ses_are_its_keys_its_bounces_spf_and_dmarc() -> None:
    told = list(records("example.com", Identity("example.com", False, ("one", "two", "three")), "eu-central-1"))
    assert [(each.kind, each.name, each.value) for each in told] == [
        ("CNAME", "one._domainkey.example.com", "one.dkim.amazonses.com"),
        ("CNAME", "two._domainkey.example.com", "two.dkim.amazonses.com"),
        ("CNAME", "three._domainkey.example.com", "three.dkim.amazonses.com"),
        ("MX", "mail.example.com", "10 feedback-smtp.eu-central-1.amazonses.com"),
        ("TXT", "mail.example.com", "v=spf1 include:amazonses.com ~all"),
        ("TXT", "_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
    ]


def test_records_without_ses_name_all_three_and_what_the_provider_says() -> None:
    told = list(records("example.com", None, ""))
    assert [each.why.partition(":")[0] for each in told] == ["SPF", "DKIM", "DMARC"]


@pytest.mark.parametrize("first", [{}, refusal("AlreadyExistsException")], ids=["new", "known already"])
def test_domain_is_made_known_once_and_read_ever_after(first: Any) -> None:
    cloud = ses(create_email_identity=first)
    assert identify(cloud, "example.com") == Identity("example.com", False, ("one", "two", "three"))


def test_keys_in_another_zone_are_printed_with_it() -> None:
    keys = IDENTITY["DkimAttributes"] | {"SigningHostedZone": "dkim.eu.example"}  # type: ignore[operator]
    cloud = ses(get_email_identity=IDENTITY | {"DkimAttributes": keys})
    told = list(records("example.com", identify(cloud, "example.com"), "eu-central-1"))
    assert told[0].value == "one.dkim.eu.example"


def test_refusal_of_ses_is_not_hidden() -> None:
    with pytest.raises(Exception, match="AccessDenied"):
        identify(ses(create_email_identity=refusal("AccessDenied")), "example.com")


@pytest.mark.parametrize(
    ("account", "is_on", "asked"),
    [
        (KNOWN, True, 1),
        ({"SuppressionAttributes": {"SuppressedReasons": ["BOUNCE"]}, "ProductionAccessEnabled": True}, True, 2),
        ({"SuppressionAttributes": {}, "ProductionAccessEnabled": False}, False, 1),
    ],
    ids=["is on", "half on", "sandbox"],
)
def test_addresses_that_bounce_or_complain_are_suppressed(account: dict[str, Any], is_on: bool, asked: int) -> None:
    cloud = ses(get_account=account)
    assert (suppress_bounces(cloud), len(cloud.asked)) == (is_on, asked)
    if asked == 2:
        assert cloud.asked[1][1:] == (
            "put_account_suppression_attributes",
            {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        )


def test_sandbox_is_told() -> None:
    assert [is_in_sandbox(ses(get_account={"ProductionAccessEnabled": each})) for each in (True, False)] == [
        False,
        True,
    ]
    assert [is_ses(host) for host in ("email-smtp.eu-central-1.amazonaws.com", "mail.example.com")] == [True, False]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"why": "server_refused", "answer": 535}, "SMTP credentials of its own"),
        ({"why": "server_refused", "answer": 554}, "in the sandbox"),
        ({"why": "server_refused", "answer": 599}, "It answered 599"),
        ({"why": "gaierror"}, "no host of that name"),
        ({"why": "TimeoutError"}, "block port 25"),
        ({"why": "Unheard"}, "was not taken: Unheard"),
    ],
)
def test_refusals_are_said_in_plain_words(facts: dict[str, Any], says: str) -> None:
    assert says in trouble(TryAgain("mail_not_sent", **facts))


class Desk:
    """A mail server. `refuses`: what it answers to every recipient."""

    def __init__(self) -> None:
        self.refuses = ""
        self.letters: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.refuses or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def desk() -> Iterator[tuple[Desk, str]]:
    made = Desk()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made, f"smtp://127.0.0.1:{port}"
    controller.stop()


Run = Callable[..., Result]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str, settings: Settings = SETTINGS, cloud: CloudStandIn | None = None) -> Result:
        monkeypatch.setattr("ops.accounts.mail.place_of", lambda stage, *, region: Place(Vaultful(), settings))
        monkeypatch.setattr("ops.accounts.mail.StageCloud", lambda settings: cloud)
        monkeypatch.setattr("ops.accounts.mail._screen", Console(width=250, force_terminal=False))
        return CliRunner().invoke(main, ["mail", *words], catch_exceptions=False)

    return run


def test_check_sends_the_letter_that_members_get(typed: Run, desk: tuple[Desk, str]) -> None:
    done = typed("check", "--to", "anna@example.com", settings=msgspec.structs.replace(SETTINGS, smtp_url=desk[1]))
    assert done.exit_code == 0, done.output
    assert [b"000000" in letter for letter in desk[0].letters] == [True]
    assert "pointpass mail records bean-street.example" in done.output


def test_check_that_fails_says_why_without_the_servers_words(typed: Run, desk: tuple[Desk, str]) -> None:
    desk[0].refuses = "554 anna@example.com is not verified"
    done = typed("check", "--to", "anna@example.com", settings=msgspec.structs.replace(SETTINGS, smtp_url=desk[1]))
    assert (done.exit_code, desk[0].letters) == (1, [])
    assert "only verified addresses" in done.output


@pytest.mark.parametrize(
    ("changed", "to", "says"),
    [
        ({"smtp_url": "https://mail.example"}, "anna@example.com", "is no address of a mail server"),
        ({"smtp_secret": "gone"}, "anna@example.com", "The secret gone"),
        ({}, "nobody", "The recipient is no mail address"),
    ],
)
def test_settings_that_cannot_send_are_said(typed: Run, changed: dict[str, str], to: str, says: str) -> None:
    done = typed("check", "--to", to, settings=msgspec.structs.replace(SETTINGS, **changed))
    assert (done.exit_code, says in re.sub(r"\s+", " ", done.output)) == (1, True), done.output


def test_records_command_prints_the_table_and_what_ses_waits_for(typed: Run) -> None:
    done = typed("records", "example.com", "--ses", cloud=ses())
    assert done.exit_code == 0, done.output
    assert ["one._domainkey.example.com" in done.output, "72 hours" in done.output] == [True, True]


@pytest.mark.parametrize("domain", ["example", "exa mple.com", "-x.com", "anna@example.com", "x" * 64 + ".com"])
def test_what_is_no_domain_is_refused(typed: Run, domain: str) -> None:
    assert typed("records", "--", domain).exit_code == 1
