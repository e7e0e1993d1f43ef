"""The stores' API, described for programs: OpenAPI 3.1, made from the operations and the shapes themselves."""

import re
from typing import Any

import msgspec

from chalicelib.web.api.operations import OPERATIONS, Operation
from chalicelib.web.api.shapes import Trouble
from chalicelib.web.api.words import WORDS

_IDS = {
    "given": "A level that was given, by the id it was told under.",
    "member": "A member's id.",
    "name": "The name of somebody who works at the till.",
    "quote": "A quote's id.",
    "redemption": "A redemption's id.",
    "use": "The id of a benefit's use.",
    "program": "The program's short name.",
}
_NO = {
    "400": "It could not be understood",
    "401": "No key, or one that is not known",
    "403": "The key may not do that",
    "404": "There is no such thing",
    "409": "The rules say no",
    "413": "Too large",
    "415": "Not JSON",
    "429": "Too often: wait",
    "503": "Not right now: try again",
}


def description(base_url: str) -> dict[str, Any]:
    """The whole document."""
    kinds = {kind for each in OPERATIONS for kind in (each.gives, each.takes) if kind is not None}
    _, schemas = msgspec.json.schema_components(
        sorted({*kinds, Trouble}, key=lambda kind: kind.__name__), ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pointpass for stores", "version": "1"},
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "pp_live_..., pp_test_... or a sign-in"}
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.does,
        "summary": operation.says,
        "description": _needs(operation),
        "parameters": _parameters(operation),
        "responses": {"200": _answer(operation.says, operation.gives)}
        | {status: _answer(says, Trouble) for status, says in _NO.items()},
    }
    if operation.refusals:
        words = "\n".join(f"* `{each}`: {WORDS.get(each, each)}" for each in operation.refusals)
        told["description"] += f"\n\nThe rules may say no, among others:\n\n{words}"
    if operation.scope is None:
        told["security"] = []
    if operation.takes is not None:
        content = {"application/json": {"schema": _reference(operation.takes)}}
        told["requestBody"] = {"required": not operation.may_be_empty, "content": content}
    return told


def _needs(operation: Operation) -> str:
    if operation.scope is None:
        return "Needs no key: what it answers is sent in place of one."
    return f"Needs a key, or a sign-in, with the scope `{operation.scope}`."


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _IDS[name],
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
        }
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    found += [
        {"name": each.name, "in": "query", "required": False, "description": each.says, "schema": each.kind}
        for each in operation.asks
    ]
    if operation.is_once:
        says = "A name of your own for this very thing: sent again, it does not happen again, however much later."
        kind = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "description": says, "schema": kind}
        )
    return found


def _answer(says: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": _reference(kind)}}}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
