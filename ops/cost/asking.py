"""API Gateway's side of the front door: one request handed to app.py's handler, and how much came back."""

import base64
import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.bootstrap.house import House


@dataclass(frozen=True, slots=True)
class Asked:
    """An answered request. `came`: bytes of the request     `went`: bytes of the answer, headers included"""

    status: int
    headers: Mapping[str, str]
    body: bytes
    came: int
    went: int


@contextmanager
def front_of(house: House) -> Iterator[Any]:
    """app.py as a container of this house has it: its routes and handlers."""
    front = importlib.import_module("app")
    usual = front.house
    setattr(front, "house", lambda: house)  # noqa: B010  # a module says nothing of its names to a type checker
    try:
        yield front
    finally:
        setattr(front, "house", usual)  # noqa: B010


def ask(
    front: Any,
    method: str,
    resource: str,
    parameters: Mapping[str, str],
    *,
    headers: Mapping[str, str],
    query: str = "",
    body: bytes = b"",
) -> Asked:
    """One request through the handler that Lambda calls.

    Source: docs.aws.amazon.com/apigateway, "Input format of a Lambda function for proxy integration".
    """
    path = resource.format(**parameters)
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    told = {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": pairs or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in pairs.items()} or None,
        "pathParameters": dict(parameters),
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": path,
            "stage": "live",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "a phone"},
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }
    answer = front.app(told, None)
    content = answer["body"]
    raw = base64.b64decode(content) if answer.get("isBase64Encoded") else str(content).encode()
    named = dict(answer["headers"]) | {name: values[-1] for name, values in answer.get("multiValueHeaders", {}).items()}
    came = len(f"{method} {path}?{query} HTTP/1.1\r\n") + _on_the_wire(headers) + len(body)
    return Asked(
        int(answer["statusCode"]), named, raw, came, len("HTTP/1.1 200 OK\r\n") + _on_the_wire(named) + len(raw)
    )


def _on_the_wire(headers: Mapping[str, str]) -> int:
    return sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers.items()) + 2
