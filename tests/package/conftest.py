"""One package for all tests of this room: making it takes a while."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from deployed import Deployed, Role
from described import SAID, Described
from made_once import made_once
from packaged_cloud import SECRET, PackagedCloud, packaged_cloud
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


@pytest.fixture(scope="session")
def expanded(described: Described) -> Described:
    """What CloudFormation makes of two templates before it begins: roll-outs, aliases and sources in full."""
    from samtranslator.translator.transform import transform

    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        for which in (("dev", "small"), ("prod", "strict")):
            told = copy.deepcopy(dict(described[which].template))
            for function in functions(told).values():
                function["Properties"]["CodeUri"] = {"Bucket": "code", "Key": "deployment.zip"}
            said = {name: value.replace("pointpass-dev", f"pointpass-{which[0]}") for name, value in SAID.items()}
            made[which] = Deployed(transform(told, {}, _NoManagedPolicies()), said | {"Stage": which[0]})
    return made


class _NoManagedPolicies:
    """Those of Amazon, by name. Every policy of ours is written out."""

    def load(self) -> dict[str, str]:
        return {}


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
