"""The journal's canonical text and its hash chain.

The text of an entry is what is stored and what is hashed, byte for byte, so that no later change of code can make an
untouched entry look edited. It is ASCII JSON with sorted keys and no blanks; its version is inside. Golden texts are
kept in tests/ledger: an encoding that was ever stored is read for ever.

Instants of cells are mostly local midnights: a whole minute is written as minutes since 1970, any other instant as
negative milliseconds. Lists of cells are flat, and each instant is written as what lies between it and the one before.
That keeps an entry with a year of monthly cells below one kilobyte, which is one write unit.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.journal import Cell, Entry, Hold, Leg, Maturing, Purse, Rolled, Snapshot, Tier

_VERSION = 1
_MINUTE = 60_000
_What = TypeVar("_What")
_TIMES = {"cell": 1, "maturing": 2, "held": 2}
"""How many instants a leg has: a cell its end, points on the way and held ones their end and day, a total none."""


def seal(entry: Entry) -> Entry:
    """The entry with its hash: SHA-256 over the canonical text, which holds `prev`."""
    return msgspec.structs.replace(entry, hash=digest(encode(entry)))


def digest(line: str) -> str:
    """Hash of a canonical text, as stored: unpadded base64url of SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(line.encode()).digest()).rstrip(b"=").decode("ascii")


def encode(entry: Entry) -> str:
    """The canonical text of an entry, without its hash."""
    body = {
        "v": _VERSION,
        "a": entry.account,
        "n": entry.seq,
        "t": entry.at,
        "o": entry.occurred_at,
        "k": entry.kind,
        "d": entry.document,
        "nm": entry.name,
        "e": entry.event,
        "by": entry.actor,
        "pv": entry.version,
        "r": list(entry.rules),
        "l": [_leg(leg, entry.document) for leg in entry.legs],
        "m": [[move.metric, _time(move.leaves), move.points] for move in entry.rolled],
        "s": _snapshot(entry.snap),
        "p": entry.prev,
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def decode(line: str, hashed: str) -> Entry:
    """The entry of a stored text. Does not check the hash: the checker does.

    Raises: Broken when the text is of an unknown version or no entry at all, down to the type of every number: what
    comes out can be added up, whoever wrote it.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(_entry(json.loads(line), hashed)), Entry)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, msgspec.MsgspecError) as err:
        raise Broken("unreadable_entry") from err


class _Written(msgspec.Struct):
    t: Instant


def written_at(line: str) -> Instant:
    """When an entry was written, from its stored text, without reading the rest. Raises Broken."""
    try:
        return msgspec.json.decode(line, type=_Written).t
    except msgspec.MsgspecError as err:
        raise Broken("unreadable_entry") from err


def _entry(body: dict[str, Any], hashed: str) -> Entry:
    if body["v"] != _VERSION:
        raise Broken("unknown_entry_version", version=str(body["v"]))
    return Entry(
        account=AccountId(body["a"]),
        seq=body["n"],
        at=body["t"],
        occurred_at=body["o"],
        kind=body["k"],
        document=Reference(body["d"]),
        name=body["nm"],
        event=body["e"],
        actor=body["by"],
        version=body["pv"],
        rules=tuple(body["r"]),
        legs=tuple(_read_leg(leg, body["d"]) for leg in body["l"]),
        rolled=tuple(Rolled(metric, _read_time(leaves), points) for metric, leaves, points in body["m"]),
        snap=_read_snapshot(body["s"]),
        prev=body["p"],
        hash=hashed,
    )


def _time(instant: Instant) -> int:
    return -instant if instant % _MINUTE else instant // _MINUTE


def _read_time(number: int) -> Instant:
    return -number if number < 0 else number * _MINUTE


def _leg(leg: Leg, own: Reference) -> list[str | int]:
    """Held points name their redemption, unless it is the entry's own document."""
    times = [_time(instant) for instant in (leg.ends, leg.at) if instant is not None]
    return [leg.place, leg.currency, leg.points, *times, *([leg.document] if leg.document not in (None, own) else [])]


def _read_leg(row: Sequence[Any], own: Reference) -> Leg:
    place, currency, points, *times = row
    document = own if place == "held" else None
    if place == "held" and isinstance(times[-1], str):
        document = Reference(times.pop())
    if len(times) != _TIMES.get(place, 0):
        raise ValueError("a leg of another shape")
    instants = [_read_time(number) for number in times]
    return Leg(
        place,
        currency,
        points,
        ends=instants[0] if instants else None,
        at=instants[1] if len(instants) > 1 else None,
        document=document,
    )


def _dated(pairs: Iterable[tuple[Instant, _What]]) -> Iterator[int | _What]:
    """Ascending instants with what belongs to each, flat."""
    before = 0
    for instant, what in pairs:
        yield _time(instant - before)
        yield what
        before = instant


def _read_dated(row: Sequence[Any]) -> Iterator[tuple[Instant, Any]]:
    instant = 0
    for number, what in zip(row[::2], row[1::2], strict=True):
        instant += _read_time(number)
        yield instant, what


def _cells(cells: Iterable[Cell]) -> list[int]:
    return list(_dated((cell.ends, cell.points) for cell in cells))


def _read_cells(row: Sequence[Any]) -> tuple[Cell, ...]:
    return tuple(Cell(ends, points) for ends, points in _read_dated(row))


def _purse(purse: Purse) -> dict[str, Any]:
    maturing = [number for part in purse.maturing for number in (_time(part.at), _time(part.ends), part.points)]
    body: dict[str, Any] = {
        "c": _cells(purse.cells),
        "w": maturing,
        "h": [[_time(hold.until), hold.document, *_cells(hold.cells)] for hold in purse.holds],
        "b": purse.debt,
        "t": [purse.issued, purse.redeemed, purse.expired, purse.taken_back],
        "x": purse.transferred,
    }
    return {key: value for key, value in body.items() if value}


def _read_purse(body: dict[str, Any]) -> Purse:
    row = body.get("w", [])
    maturing = tuple(
        Maturing(_read_time(at), _read_time(ends), points)
        for at, ends, points in zip(row[::3], row[1::3], row[2::3], strict=True)
    )
    issued, redeemed, expired, taken_back = body.get("t", (0, 0, 0, 0))
    return Purse(
        cells=_read_cells(body.get("c", [])),
        maturing=maturing,
        holds=tuple(
            Hold(_read_time(until), document, _read_cells(cells)) for until, document, *cells in body.get("h", [])
        ),
        debt=body.get("b", 0),
        issued=issued,
        redeemed=redeemed,
        expired=expired,
        taken_back=taken_back,
        transferred=body.get("x", 0),
    )


def _snapshot(snap: Snapshot) -> dict[str, Any]:
    body: dict[str, Any] = {
        "o": snap.opened,
        "st": snap.status,
        "to": snap.merged_to,
        "p": {currency: _purse(purse) for currency, purse in snap.purses.items()},
        "m": {name: _cells(cells) for name, cells in snap.metrics.items()},
        "t": _tier(snap.tier),
    }
    return {key: value for key, value in body.items() if value}


def _read_snapshot(body: dict[str, Any]) -> Snapshot:
    to = body.get("to")
    return Snapshot(
        opened=body.get("o", 0),
        status=body["st"],
        merged_to=None if to is None else AccountId(to),
        purses={currency: _read_purse(purse) for currency, purse in body.get("p", {}).items()},
        metrics={name: _read_cells(cells) for name, cells in body.get("m", {}).items()},
        tier=_read_tier(body.get("t", [])),
    )


def _tier(tier: Tier) -> list[Any]:
    if tier == Tier():
        return []
    assert tier.changes[-1] == (tier.since, tier.level)
    return [0 if tier.lapses is None else _time(tier.lapses), *_dated(tier.changes)]


def _read_tier(row: Sequence[Any]) -> Tier:
    if not row:
        return Tier()
    lapses, *rest = row
    changes = tuple(_read_dated(rest))
    since, level = changes[-1]
    return Tier(level, since, _read_time(lapses) if lapses else None, changes)
