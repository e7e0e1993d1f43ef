"""How far walks have come, in DynamoDB."""

from collections.abc import Sequence

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.events import Instant
from chalicelib.services.ports.walks import Walk
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import WalkRow, seconds

_WALKS = "WALKS"
_KEPT: Instant = 30 * 86_400_000
"""After its last step: so long a message can be taken back by its name."""


class DynamoWalks:
    """ports.Walks."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def walk(self, program: str, walk: str) -> Walk | None:
        row = self._dynamo.get(WalkRow, _WALKS, f"{program}#{walk}")
        return None if row is None else msgspec.json.decode(row.body, type=Walk)

    def put_walk(self, walk: Walk) -> bool:
        is_first = walk.revision == 1
        unchanged: Condition = WalkRow.pk.does_not_exist() if is_first else WalkRow.revision == walk.revision - 1
        row = WalkRow(
            pk=_WALKS,
            sk=f"{walk.program}#{walk.id}",
            body=msgspec.json.encode(walk).decode(),
            revision=walk.revision,
            ends_at=seconds(max(walk.moved_at, walk.started_at, walk.rests_until) + _KEPT),
        )
        return not self._dynamo.write(Put(row, only_if=unchanged))

    def walks(self) -> Sequence[Walk]:
        return [msgspec.json.decode(row.body, type=Walk) for row in self._dynamo.query(WalkRow, _WALKS)]
