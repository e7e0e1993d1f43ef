"""What must be there before the shop opens: tables, the published program, the connections."""

from collections.abc import Sequence
from pathlib import Path

from chalicelib.bootstrap.house import house
from chalicelib.services.keys import SCOPES
from chalicelib.services.ports import Connection
from chalicelib.store.dynamo import Dynamo
from ops.laptop.wardrobe import dressed


def furnish(
    definition: Path, connections: Sequence[Connection], *, wardrobe: Path, region: str, dynamodb_url: str
) -> None:
    """Idempotent: tables are made when they are missing, the definition is published when it or its look is new.

    wardrobe: a file that remembers which pictures were prepared

    The environment must be complete: the house is put together here, and the app uses the same one.
    """
    Dynamo("pointpass-laptop", region=region, endpoint=dynamodb_url).create_tables()
    sheet = dressed(definition, wardrobe, house().adapters.pictures)
    house().publishing.publish(definition.read_text(), file=definition.name, sheet=sheet)
    for connection in connections:
        house().adapters.programs.connect(connection)


def admit(program: str, key: str) -> None:
    """Let a store with this key in; one that was let in before stays. The program is published."""
    published = house().adapters.programs.program(program)
    assert published is not None
    house().keys.keep(published, key, "laptop", SCOPES)
