"""Profile small: an HTTP API in place of Chalice's REST API. It is cheaper by two thirds, and knows no WAF.

Its events come in payload format 1.0, which the handler of a REST API reads as well. The routes are resources beside
the API, not a description inside it: the functions are told the API's address, and the routes name the functions.
"""

import re
from typing import Any

from ops.packaging.doors import DOORS, door_of, permission, routes

_API = "HttpApi"


def connect(template: dict[str, Any], *, needs_domain: bool) -> None:
    """Every route on the live version of its door's function. `needs_domain`: cards carry the host of the operator"""
    resources = template["Resources"]
    found = routes(template)
    del resources["RestAPI"]
    del template["Outputs"]["RestAPIId"]
    for door in DOORS:
        resources[f"{door.name}Integration"] = _integration(door.name)
        resources[f"{door.name}InvokePermission"] = permission(door, _API)
    for path, methods in found.items():
        for method in methods:
            resources[_name(method, path)] = _route(method, path, door_of(path).name)
    if not needs_domain:
        generated = {"Fn::Sub": f"https://${{{_API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"}
        address = {"Fn::If": ["HasDomain", {"Fn::Sub": "https://${DomainName}"}, generated]}
        template["Globals"]["Function"]["Environment"]["Variables"]["POINTPASS_BASE_URL"] = address
        template["Outputs"]["Address"]["Value"] = address


def _integration(door: str) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": _API},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {"Ref": f"{door}.Alias"},
            "PayloadFormatVersion": "1.0",
        },
    }


def _route(method: str, path: str, door: str) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": {"Ref": _API},
            "RouteKey": f"{method} {path}",
            "Target": {"Fn::Sub": f"integrations/${{{door}Integration}}"},
        },
    }


def _name(method: str, path: str) -> str:
    """GET /c/{card}/apple: RouteGetCByCardApple."""
    words = re.findall(r"[A-Za-z0-9]+", path.replace("{", " By "))
    return f"Route{method.title()}{''.join(word[0].upper() + word[1:] for word in words)}"
