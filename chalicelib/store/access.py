"""Keys of the stores' API in DynamoDB."""

from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.services.ports.access import ApiKey
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import ApiKeyRow, KeyUseRow

_KEY = "API"
_USED = "USED"


class DynamoAccess:
    """ports.Access."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo
        self._noted: dict[str, str] = {}  # what this container knows to be written: a till asks all day long

    def key(self, key_id: str) -> ApiKey | None:
        row = self._dynamo.get(ApiKeyRow, _place(key_id), _KEY)
        return None if row is None else _read(row)

    def all_keys(self) -> Sequence[ApiKey]:
        return [_read(row) for row in self._dynamo.scan(ApiKeyRow, starts=_place(""))]

    def put_key(self, key: ApiKey, *, was: ApiKey | None) -> bool:
        row = ApiKeyRow(pk=_place(key.id), sk=_KEY, body=_text(key))
        if was is None:
            return not self._dynamo.write(Put(row, only_if=ApiKeyRow.pk.does_not_exist()))
        stored = self._dynamo.get(ApiKeyRow, _place(key.id), _KEY)
        if stored is None or _read(stored) != was:
            return False
        # The text as it stands: another version may have written it with more fields, or with fewer.
        return not self._dynamo.write(Put(row, only_if=ApiKeyRow.body == stored.body))

    def note_use(self, key_id: str, day: str) -> None:
        if self._noted.get(key_id, "") >= day:
            return
        row = KeyUseRow(pk=f"U#{key_id}", sk=_USED, day=day)
        known = self._dynamo.get(KeyUseRow, row.pk, _USED, strong=False)
        if known is None or known.day < day:
            # Another container may have written it meanwhile: its word is as good.
            self._dynamo.write(Put(row, only_if=KeyUseRow.pk.does_not_exist() | (KeyUseRow.day < day)))
        self._noted[key_id] = day

    def last_uses(self) -> Mapping[str, str]:
        return {row.pk.removeprefix("U#"): row.day for row in self._dynamo.scan(KeyUseRow, starts="U#")}


def _place(key_id: str) -> str:
    return f"K#{key_id}"


def _text(key: ApiKey) -> str:
    return msgspec.json.encode(key).decode()


def _read(row: ApiKeyRow) -> ApiKey:
    return msgspec.json.decode(row.body, type=ApiKey)
