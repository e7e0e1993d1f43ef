"""What an operator says of a stage: everything that is missing or wrong is named at once."""

from pathlib import Path
from typing import Any

import pytest

from ops.deploying import DeployFailed
from ops.deploying.stage_file import read

HOST = {"Type": "String", "AllowedPattern": "[a-z.]+", "ConstraintDescription": "a host name of your own is needed"}
TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Stage": {"Type": "String", "Default": "prod", "AllowedPattern": "^prod$"},
        "DomainName": HOST,
        "VaultSecret": {"Type": "String", "Description": "Name of a secret."},
        "SmtpSecret": {"Type": "String", "Default": ""},
        "LogDays": {"Type": "Number", "Default": 30, "AllowedValues": [7, 30]},
        "RequestsPerSecond": {"Type": "Number", "Default": 100, "MinValue": 1, "MaxValue": 500},
    }
}
GOOD = "DomainName: cards.example.com\nVaultSecret: pointpass-prod-vault\n"


def said(folder: Path, text: str) -> dict[str, str]:
    path = folder / "prod.yaml"
    path.write_text(text)
    return read(path, TEMPLATE)


def test_defaults_stand_for_what_is_not_said(tmp_path: Path) -> None:
    assert said(tmp_path, GOOD) == {
        "Stage": "prod",
        "DomainName": "cards.example.com",
        "VaultSecret": "pointpass-prod-vault",
        "SmtpSecret": "",
        "LogDays": "30",
        "RequestsPerSecond": "100",
    }


def test_everything_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(DeployFailed) as raised:
        read(tmp_path / "prod.yaml", TEMPLATE)
    lines = str(raised.value).splitlines()[1:]
    assert lines == [
        "  DomainName: missing: a host name of your own is needed",
        "  VaultSecret: missing: Name of a secret.",
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("DomainName: HOST", "DomainName: a host name of your own is needed (it is 'HOST')"),
        ("VaultSecret: ''", "VaultSecret: missing"),
        ("LogDays: 8", "LogDays: one of 7, 30 (it is '8')"),
        ("RequestsPerSecond: 0", "RequestsPerSecond: "),
        ("RequestsPerSecond: 501", "RequestsPerSecond: "),
        ("RequestsPerSecond: many", "RequestsPerSecond: "),
        ("Stage: dev", "Stage: "),
        ("Dommain: x", "the template has no parameter Dommain"),
    ],
)
def test_value_that_does_not_do_is_named(tmp_path: Path, line: str, says: str) -> None:
    kept = "".join(f"{each}\n" for each in GOOD.splitlines() if each.partition(":")[0] != line.partition(":")[0])
    with pytest.raises(DeployFailed) as raised:
        said(tmp_path, f"{kept}{line}\n")
    assert says in str(raised.value)


@pytest.mark.parametrize("text", ["- a\n", "a: [\n"])
def test_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DeployFailed):
        said(tmp_path, text)


@pytest.mark.parametrize(
    ("lines", "region"),
    [
        ("SmtpUrl: smtps://user@email-smtp.eu-central-1.amazonaws.com:465", "eu-central-1"),
        ("SmtpUrl: smtp://user@email-smtp-fips.us-east-1.amazonaws.com:587", "us-east-1"),
        ("SmtpUrl: smtps://user@mail.example.com:465", ""),
        ("SmtpUrl: mail.example.com", ""),
        ("SmtpUrl: smtps://user@email-smtp.eu-central-1.amazonaws.com:465\nSesRegion: eu-west-1", "eu-west-1"),
    ],
)
def test_region_of_ses_is_read_from_the_mail_servers_address(tmp_path: Path, lines: str, region: str) -> None:
    """Unless it is said. What else is wrong with an address, the look before a deployment says."""
    path = tmp_path / "prod.yaml"
    path.write_text(lines)
    letters = {"SmtpUrl": {"Type": "String"}, "SesRegion": {"Type": "String", "Default": ""}}
    assert read(path, {"Parameters": letters})["SesRegion"] == region
