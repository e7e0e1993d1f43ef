"""Letters: what a domain must say so that they arrive, and what a server's refusal means.

Sources: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC); docs.aws.amazon.com/ses/latest/dg: "Creating and verifying
identities", "Using a custom MAIL FROM domain", "Request production access", "Using the account-level suppression
list"; docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html (read 22 Nov 2026).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from chalicelib.config import Settings
from chalicelib.errors import TryAgain
from chalicelib.store.aws import error_code
from chalicelib.web.post import server_of
from ops.doctor.cloud import Cloud

BLOCKED = 25
"""No function reaches this port of any mail server, and a function outside of a VPC cannot be let. Source, read 23 Nov
2026: repost.aws/knowledge-center/ec2-port-25-throttle.
"""
NO_WAY = f"functions reach no port {BLOCKED}: take 587, or 465 with smtps://"
_DKIM_ZONE = "dkim.amazonses.com"


@dataclass(frozen=True, slots=True)
class Record:
    """One line for the domain's DNS."""

    kind: str
    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A domain at SES. tokens: its DKIM keys' names     zone: where SES keeps them"""

    domain: str
    is_verified: bool
    tokens: Sequence[str]
    zone: str = _DKIM_ZONE


def records(domain: str, identity: Identity | None, region: str) -> Iterator[Record]:
    """What to set. identity: None for a mail server other than SES, which has DKIM keys of its own"""
    if identity is not None:
        for token in identity.tokens:
            value = f"{token}.{identity.zone}"
            yield Record(
                "CNAME", f"{token}._domainkey.{domain}", value, "DKIM: SES signs for you; this verifies it, too"
            )
        bounces = f"mail.{domain}"
        yield Record("MX", bounces, f"10 feedback-smtp.{region}.amazonses.com", "bounces come back to SES")
        yield Record("TXT", bounces, "v=spf1 include:amazonses.com ~all", "SPF: SES may send for you")
    else:
        yield Record("TXT", domain, "v=spf1 include:YOUR-MAIL-PROVIDER ~all", "SPF: your provider names its include")
        yield Record("TXT", f"SELECTOR._domainkey.{domain}", "from your mail provider", "DKIM: it shows name and value")
    policy = f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
    yield Record("TXT", f"_dmarc.{domain}", policy, "DMARC: first watch; p=quarantine when the reports are clean")


def identify(cloud: Cloud, domain: str) -> Identity:
    """Make the domain known to SES, or find it; addresses that bounce or complain get no further mail."""
    try:
        cloud.call("sesv2", "create_email_identity", EmailIdentity=domain)
    except ClientError as err:
        if error_code(err) != "AlreadyExistsException":
            raise
    told = cloud.call("sesv2", "get_email_identity", EmailIdentity=domain)
    keys: Mapping[str, Any] = told.get("DkimAttributes", {})
    zone = str(keys.get("SigningHostedZone") or _DKIM_ZONE)
    cloud.call(
        "sesv2", "put_email_identity_mail_from_attributes", EmailIdentity=domain, MailFromDomain=f"mail.{domain}"
    )
    return Identity(domain, bool(told.get("VerifiedForSendingStatus")), tuple(keys.get("Tokens", ())), zone)


def suppress_bounces(cloud: Cloud) -> bool:
    """Let SES send nothing more to an address that bounced or complained. False in the sandbox, which has it shut."""
    reasons = ["BOUNCE", "COMPLAINT"]
    told = cloud.call("sesv2", "get_account")
    if set(told.get("SuppressionAttributes", {}).get("SuppressedReasons", ())) >= set(reasons):
        return True
    if not told.get("ProductionAccessEnabled"):
        return False
    cloud.call("sesv2", "put_account_suppression_attributes", SuppressedReasons=reasons)
    return True


def is_in_sandbox(cloud: Cloud) -> bool:
    """Whether SES sends to verified addresses only."""
    return not cloud.call("sesv2", "get_account").get("ProductionAccessEnabled")


def is_ses(host: str) -> bool:
    return host.startswith("email-smtp") and host.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def region_of_ses(host: str) -> str:
    """Where the SES of a host is. Its sandbox, its domains and its quota are that region's; "" for another server."""
    return host.split(".")[1] if is_ses(host) else ""


def where_mail_is(settings: Settings) -> Settings:
    """A stage's settings, in the region of its SES. Raises Broken("mail_settings")."""
    region = region_of_ses(server_of(settings.smtp_url)[0])
    return msgspec.structs.replace(settings, region=region) if region else settings


_ANSWERS = {
    530: "The server wants a user first, or an encrypted line: write smtps://user@host:465.",
    535: "The server does not know this user and password. SES has SMTP credentials of its own: an access key is none.",
    550: "The server refuses the sender or the recipient. Is the sender's domain verified there?",
    552: "The server says that the mailbox is full or the letter too large.",
    553: "The server refuses the sender's address: set one of a domain that is verified there.",
    554: "The server refuses the letter. At SES: the sender is not verified, or the account is in the sandbox and the "
    "recipient is not verified.",
    421: "The server is busy, or this address sends too fast. Try again in a while.",
    454: "The server is busy, or throttles. At SES: the quota of the second is used up.",
}
_TROUBLES = {
    "recipient_refused": "The server refuses the recipient. In the SES sandbox only verified addresses get mail.",
    "gaierror": "There is no host of that name. Look at the address of the mail server.",
    "ConnectionRefusedError": "Nobody answers at that port. 465 is encrypted from the start, 587 after STARTTLS.",
    "TimeoutError": "No answer. Many networks, AWS among them, block port 25: use 465 or 587.",
    "SSLCertVerificationError": "The server's certificate is not good for that host name.",
    "SSLError": "The line cannot be encrypted like that: smtps:// for port 465, smtp:// for 587.",
    "SMTPNotSupportedError": "The server offers no encryption (STARTTLS), so the password was not said.",
    "SMTPServerDisconnected": "The server hung up. smtps:// for port 465, smtp:// for 587.",
}


def trouble(err: TryAgain) -> str:
    """Why a letter was not taken, in plain words. The server's own words may hold the address, so they are not told."""
    why, answer = str(err.facts.get("why", "")), err.facts.get("answer")
    if why == "server_refused" and isinstance(answer, int):
        return f"{_ANSWERS.get(answer, 'The server refuses the letter.')} (It answered {answer}.)"
    return _TROUBLES.get(why, f"The letter was not taken: {why or err.reason}.")
