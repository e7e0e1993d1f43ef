"""A stage to rehearse on."""

import base64
from collections.abc import Iterator

import pytest
from drilled_stage import Stage, running

from ops.laptop.cloud import Cloud
from ops.laptop.engine import Engine
from ops.laptop.runner import free_port


@pytest.fixture(scope="session")
def cloud(aws_keys: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    server = Cloud.start(tmp_path_factory.mktemp("drill-cloud"), free_port())
    server.store_secrets({"drill-vault": {"master": base64.b64encode(bytes(range(32))).decode()}})
    yield server
    server.stop()


@pytest.fixture
def stage(cloud: Cloud, engine: Engine) -> Iterator[Stage]:
    yield from running(cloud, engine)
