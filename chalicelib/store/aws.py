"""A botocore client that is made when it is first used: importing and making one costs more than most requests."""

import functools
import threading
from typing import Any


class Client:
    """A client of one AWS service. Threads may share it.

    service: botocore's name ("s3", "sqs", "secretsmanager")     endpoint: "" for AWS
    """

    def __init__(self, service: str, *, region: str, endpoint: str = "") -> None:
        self._service = service
        self._region = region
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._client: Any = None

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call. `operation`: botocore's method name. Raises botocore's ClientError and BotoCoreError."""
        answer: dict[str, Any] = getattr(self._ready(), operation)(**arguments)
        return answer

    def _ready(self) -> Any:
        # Making a botocore client is not safe for threads; using one is.
        with self._lock:
            if self._client is None:
                self._client = self._make()
            return self._client

    def _make(self) -> Any:
        from botocore.config import Config  # noqa: PLC0415  # here is where it is first needed

        config = Config(
            connect_timeout=1,
            read_timeout=2,
            retries={"total_max_attempts": 2, "mode": "standard"},
            max_pool_connections=50,
        )
        return session().create_client(
            self._service, region_name=self._region, endpoint_url=self._endpoint or None, config=config
        )


class Session:
    """What makes clients: one botocore session for all of a process.

    A session reads large descriptions of services, and each one that is made reads them for itself. Making a client is
    not safe for threads, using one is: they wait here for each other.
    """

    def __init__(self) -> None:
        from botocore.session import get_session  # noqa: PLC0415

        self._session = get_session()
        self._lock = threading.Lock()

    def create_client(self, *named: Any, **told: Any) -> Any:
        """As botocore's."""
        with self._lock:
            return self._session.create_client(*named, **told)


@functools.cache
def session() -> Session:
    """The session of this process."""
    return Session()


def error_code(err: Exception) -> str:
    """The service's code of a ClientError, or the name of what kept the answer away; safe to log."""
    response: dict[str, Any] = getattr(err, "response", None) or {}
    return str(response.get("Error", {}).get("Code") or type(err).__name__)
