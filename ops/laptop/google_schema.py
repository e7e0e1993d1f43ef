"""Google's own description of the Wallet API, as a judge of what is sent to the stand-in.

The discovery document that google-api-python-client ships becomes JSON schemas: no other field than those described,
none missing that Google calls required.
"""

import functools
import json
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

_DOCUMENT = "discovery_cache/documents/walletobjects.v1.json"
_KINDS = {"loyaltyClass": "LoyaltyClass", "loyaltyObject": "LoyaltyObject"}
_FORMATS: dict[str, dict[str, Any]] = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"pattern": "^-?[0-9]+$"},  # JSON's numbers are too short: a string
}


_MOST: dict[str, dict[str, Any]] = {
    "merchantLocations": {"maxItems": 10},  # "any additional ... beyond the 10 will be rejected"
    "messages": {"maxItems": 10},
    "latitude": {"minimum": -90, "maximum": 90},
    "longitude": {"minimum": -180, "maximum": 180},
}
"""Limits that stand in the document's words only."""


def objection(kind: str, resource: Any) -> str:
    """What Google would not accept in a whole "loyaltyClass" or "loyaltyObject"; empty when nothing."""
    errors = sorted(_validator(_KINDS[kind]).iter_errors(resource), key=lambda error: list(map(str, error.path)))
    return f"{'.'.join(map(str, errors[0].path)) or kind}: {errors[0].message}" if errors else ""


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    schemas = json.loads((files("googleapiclient") / _DOCUMENT).read_text())["schemas"]
    definitions = {each: _schema(schemas[each]) for each in schemas}
    definitions["LoyaltyPointsBalance"] |= {
        "minProperties": 1,
        "maxProperties": 1,
    }  # "only one ... should be populated"
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions})


def _schema(described: dict[str, Any]) -> dict[str, Any]:
    """A schema of the discovery document as a JSON schema."""
    if "$ref" in described:
        return {"$ref": f"#/$defs/{described['$ref']}"}
    match described["type"]:
        case "object":
            properties = described.get("properties", {})
            return {
                "type": "object",
                "properties": {name: _schema(each) | _MOST.get(name, {}) for name, each in properties.items()},
                "required": [
                    name for name, each in properties.items() if each.get("description", "").startswith("Required.")
                ],
                "additionalProperties": False,
            }
        case "array":
            return {"type": "array", "items": _schema(described["items"])}
        case kind:
            values = {"enum": described["enum"]} if "enum" in described else {}
            return {"type": kind, **_FORMATS.get(described.get("format", ""), {}), **values}
