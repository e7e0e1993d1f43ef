"""A name that no stage can have is refused before anybody is signed in."""

import pytest
import yaml
from click.testing import CliRunner

from ops.command import main
from ops.deploying.stage_name import PATTERN
from ops.laptop.home import PROJECT

COMMANDS = ("deploy", "rollback", "teardown")


@pytest.mark.parametrize("name", COMMANDS)
def test_laptop_is_told_to_be_no_deployment(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--stage", "laptop"], catch_exceptions=False)
    assert told.exit_code == 2
    assert "the laptop runs what is checked out (make run): nothing is deployed there" in " ".join(told.output.split())


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("stage", ["dev;x", "Dev", "", "a" * 21, "deploy", "dev\n"])
def test_name_that_no_stage_has_is_refused(name: str, stage: str) -> None:
    told = CliRunner().invoke(main, [name, "--stage", stage], catch_exceptions=False)
    assert told.exit_code == 2
    assert "1 to 20 small letters and digits" in " ".join(told.output.split())


@pytest.mark.parametrize("file", ["deploy-role", "operator-roles"])
def test_names_are_those_that_the_roles_have(file: str) -> None:
    template = yaml.safe_load((PROJECT / "infra" / f"{file}.yaml").read_text())
    assert template["Parameters"]["Stage"]["AllowedPattern"] == PATTERN
