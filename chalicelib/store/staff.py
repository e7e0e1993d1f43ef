"""Those who work at the till, in DynamoDB: who they are, and how often somebody tried to sign in under a name."""

from collections.abc import Sequence

import msgspec

from chalicelib.services.ports.access import StaffUser, Tries
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import StaffRow, TriesRow, ttl

_STAFF = "STAFF#"
_TRIES = "TRIES"


class DynamoStaff:
    """ports.access.Staff."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def staff(self, program: str, name: str) -> StaffUser | None:
        row = self._dynamo.get(StaffRow, _crew(program), f"{_STAFF}{name}")
        return None if row is None else _read(row)

    def all_staff(self, program: str) -> Sequence[StaffUser]:
        return [_read(row) for row in self._dynamo.query(StaffRow, _crew(program), starts=_STAFF)]

    def put_staff(self, user: StaffUser, *, was: StaffUser | None) -> bool:
        row = StaffRow(pk=_crew(user.program), sk=f"{_STAFF}{user.name}", body=msgspec.json.encode(user).decode())
        if was is None:
            return not self._dynamo.write(Put(row, only_if=StaffRow.pk.does_not_exist()))
        stored = self._dynamo.get(StaffRow, row.pk, row.sk)
        if stored is None or _read(stored) != was:
            return False
        # The text as it stands: another version may have written it with more fields, or with fewer.
        return not self._dynamo.write(Put(row, only_if=StaffRow.body == stored.body))

    def tries(self, program: str, who: str) -> Tries | None:
        row = self._dynamo.get(TriesRow, _tried(program, who), _TRIES)
        return None if row is None else Tries(row.tried, row.wait_until, row.over_at)

    def put_tries(self, program: str, who: str, tries: Tries, *, was: Tries | None) -> bool:
        row = TriesRow(
            pk=_tried(program, who),
            sk=_TRIES,
            tried=tries.count,
            wait_until=tries.until,
            over_at=tries.ends_at,
            ends_at=ttl(tries.ends_at),
        )
        unchanged = (
            TriesRow.pk.does_not_exist()
            if was is None
            else (TriesRow.tried == was.count) & (TriesRow.wait_until == was.until) & (TriesRow.over_at == was.ends_at)
        )
        return not self._dynamo.write(Put(row, only_if=unchanged))


def _crew(program: str) -> str:
    """One partition, so that an owner's list costs its own rows and not the table, which anybody's tries fill."""
    return f"S#{program}"


def _tried(program: str, who: str) -> str:
    return f"T#{program}#{who}"


def _read(row: StaffRow) -> StaffUser:
    return msgspec.json.decode(row.body, type=StaffUser)
