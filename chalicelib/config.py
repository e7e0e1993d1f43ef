"""Settings: what a deployment is told. The only reader of the environment."""

from collections.abc import Mapping
from typing import Self

import msgspec

_NEEDED_WITH = {"apple_secret": ("apple_pass_type", "apple_team"), "google_issuer_id": ("google_secret",)}
"""Nothing is needed for a wallet that is left out; half of one is a mistake."""


class SettingMissing(Exception):
    """Names every setting that is missing or unreadable, at once."""


class Settings(msgspec.Struct, frozen=True):
    """The environment holds names and addresses; secrets are fetched by `bootstrap` from Secrets Manager.

    Each field is read from POINTPASS_<FIELD IN CAPITALS>. Fields with a default may be absent.

    stage: "laptop", "dev", "prod": part of every table's name     base_url: what cards and mails point at, no slash
    inbox_bucket: S3 bucket of raw bodies     seals_bucket: S3 bucket of daily seals
    deferred_queue_url, cards_queue_url, sweeps_queue_url: SQS
    vault_secret: name of the secret {"master": base64 of 32 bytes}
    apple_secret: name of the secret {"certificate", "key", "intermediate"} (PEM) that signs passes and pushes, "" for
        no Apple Wallet
    apple_pass_type, apple_team: must equal the certificate's UID and OU; needed with apple_secret
    apple_push_url: Apple's host, or the laptop's stand-in
    apple_push_root: PEM file to trust there, "" for the system's
    google_issuer_id: of the Google Wallet account, "" for no Google button
    google_secret: name of the secret that holds the service account's key file
    google_api_url, google_token_url, google_save_url, google_keys_url: Google's, or the laptop's stand-in
    google_sender: who signs Google's messages; some of Google's pages say "GoogleWalletPasses"
    smtp_url: "smtp://host:port" or "smtps://user@host:port"   smtp_secret: name of the secret {"password"}, "" for none
    mail_from: the sender's address
    webhook_seconds: a webhook is answered or deferred within this     webhook_bytes: larger bodies are refused with 413
    push_quiet_seconds: after a push, further changes of the card wait this long and become one
    program_cache_seconds: how long a container may not notice a publication; publishing waits a little longer
    figures: "yes" where there is a dashboard that draws them
    aws_endpoint_url: endpoint of SQS, S3 and Secrets Manager, "" for AWS      dynamodb_endpoint_url: of DynamoDB
    """

    stage: str
    base_url: str
    inbox_bucket: str
    deferred_queue_url: str
    cards_queue_url: str
    sweeps_queue_url: str
    seals_bucket: str
    vault_secret: str
    smtp_url: str
    mail_from: str
    region: str = "eu-central-1"
    apple_secret: str = ""
    apple_pass_type: str = ""
    apple_team: str = ""
    apple_push_url: str = "https://api.push.apple.com"
    apple_push_root: str = ""
    google_issuer_id: str = ""
    google_secret: str = ""
    google_api_url: str = "https://walletobjects.googleapis.com"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
    google_save_url: str = "https://pay.google.com/gp/v/save"
    google_keys_url: str = "https://pay.google.com/gp/m/issuer/keys"
    google_sender: str = "GooglePayPasses"
    smtp_secret: str = ""
    webhook_seconds: int = 4
    webhook_bytes: int = 1_000_000
    push_quiet_seconds: int = 30
    figures: str = "no"
    program_cache_seconds: int = 30
    aws_endpoint_url: str = ""
    dynamodb_endpoint_url: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read all settings. Raises SettingMissing that names everything that is missing."""
        values: dict[str, str | int] = {}
        wrong: list[str] = []
        for field in msgspec.structs.fields(cls):
            name = f"POINTPASS_{field.name.upper()}"
            text = environment.get(name)
            if text is None:
                if field.required:
                    wrong.append(name)
            elif field.type is int:
                if text.isascii() and text.isdigit():
                    values[field.name] = int(text)
                else:
                    wrong.append(f"{name} (a whole number)")
            else:
                values[field.name] = text
        for reason, needed in _NEEDED_WITH.items():
            if values.get(reason):
                wrong += [f"POINTPASS_{name.upper()}" for name in needed if not values.get(name)]
        if wrong:
            raise SettingMissing(", ".join(wrong))
        return cls(**values)  # type: ignore[arg-type]  # each value was read by its field's type

    def table(self, room: str) -> str:
        """The name of a table: journal, documents, members, cards, views, programs, access."""
        return f"pointpass-{self.stage}-{room}"
