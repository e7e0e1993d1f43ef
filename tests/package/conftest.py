"""One package for all tests of this room: making it takes a while."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from deployed import Deployed, Role
from made_once import made_once
from packaged_cloud import GOOGLE_ISSUER, PASS_TYPE, SECRET, TEAM, PackagedCloud, packaged_cloud
from packaged_shop import new_id, now
from runtime_api import lay_out_client

from ops.laptop.engine import Engine
from ops.laptop.home import PROJECT
from ops.laptop.shopify_sender import Sender
from ops.package import Package, describe, package, stages
from ops.packaging import archive
from ops.packaging.profiles import PROFILES
from ops.packaging.source import lay_out
from ops.packaging.template import functions

SAID = {
    "DomainName": "cards.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/0f1e2d3c",
    "VaultSecret": "pointpass-dev-vault",
    "AppleSecret": "pointpass-dev-apple",
    "ApplePassType": PASS_TYPE,
    "AppleTeam": TEAM,
    "GoogleIssuer": GOOGLE_ISSUER,
    "GoogleSecret": "pointpass-dev-google",
    "SmtpUrl": "smtp://mail.example:25",
    "SmtpSecret": "pointpass-dev-smtp",
    "MailFrom": "cards@bean-street.example",
    "AlarmAddress": "operator@bean-street.example",
}

Described = Mapping[tuple[str, str], Deployed]
"""By stage and profile."""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = made_once(tmp_path_factory, "package-dev-small", partial(_package, "dev"))
    return Package(folder / "deployment.zip", folder / "template.json", archive.size(folder / "work" / "unpacked"))


def _package(stage: str, folder: Path) -> None:
    package(stage, folder)


@pytest.fixture(scope="session")
def deployed(made: Package) -> Deployed:
    return Deployed(json.loads(made.template.read_text()), SAID)


@pytest.fixture(scope="session")
def roles(deployed: Deployed) -> Mapping[str, Role]:
    """Of each function."""
    return {name: deployed.role(name) for name in functions(deployed.template)}


@pytest.fixture(scope="session")
def template_of(made: Package, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Deployed]:
    """A stage in a profile. Describing lints, and any finding is an error. The zip is the same for all."""

    def template(stage: str, profile: str) -> Deployed:
        place = made.template
        if (stage, profile) != ("dev", "small"):
            folder = made_once(tmp_path_factory, f"template-{stage}-{profile}", partial(_describe, stage, profile))
            place = folder / "template.json"
        return Deployed(json.loads(place.read_text()), SAID)

    return template


@pytest.fixture(scope="session")
def described(template_of: Callable[[str, str], Deployed]) -> Described:
    """Every stage in every profile."""
    return {(stage, profile): template_of(stage, profile) for stage in stages() for profile in PROFILES}


def _describe(stage: str, profile: str, folder: Path) -> None:
    lay_out(PROJECT, folder / "work" / "source")
    (folder / "work" / "source" / "requirements.txt").write_text("")  # the template names none of them
    describe(stage, folder, profile=profile)


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


@pytest.fixture(scope="session")
def shop() -> Sender:
    """The shop of the program that earns, as its provider sends its webhooks."""
    return Sender(SECRET, "bean-street.myshopify.com", clock=now, new_id=new_id)
