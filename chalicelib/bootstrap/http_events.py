"""Events of an HTTP API in payload format 1.0, as the handler of a REST API reads them.

Source: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
"""

from collections.abc import Container, Iterable
from typing import Any

_NAMELESS_STAGE = "$default"


def is_of_http_api(event: dict[str, Any]) -> bool:
    """A REST API's event has no version."""
    return event.get("version") == "1.0"


def routed(event: dict[str, Any], routes: Iterable[str]) -> dict[str, Any]:
    """The event with the route it was meant for and that route's parameters.

    The format's examples show the path that was asked for in the place of the route; a REST API has the route there,
    with its placeholders, and Chalice looks for nothing else. An event whose route is known already stays as it is.
    """
    context = event["requestContext"]
    known = list(routes)
    if _is_complete(event, context.get("resourcePath"), known):
        return event
    path = _without_stage(event["path"], context.get("stage", ""))
    for route in known:
        parameters = _parameters(route, path)
        if parameters is not None:
            told = {**context, "resourcePath": route}
            return {**event, "path": path, "requestContext": told, "pathParameters": parameters or None}
    return event


def _is_complete(event: dict[str, Any], route: Any, known: Container[str]) -> bool:
    return route in known and ("{" not in str(route) or bool(event.get("pathParameters")))


def _without_stage(path: str, stage: str) -> str:
    """A stage with a name stands in front of the path, unless a host of our own maps to it."""
    if stage and stage != _NAMELESS_STAGE and (path + "/").startswith(f"/{stage}/"):
        return path.removeprefix(f"/{stage}") or "/"
    return path


def _parameters(route: str, path: str) -> dict[str, str] | None:
    """What stands in the route's placeholders; None when the path is not this route's."""
    wanted, steps = route.split("/"), path.split("/")
    if len(wanted) != len(steps):
        return None
    found: dict[str, str] = {}
    for name, step in zip(wanted, steps, strict=True):
        if name.startswith("{") and step:
            found[name[1:-1]] = step
        elif name != step:
            return None
    return found
