"""The front door in parts: one function and one role for each kind of caller, all from the one handler of app.py.

Chalice makes one function of all routes. A flood of webhooks would then leave no room for phones, and whoever broke a
page could sign passes. Here every route is given to one of four functions: the same zip and the same handler, with
permissions, memory, time-out and concurrency of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.packaging import PackageFailed

Template = dict[str, Any]
Routes = Mapping[str, tuple[str, ...]]
"""The methods of each path, as app.py names them."""

ALIAS = "live"
_GENERATED = ("APIHandler", "ApiHandlerRole", "APIHandlerInvokePermission")


@dataclass(frozen=True, slots=True)
class Door:
    """`named`: in .chalice/config.json     `paths`: routes of app.py; a `*` at the end stands for everything below"""

    name: str
    named: str
    paths: tuple[str, ...]

    def fits(self, path: str) -> int:
        """How closely a path is meant: the length of the longest pattern that it fits, 0 for none."""
        return max((len(each) for each in self.paths if _is_meant(path, each)), default=0)


DOORS = (
    Door("Hooks", "hooks", ("/hooks/*",)),
    Door("Wallets", "wallets", ("/apple/*", "/google/*", "/c/{card}/apple", "/c/{card}/google")),
    Door("Pages", "pages", ("/", "/health", "/p/*", "/c/*", "/proof/*", "/static/*", "/pictures/*")),
    Door("StoresApi", "stores_api", ("/v1/*",)),
)


def door_of(path: str) -> Door:
    """The door that a route belongs to. Raises PackageFailed when it is none's, or two doors' alike."""
    fitting = sorted(((door.fits(path), door.name, door) for door in DOORS if door.fits(path)), reverse=True)
    if not fitting:
        raise PackageFailed(f"the route {path} belongs to no door: name it in ops/packaging/doors.py")
    if len(fitting) > 1 and fitting[0][0] == fitting[1][0]:
        raise PackageFailed(f"the route {path} belongs to two doors: {fitting[0][1]} and {fitting[1][1]}")
    return fitting[0][2]


def routes(template: Template) -> Routes:
    """Every route that Chalice found in app.py."""
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    return {path: tuple(sorted(method.upper() for method in methods)) for path, methods in sorted(paths.items())}


def open_doors(template: Template, told: Mapping[str, Any], policies: Mapping[str, Any]) -> None:
    """Replace Chalice's one function by the four. Their routes are connected by the front of the profile.

    told: .chalice/config.json's functions of the stage     policies: the policy files by name
    Raises PackageFailed.
    """
    for path in routes(template):
        door_of(path)
    resources = template["Resources"]
    handler, role = resources["APIHandler"], resources["ApiHandlerRole"]
    for name in _GENERATED:
        del resources[name]
    for door in DOORS:
        own = told[door.named]
        resources[f"{door.name}Role"] = _role(role, door, policies[own["iam_policy_file"]])
        resources[door.name] = _function(handler, door, own)
    for name in ("APIHandlerName", "APIHandlerArn", "EndpointURL"):
        del template["Outputs"][name]


def publish(template: Template) -> None:
    """Whatever calls a function calls its live version: what is deployed can be put back, or rolled out slowly.

    A version is published for a new setting, too, and not for new code alone.
    """
    for made in template["Resources"].values():
        if made["Type"] == "AWS::Serverless::Function":
            made["Properties"] |= {"AutoPublishAlias": ALIAS, "AutoPublishAliasAllProperties": True}


def permission(door: Door, api: str) -> dict[str, Any]:
    """API Gateway may call the live version of a door's function, from this API alone. `api`: a resource's name"""
    source = f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api}}}/*"
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": f"{door.name}.Alias"},
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": source},
        },
    }


def _role(role: Mapping[str, Any], door: Door, policy: Mapping[str, Any]) -> dict[str, Any]:
    trust = role["Properties"]["AssumeRolePolicyDocument"]
    policies = [{"PolicyName": f"{door.name}Policy", "PolicyDocument": policy}]
    return {"Type": role["Type"], "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies}}


def _function(handler: Mapping[str, Any], door: Door, own: Mapping[str, Any]) -> dict[str, Any]:
    properties = {
        **handler["Properties"],
        "Handler": f"app.{door.named}",  # by which bootstrap/ready.py knows what to make ready
        "Role": {"Fn::GetAtt": [f"{door.name}Role", "Arn"]},
        "Timeout": own["lambda_timeout"],
        "MemorySize": own["lambda_memory_size"],
        "LoggingConfig": {"LogGroup": {"Ref": f"{door.name}LogGroup"}},
    }
    return {"Type": handler["Type"], "Properties": properties}


def _is_meant(path: str, pattern: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
