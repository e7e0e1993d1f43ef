"""Keys of the stores' API in DynamoDB."""

from collections.abc import Sequence

import msgspec

from chalicelib.services.ports.access import ApiKey
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import ApiKeyRow

_KEY = "API"


class DynamoAccess:
    """ports.Access."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

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


def _place(key_id: str) -> str:
    return f"K#{key_id}"


def _text(key: ApiKey) -> str:
    return msgspec.json.encode(key).decode()


def _read(row: ApiKeyRow) -> ApiKey:
    return msgspec.json.decode(row.body, type=ApiKey)
