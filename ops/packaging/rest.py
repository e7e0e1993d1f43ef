"""Profile strict: Chalice's REST API, with every route on the live version of its door's function."""

from typing import Any

from ops.packaging.doors import DOORS, door_of, permission

_INTEGRATION = "x-amazon-apigateway-integration"
_URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Live}/invocations"


def connect(template: dict[str, Any]) -> None:
    """Chalice's integrations name the newest code of one function: a gradual roll-out would do nothing there."""
    resources = template["Resources"]
    for path, methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
        live = {"Ref": f"{door_of(path).name}.Alias"}
        for method in methods.values():
            method[_INTEGRATION]["uri"] = {"Fn::Sub": [_URI, {"Live": live}]}
    for door in DOORS:
        resources[f"{door.name}InvokePermission"] = permission(door, "RestAPI")
