"""What Lambda itself writes about each invocation is paid for like any other line."""

import pytest
from deployed import Deployed

from ops.packaging.logs import QUIET
from ops.packaging.template import functions

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]


def test_functions_that_every_purchase_and_every_card_calls_keep_lambdas_warnings_alone(deployed: Deployed) -> None:
    quiet = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}
    found = {name: made["Properties"]["LoggingConfig"] for name, made in functions(deployed.template).items()}

    assert {name for name, told in found.items() if "LogFormat" in told} == set(QUIET.values())
    for name in QUIET.values():
        assert found[name] == {"LogGroup": found[name]["LogGroup"], **quiet}
