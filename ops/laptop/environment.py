"""What the stack tells the house: the settings, as environment variables, and the secrets behind their names."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.laptop.authority import Papers
from ops.laptop.cloud import BUCKET, REGION, SEALS
from ops.laptop.home import Home

PASS_TYPE = "pass.com.example.pointpass"  # noqa: S105  # a name, not a secret
TEAM = "LAPTOP0001"
VAULT_SECRET = "pointpass-laptop-vault"  # noqa: S105  # the secret's name
APPLE_SECRET = "pointpass-laptop-apple"  # noqa: S105  # the secret's name


GOOGLE_SECRET = "pointpass-laptop-google"  # noqa: S105  # the secret's name
GOOGLE_ISSUER = "3388000000000000001"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of this start answer."""

    base_url: str
    dynamodb_url: str
    cloud_url: str
    deferred_url: str
    cards_url: str
    sweeps_url: str
    push_url: str
    smtp_url: str
    google_url: str
    google_token_url: str
    google_save_url: str
    google_keys_url: str


def settings(addresses: Addresses, papers: Papers) -> dict[str, str]:
    """Every POINTPASS_ setting and the keys that AWS clients want to see."""
    return {
        "POINTPASS_STAGE": "laptop",
        "POINTPASS_BASE_URL": addresses.base_url,
        "POINTPASS_REGION": REGION,
        "POINTPASS_INBOX_BUCKET": BUCKET,
        "POINTPASS_DEFERRED_QUEUE_URL": addresses.deferred_url,
        "POINTPASS_CARDS_QUEUE_URL": addresses.cards_url,
        "POINTPASS_SWEEPS_QUEUE_URL": addresses.sweeps_url,
        "POINTPASS_SEALS_BUCKET": SEALS,
        "POINTPASS_VAULT_SECRET": VAULT_SECRET,
        "POINTPASS_APPLE_SECRET": APPLE_SECRET,
        "POINTPASS_APPLE_PASS_TYPE": PASS_TYPE,
        "POINTPASS_APPLE_TEAM": TEAM,
        "POINTPASS_APPLE_PUSH_URL": addresses.push_url,
        "POINTPASS_APPLE_PUSH_ROOT": str(papers.push_root),
        "POINTPASS_SMTP_URL": addresses.smtp_url,
        "POINTPASS_GOOGLE_ISSUER_ID": GOOGLE_ISSUER,
        "POINTPASS_GOOGLE_SECRET": GOOGLE_SECRET,
        "POINTPASS_GOOGLE_API_URL": addresses.google_url,
        "POINTPASS_GOOGLE_TOKEN_URL": addresses.google_token_url,
        "POINTPASS_GOOGLE_SAVE_URL": addresses.google_save_url,
        "POINTPASS_GOOGLE_KEYS_URL": addresses.google_keys_url,
        "POINTPASS_MAIL_FROM": "cards@bean-street.example",
        # A page is not a phone that Apple throttles: every purchase is pushed at once.
        "POINTPASS_PUSH_QUIET_SECONDS": "0",
        "POINTPASS_PROGRAM_CACHE_SECONDS": "2",
        "POINTPASS_AWS_ENDPOINT_URL": addresses.cloud_url,
        "POINTPASS_DYNAMODB_ENDPOINT_URL": addresses.dynamodb_url,
        # The stand-ins check no keys, but no client starts without any; and none may find real ones here.
        "AWS_ACCESS_KEY_ID": "laptop",
        "AWS_SECRET_ACCESS_KEY": "laptop",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def kept_secrets(home: Home, papers: Papers, google_account: Path) -> Mapping[str, Mapping[str, str]]:
    """The secrets' values by name, the same ones at every start."""
    master = home.remembered("vault-master", lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    return {
        VAULT_SECRET: {"master": master},
        GOOGLE_SECRET: json.loads(google_account.read_text()),
        APPLE_SECRET: {
            "certificate": papers.certificate.read_text(),
            "key": papers.key.read_text(),
            "intermediate": papers.intermediate.read_text(),
        },
    }
