"""What Google Wallet knows of the cards, in DynamoDB."""

import hashlib

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.events import Instant
from chalicelib.services.ports.google import GoogleState, Told
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import GoogleClassRow, GoogleRow, NonceRow, seconds

_GOOGLE = "GOOGLE"
_CLASS = "CLASS"
_NONCE = "NONCE"


class DynamoGoogleCards:
    """ports.google.GoogleCards."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def state(self, serial: str) -> GoogleState | None:
        row = self._dynamo.get(GoogleRow, f"C#{serial}", _GOOGLE)
        return None if row is None else msgspec.json.decode(row.body, type=GoogleState)

    def put_state(self, state: GoogleState) -> bool:
        return not self._dynamo.write(_put(state))

    def put_told(self, state: GoogleState, *, nonce: str, ends_at: Instant) -> Told:
        digest = hashlib.sha256(nonce.encode()).hexdigest()
        used = NonceRow(pk=f"N#{digest}", sk=_NONCE, ends_at=seconds(ends_at))
        failed = self._dynamo.write(Put(used, only_if=NonceRow.pk.does_not_exist()), _put(state))
        if 0 in failed:
            return Told.REPEATED
        return Told.MOVED if failed else Told.WRITTEN

    def class_face(self, name: str) -> str:
        row = self._dynamo.get(GoogleClassRow, f"G#{name}", _CLASS)
        return "" if row is None else row.face

    def put_class_face(self, name: str, face: str) -> None:
        self._dynamo.write(Put(GoogleClassRow(pk=f"G#{name}", sk=_CLASS, face=face)))


def _put(state: GoogleState) -> Put:
    is_first = state.revision == 1
    unchanged: Condition = GoogleRow.pk.does_not_exist() if is_first else GoogleRow.revision == state.revision - 1
    body = msgspec.json.encode(state).decode()
    return Put(GoogleRow(pk=f"C#{state.serial}", sk=_GOOGLE, body=body, revision=state.revision), only_if=unchanged)
