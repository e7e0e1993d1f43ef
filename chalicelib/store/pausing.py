"""What of a program stands still, beside its versions: whoever reads the program reads it with the same call.

Each pause is one row while it stands. Its lines in the trail have a partition of their own, so that no webhook pays for
reading them, and are never changed.
"""

from collections.abc import Iterable, Sequence

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.programs.pausing import Pause
from chalicelib.services.ports import PauseLine
from chalicelib.store.dynamo import Delete, Dynamo, Put
from chalicelib.store.tables import PauseLineRow, ProgramRow

PAUSES = "X#PAUSE#"
_TRAIL = "#PAUSES"


def standing(rows: Iterable[ProgramRow]) -> list[Pause]:
    """The pauses among a program's rows."""
    return [_read(row) for row in rows if row.sk.startswith(PAUSES)]


def paused(dynamo: Dynamo, program: str, pause: Pause, line: PauseLine, *, was: Pause | None) -> bool:
    """ports.Programs.put_pause. `program`: the key of its partition."""
    row = ProgramRow(pk=program, sk=_place(pause), text=_text(pause))
    unchanged: Condition | None = ProgramRow.pk.does_not_exist() if was is None else _stored(dynamo, program, was)
    return unchanged is not None and not dynamo.write(Put(row, only_if=unchanged), _line(program, line))


def lifted(dynamo: Dynamo, program: str, pause: Pause, line: PauseLine) -> bool:
    """ports.Programs.lift."""
    unchanged = _stored(dynamo, program, pause)
    if unchanged is None:
        return False
    return not dynamo.write(Delete(ProgramRow, program, _place(pause), only_if=unchanged), _line(program, line))


def trail(dynamo: Dynamo, program: str, *, limit: int) -> Sequence[PauseLine]:
    """ports.Programs.pause_trail."""
    rows = dynamo.query(PauseLineRow, f"{program}{_TRAIL}", newest_first=True, limit=limit)
    return [msgspec.json.decode(row.body, type=PauseLine) for row in rows]


def _stored(dynamo: Dynamo, program: str, pause: Pause) -> Condition | None:
    """That the row is still what says this pause, by its text as it stands: another version may have written it."""
    row = dynamo.get(ProgramRow, program, _place(pause))
    return ProgramRow.text == row.text if row is not None and _read(row) == pause else None


def _line(program: str, line: PauseLine) -> Put:
    place = f"{line.at:015d}#{line.did}#{line.what}#{line.connection}"
    return Put(PauseLineRow(pk=f"{program}{_TRAIL}", sk=place, body=msgspec.json.encode(line).decode()))


def _place(pause: Pause) -> str:
    return f"{PAUSES}{pause.what}#{pause.connection}"


def _read(row: ProgramRow) -> Pause:
    return msgspec.json.decode(row.text or "", type=Pause)


def _text(pause: Pause) -> str:
    return msgspec.json.encode(pause).decode()
