"""The firewall before a strict stage: which limit counts which request, by the rules of the template."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from deployed import Deployed
from described import Described

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]


@pytest.fixture(scope="module")
def strict(described: Described) -> Deployed:
    return described["prod", "strict"]


def test_firewall_stands_before_the_stage_and_counts_by_address(strict: Deployed) -> None:
    rules = strict.resources["Firewall"]["Properties"]["Rules"]
    assert [rule["Name"] for rule in rules] == ["forms", "webhooks", "callers", "everything-else"]
    assert [rule["Priority"] for rule in rules] == [0, 1, 2, 3]
    for rule in rules:
        assert rule["Action"] == {"Block": {}}
        assert rule["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert "FirewallAssociation" in strict.resources


def means(statement: Mapping[str, Any], method: str, path: str) -> bool:
    """Whether a request is meant by a statement of the firewall, as AWS describes those that we have."""
    ((kind, told),) = statement.items()
    match kind:
        case "NotStatement":
            return not means(told["Statement"], method, path)
        case "AndStatement":
            return all(means(each, method, path) for each in told["Statements"])
        case "OrStatement":
            return any(means(each, method, path) for each in told["Statements"])
        case "ByteMatchStatement":
            assert (told["FieldToMatch"], told["PositionalConstraint"]) == ({"Method": {}}, "EXACTLY")
            return bool(told["SearchString"] == method)
        case "RegexMatchStatement":
            assert (told["FieldToMatch"], [each["Type"] for each in told["TextTransformations"]]) == (
                {"UriPath": {}}, ["URL_DECODE"],
            )  # fmt: skip
            return re.search(told["RegexString"], unquote(path)) is not None
        case _:
            raise LookupError(kind)


def counted(strict: Deployed, method: str, path: str) -> set[str]:
    """The rules that count a request."""
    rules = strict.resources["Firewall"]["Properties"]["Rules"]
    scopes = {rule["Name"]: rule["Statement"]["RateBasedStatement"]["ScopeDownStatement"] for rule in rules}
    return {name for name, scope in scopes.items() if means(scope, method, path)}


@pytest.mark.parametrize("before", ["", "/live"], ids=["host", "stage"])
def test_every_route_has_the_limit_of_its_callers_with_the_apis_stage_before_it_and_without(
    strict: Deployed, before: str
) -> None:
    """A shop's server and a mobile network's phones have one address: they are not held to a person's limit."""
    assert strict.resources["RestAPI"]["Properties"]["StageName"] == "live"
    many = {"Hooks": "webhooks", "StoresApi": "callers"}
    for route, methods in strict.routes().items():
        path = before + re.sub(r"\{[^}]+\}", "card", route)
        for method, door in methods.items():
            limit = many.get(door, "everything-else")
            if route.startswith("/google/callback/"):
                limit = "webhooks"
            if route.startswith("/apple/v1/"):
                limit = "callers"
            assert counted(strict, method, path) - {"forms"} == {limit}, route


@pytest.mark.parametrize("before", ["", "/live"], ids=["host", "stage"])
def test_firewall_counts_what_can_be_guessed_more_strictly(strict: Deployed, before: str) -> None:
    sent = {
        route
        for route, methods in strict.routes().items()
        if "POST" in methods and "forms" in counted(strict, "POST", before + re.sub(r"\{[^}]+\}", "x", route))
    }
    pages = {route for route, methods in strict.routes().items() if methods.get("POST") in ("Pages", "Wallets")}
    assert sent == {each for each in pages if not each.startswith(("/apple/", "/google/"))} | {
        "/v1/programs/{program}/staff/sign-in"
    }
    assert counted(strict, "POST", f"{before}/%70/card/join") == {"forms", "everything-else"}
    for ending, rules in (("", {"forms", "callers"}), ("/", {"forms", "callers"}), ("/x", {"callers"})):
        assert counted(strict, "POST", f"{before}/v1/programs/x/staff/sign-in{ending}") == rules
    assert "forms" not in counted(strict, "GET", f"{before}/p/card")
