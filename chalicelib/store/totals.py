"""Day totals in DynamoDB: one row for each day that is over, and exact."""

from collections.abc import Sequence

import msgspec

from chalicelib.ledger.totals import DayTotal, Flow
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import ClosedDayRow


class DynamoTotals:
    """ports.totals.Totals."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def close(self, program: str, total: DayTotal) -> None:
        row = ClosedDayRow(
            pk=_key(program, total.currency),
            sk=f"SUM#{total.day}",
            opening=total.opening,
            ended=total.ended,
            closing=total.closing,
            **msgspec.structs.asdict(total.flow),
        )
        self._dynamo.write(Put(row))

    def closed(self, program: str, currency: str, since: str, until: str) -> Sequence[DayTotal]:
        rows = self._dynamo.query(ClosedDayRow, _key(program, currency), starts="SUM#")
        return [total for total in map(_closed, rows) if since <= total.day <= until]

    def last_closed(self, program: str, currency: str) -> DayTotal | None:
        rows = self._dynamo.query(ClosedDayRow, _key(program, currency), starts="SUM#", newest_first=True, limit=1)
        return _closed(rows[0]) if rows else None


def _key(program: str, currency: str) -> str:
    return f"P#{program}#T#{currency}"


def _flow(row: ClosedDayRow) -> Flow:
    return Flow(*(getattr(row, name) or 0 for name in Flow.__struct_fields__))


def _closed(row: ClosedDayRow) -> DayTotal:
    _, currency = row.pk.rsplit("#", 1)
    day = row.sk.removeprefix("SUM#")
    return DayTotal(day, currency, row.opening, _flow(row), row.ended, row.closing, is_exact=True)
