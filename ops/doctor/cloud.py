"""AWS as the checks ask it."""

from typing import Any, Protocol

from chalicelib.config import Settings
from chalicelib.store.aws import Client


class Cloud(Protocol):
    """Any service of AWS."""

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call by botocore's names. Raises botocore's errors."""


class StageCloud:
    """The account and region of a stage; a laptop's stand-ins where it has any."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients: dict[str, Client] = {}

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if service not in self._clients:
            told = self._settings
            endpoint = told.dynamodb_endpoint_url if service == "dynamodb" else told.aws_endpoint_url
            self._clients[service] = Client(service, region=told.region, endpoint=endpoint)
        return self._clients[service].call(operation, **arguments)
