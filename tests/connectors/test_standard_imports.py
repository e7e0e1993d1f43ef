"""One provider's connector costs nothing to those who use another."""

import subprocess
import sys

import pytest

from chalicelib.connectors.contract import PROVIDERS

PROGRAM = """
import sys
from chalicelib.connectors.contract import PROVIDERS, connector
connector(sys.argv[1])
print(*sorted(name for name in PROVIDERS if "chalicelib.connectors." + name in sys.modules))
"""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_importing_one_connector_imports_no_other(provider):
    ran = subprocess.run([sys.executable, "-c", PROGRAM, provider], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [provider]
