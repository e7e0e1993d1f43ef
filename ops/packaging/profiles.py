"""The two ways to run: `small` for a shop that counts dollars, `strict` for an operator who is audited."""

from collections.abc import Mapping
from typing import Any

from ops.packaging import alarms, dashboard, http, rest, roles, strict, tags

PROFILES = ("small", "strict")
Template = dict[str, Any]

_REST_FAILURES = {
    "Namespace": "AWS/ApiGateway",
    "MetricName": "5XXError",
    "Dimensions": [{"Name": "ApiName", "Value": {"Fn::Sub": "pointpass-${Stage}"}}],
}
_HTTP_FAILURES = {
    "Namespace": "AWS/ApiGateway",
    "MetricName": "5xx",
    "Dimensions": [{"Name": "ApiId", "Value": {"Ref": "HttpApi"}}],
}
_FRONTS: Mapping[str, Mapping[str, Any]] = {"small": _HTTP_FAILURES, "strict": _REST_FAILURES}
_DASHBOARD = {"small": "no", "strict": "yes"}


def needs_domain(stage: str, profile: str) -> bool:
    """A card carries its address for ever: only somebody who tries things out may do with the generated one."""
    return not (stage == "dev" and profile == "small")


def furnish(template: Template, *, stage: str, profile: str) -> None:
    """Everything that depends on the profile, after the doors are open."""
    if profile == "strict":
        rest.connect(template)
        roles.allow_keys(template)
        roles.allow_tracing(template)
        strict.encrypt(template)
        strict.trace(template)
        strict.reserve(template)
    else:
        http.connect(template, needs_domain=needs_domain(stage, profile))
    alarms.ring(template, profile=profile, front=_FRONTS[profile])
    if profile == "strict":
        strict.roll_out_slowly(template)
    roles.keep_journal(template)
    roles.bound(template)
    dashboard.hang(template)
    _ask(template["Parameters"], stage=stage, profile=profile)
    if not needs_domain(stage, profile):
        _may_do_without_domain(template)
    tags.tag(template)


def _ask(parameters: dict[str, Any], *, stage: str, profile: str) -> None:
    """What an operator is asked, and what the answers must look like."""
    parameters["Stage"] |= {"Default": stage, "AllowedPattern": f"^{stage}$"}
    parameters["Dashboard"]["Default"] = _DASHBOARD[profile]


def _may_do_without_domain(template: Template) -> None:
    parameters = template["Parameters"]
    parameters["DomainName"] |= {"Default": "", "AllowedPattern": "([a-z0-9-]+[.])+[a-z]{2,}|"}
    parameters["CertificateArn"] |= {"Default": "", "AllowedPattern": "arn:.+:acm:.+:certificate/.+|"}
    # Without a host there is no resource that could miss its certificate; the linter looks at the default alone.
    template["Resources"]["Domain"]["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["W1030"]}}}
    template["Rules"]["DomainHasCertificate"] = {
        "RuleCondition": {"Fn::Not": [{"Fn::Equals": [{"Ref": "DomainName"}, ""]}]},
        "Assertions": [
            {
                "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CertificateArn"}, ""]}]},
                "AssertDescription": "CertificateArn is missing: DomainName needs a certificate in this region",
            }
        ],
    }
