"""AWS for the checks: what each call answers, in memory."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

Answer = Any | Callable[..., Any]


class CloudStandIn:
    """ops.doctor.cloud.Cloud. An answer may be a function of the call's arguments, or an error."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        self.asked.append((service, operation, arguments))
        answer = self.answers[operation]
        if isinstance(answer, Exception):
            raise answer
        told: dict[str, Any] = answer(**arguments) if callable(answer) else answer
        return told


def refusal(code: str, operation: str = "Call") -> ClientError:
    """An error as botocore raises it."""
    return ClientError({"Error": {"Code": code, "Message": "anna.ozola@example.com"}}, operation)
