"""API Gateway's side of the front door: events as Lambda receives them."""

import base64
from collections.abc import Iterable, Mapping
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
    sender: str = "203.0.113.7",
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
            "identity": {"sourceIp": sender, "userAgent": "a phone"},
        },
        "body": text,
        "isBase64Encoded": is_base64 and body is not None,
    }


TEXTS = ("application/json", "application/javascript", "application/xml", "text/")
"""What an HTTP API hands over as text; every other body comes in base64."""


def http_event(
    method: str,
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    route: str = "",
    stage: str = "$default",
    sender: str = "203.0.113.7",
) -> dict[str, Any]:
    """One request of an HTTP API in payload format 1.0. `route`: as a REST API names it, where the event does.

    Source: docs.aws.amazon.com/apigateway, "Create AWS Lambda proxy integrations for HTTP APIs"; header names arrive
    in small letters, and the stage stands in front of the path unless it is the nameless one.
    """
    told = urlsplit(address)
    path = told.path if stage == "$default" else f"/{stage}{told.path}"
    small = {name.lower(): value for name, value in (headers or {}).items()}
    pairs = parse_qsl(told.query, keep_blank_values=True)
    is_text = small.get("content-type", "").startswith(TEXTS)
    text = None if body is None else body.decode() if is_text else base64.b64encode(body).decode()
    parameters = parts(told.path, [route])[1] if route else {}
    return {
        "version": "1.0",
        "resource": route or path,
        "path": path,
        "httpMethod": method,
        "headers": small,
        "multiValueHeaders": {name: value.split(", ") for name, value in small.items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": {name: [v for n, v in pairs if n == name] for name, _ in pairs} or None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "cards.example.com",
            "domainPrefix": "cards",
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": method,
            "identity": {"sourceIp": sender, "userAgent": small.get("user-agent", ""), "accessKey": None},
            "path": path,
            "protocol": "HTTP/1.1",
            "requestId": "JKJaXmPLvHcESHA=",
            "requestTime": "23/Jun/2026:12:00:00 +0000",
            "requestTimeEpoch": 1782216000000,
            "resourceId": None,
            "resourcePath": route or path,
            "stage": stage,
        },
        "pathParameters": parameters or None,
        "stageVariables": None,
        "body": text,
        "isBase64Encoded": body is not None and not is_text,
    }


def reply(answer: Mapping[str, Any]) -> Reply:
    body = answer["body"]
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else str(body).encode()
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    headers |= {name.lower(): values[-1] for name, values in answer.get("multiValueHeaders", {}).items()}
    return Reply(int(answer["statusCode"]), headers, content)


def parts(address: str, routes: Iterable[str]) -> tuple[str, dict[str, str]]:
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
