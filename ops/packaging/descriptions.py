"""botocore's descriptions of services, as a function needs them: their shapes, without the manual.

A client is made from them, and most of its time goes into reading them: three quarters of a description are texts for
people, and the list of endpoints is of every service that there is.
"""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_TEXTS_STAY = "clientContextParams"
"""Source: github.com/boto/botocore, botocore/model.py, ServiceModel.client_context_parameters."""


def lighten(folder: Path, services: Iterable[str]) -> None:
    """Write the descriptions of these services anew, without texts, and the endpoints of these services alone.

    Source of the files' shapes: github.com/boto/botocore, botocore/loaders.py and botocore/regions.py.
    """
    data = folder / "botocore" / "data"
    for path in sorted(data.glob("*/*/service-2.json*")):
        _write(path, without_texts(_read(path)))
    endpoints = data / "endpoints.json"
    _write(endpoints, only_of(_read(endpoints), frozenset(services)))


def without_texts(described: Any) -> Any:
    """The same without documentation. A member of a shape that happens to be called so is no text, and stays.

    So does the text of a parameter of a client: botocore takes it for a fact that is always there.
    """
    if isinstance(described, dict):
        return {
            name: value if name == _TEXTS_STAY else without_texts(value)
            for name, value in described.items()
            if name != "documentation" or not isinstance(value, str)
        }
    if isinstance(described, list):
        return [without_texts(each) for each in described]
    return described


def only_of(endpoints: dict[str, Any], services: frozenset[str]) -> dict[str, Any]:
    """The endpoints of these services, in every partition."""
    partitions = [
        {**partition, "services": {name: told for name, told in partition["services"].items() if name in services}}
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def _read(path: Path) -> Any:
    body = path.read_bytes()
    return json.loads(gzip.decompress(body) if path.suffix == ".gz" else body)


def _write(path: Path, described: Any) -> None:
    """Never packed: the zip packs it, and a function has one thing less to unpack."""
    body = json.dumps(described, separators=(",", ":"), ensure_ascii=False).encode()
    path.with_name(path.name.removesuffix(".gz")).write_bytes(body)
    if path.suffix == ".gz":
        path.unlink()
