"""A CSV file as it comes: plain or gzip, comma, semicolon or tab; every trouble with its line and column."""

import csv
import gzip
import itertools
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Self, cast
from zoneinfo import ZoneInfo

from chalicelib.errors import Malformed
from chalicelib.events import Instant
from chalicelib.money import exponent, minor_units

_GZIP = b"\x1f\x8b"
_SHOWN = 40


class BrokenLine(Exception):
    """A line that cannot be understood: where, what stands there, and what was expected."""

    def __init__(self, file: str, line: int, column: str, value: str, expected: str) -> None:
        shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
        place = f"{file}, line {line:,}" + (f", column {column}" if column else "")
        super().__init__(
            f"{place}: expected {expected}, found {shown!r}" if value or column else f"{place}: {expected}"
        )


@dataclass(slots=True)
class Reading:
    """What reading came to.

    rows: lines read, without the heading      left_out: rows that are no sale and no return, by reason
    broken: lines that were skipped because nobody could understand them
    """

    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first line in the file and its values by column."""

    file: str
    line: int
    values: Mapping[str, str]

    def text(self, *columns: str) -> str:
        """The first of these columns that says something; "" when none does."""
        return next((value for column in columns if (value := self.values.get(column, "").strip())), "")

    def broken(self, column: str, expected: str) -> BrokenLine:
        """What to raise for a value that is not what it should be."""
        return BrokenLine(self.file, self.line, column, self.values.get(column, ""), expected)

    def needed(self, column: str, what: str) -> str:
        """A value that must be there. Raises BrokenLine."""
        if not (value := self.text(column)):
            raise self.broken(column, what)
        return value

    def money(self, column: str, currency: str) -> int:
        """An amount in minor units; 0 for an empty or missing one. Raises BrokenLine."""
        if not (value := self.text(column)):
            return 0
        try:
            return minor_units(value, currency)
        except Malformed as err:
            digits = exponent(currency)
            raise self.broken(column, f"an amount in {currency} such as {'45.20' if digits else '45'}") from err

    def decimal(self, column: str) -> Decimal:
        """A number, such as a quantity or the price of one piece. Raises BrokenLine."""
        try:
            value = Decimal(self.needed(column, "a number"))
        except InvalidOperation as err:
            raise self.broken(column, "a number") from err
        if not value.is_finite() or abs(value) > 10**12:
            raise self.broken(column, "a number")
        return value

    def currency(self, column: str, otherwise: str) -> str:
        """An ISO 4217 code; `otherwise` where the file says none. Raises BrokenLine."""
        code = self.text(column) or otherwise
        try:
            exponent(code)
        except Malformed as err:
            raise self.broken(column, "a currency code such as EUR") from err
        return code

    def moment(self, column: str, formats: Sequence[str], zone: ZoneInfo, example: str) -> Instant:
        """When it was; without an offset on the clocks of `zone`. "iso" among the formats takes ISO 8601.

        Raises BrokenLine.
        """
        value = self.needed(column, f"a date such as {example}")
        for form in formats:
            try:
                when = datetime.fromisoformat(value) if form == "iso" else datetime.strptime(value, form)  # noqa: DTZ007
            except ValueError:
                continue
            if not 1971 <= when.year < 2200:
                break
            return int((when if when.tzinfo else when.replace(tzinfo=zone)).timestamp() * 1_000)
        raise self.broken(column, f"a date such as {example}")


class Table:
    """The rows of a file, and its columns."""

    def __init__(self, name: str, raw: IO[bytes]) -> None:
        self.name = name
        self._lines = _Lines(name, raw)
        heading = next(self._lines, "")
        delimiter = max(",;\t", key=heading.count)
        self._reader = csv.reader(itertools.chain([heading], self._lines), delimiter=delimiter, strict=True)
        self.columns = [column.strip() for column in self._next() or []]
        if not any(self.columns):
            raise BrokenLine(self.name, 1, "", "", "the file is empty; the first line must name the columns")

    def rows(self, reading: Reading, *, skip: bool) -> Iterator[Row]:
        """All rows that are not blank. skip: note broken ones instead of raising BrokenLine."""
        while True:
            began = self._lines.number + 1
            try:
                values = self._next()
                if values is None:
                    return
                if not any(values):
                    continue
                reading.rows += 1
                if len(values) != len(self.columns):
                    said = f"expected {len(self.columns)} values, found {len(values)}"
                    raise BrokenLine(self.name, began, "", "", said)
            except BrokenLine as err:
                if not skip:
                    raise
                reading.broken.append(str(err))
                continue
            yield Row(self.name, began, dict(zip(self.columns, values, strict=True)))

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as err:
            raise BrokenLine(self.name, self._lines.number, "", "", f"this is not CSV: {err}") from err
        except (OSError, EOFError, zlib.error) as err:
            raise BrokenLine(self.name, self._lines.number, "", "", "the file ends too early or is damaged") from err


class _Lines:
    """Decoded lines; after one that is no text the next one still comes."""

    def __init__(self, name: str, raw: IO[bytes]) -> None:
        self._name, self._raw, self.number = name, raw, 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._raw.readline()
        if not line:
            raise StopIteration
        self.number += 1
        try:
            return line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError as err:
            raise BrokenLine(self._name, self.number, "", "", "expected text in UTF-8") from err


def opened(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked where it is packed, whatever its name."""
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP
    return cast(IO[bytes], gzip.open(path, "rb")) if is_packed else path.open("rb")
