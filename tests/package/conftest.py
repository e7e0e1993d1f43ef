"""One package for all tests of this room: making it takes a while."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from deployed import Deployed
from packaged_cloud import PASS_TYPE, TEAM, PackagedCloud, packaged_cloud
from runtime_api import lay_out_client

from ops.laptop.engine import Engine
from ops.package import Package, package
from ops.packaging import archive

SAID = {
    "DomainName": "cards.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/0f1e2d3c",
    "VaultSecret": "pointpass-dev-vault",
    "AppleSecret": "pointpass-dev-apple",
    "ApplePassType": PASS_TYPE,
    "AppleTeam": TEAM,
    "SmtpUrl": "smtp://mail.example:25",
    "MailFrom": "cards@bean-street.example",
    "AlarmAddress": "operator@bean-street.example",
}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return package("dev", tmp_path_factory.mktemp("package") / "dev")


@pytest.fixture(scope="session")
def deployed(made: Package) -> Deployed:
    return Deployed(json.loads(made.template.read_text()), SAID)


@pytest.fixture(scope="session")
def task(made: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda unpacks to /var/task."""
    folder = tmp_path_factory.mktemp("lambda") / "task"
    archive.unpack(made.zipped, folder)
    return folder


@pytest.fixture(scope="session")
def cloud(
    deployed: Deployed, task: Path, engine: Engine, aws_keys: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PackagedCloud]:
    folder = tmp_path_factory.mktemp("packaged")
    runtime = lay_out_client(folder / "runtime")
    with packaged_cloud(deployed, engine, task=task, runtime=runtime, folder=folder) as running:
        yield running
