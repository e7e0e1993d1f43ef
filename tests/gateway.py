"""API Gateway's side of the front door: events as Lambda receives them."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Reply:
    """What the function gave back, as the client sees it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def event(
    method: str,
    resource: str,
    parameters: Mapping[str, str] | None = None,
    *,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    is_base64: bool = True,
) -> dict[str, Any]:
    """One request of a REST API with binary media types `*/*`: every body arrives in base64.

    Source: docs.aws.amazon.com/apigateway, "Input format of a Lambda function for proxy integration".
    """
    path = resource.format(**(parameters or {}))
    pairs = parse_qsl(query, keep_blank_values=True)
    text = None if body is None else base64.b64encode(body).decode() if is_base64 else body.decode()
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": {name: [v for n, v in pairs if n == name] for name, _ in pairs} or None,
        "pathParameters": dict(parameters or {}) or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": path,
            "stage": "api",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "a phone"},
        },
        "body": text,
        "isBase64Encoded": is_base64 and body is not None,
    }


def reply(answer: Mapping[str, Any]) -> Reply:
    body = answer["body"]
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else str(body).encode()
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    headers |= {name.lower(): values[-1] for name, values in answer.get("multiValueHeaders", {}).items()}
    return Reply(int(answer["statusCode"]), headers, content)


def parts(address: str, routes: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The resource and parameters that API Gateway finds for a path."""
    steps = urlsplit(address).path.strip("/").split("/")
    for resource in routes:
        wanted = resource.strip("/").split("/")
        pairs = list(zip(wanted, steps, strict=False))
        if len(wanted) == len(steps) and all(w == s or w.startswith("{") for w, s in pairs):
            return resource, {w[1:-1]: s for w, s in pairs if w.startswith("{")}
    raise LookupError(address)


def schedule_event() -> dict[str, Any]:
    """What EventBridge hands over when a rule's time has come. Source: docs.aws.amazon.com/eventbridge, "Events"."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-06-23T12:00:00Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/pointpass-dev-schedule"],
        "detail": {},
    }
