"""Tables at a terminal of any width: texts fold between words, and no id, date or path is cut."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

_GAP = 1
"""Signs between two columns."""
_INDENT = 4
_WORD = re.compile(r"\S+")


@dataclass(slots=True)
class Listing:
    """Rows under headings. Where even the longest words do not stand side by side, each row becomes a few lines.

    headings: one for each column, "" for none     right: those whose cells are numbers
    notes: what stands below a row over the whole width, by the row's place
    """

    headings: Sequence[str]
    right: frozenset[str] = frozenset()
    rows: list[list[Text]] = field(default_factory=list)
    notes: dict[int, Text] = field(default_factory=dict)

    def add_row(self, *cells: str, note: str = "") -> None:
        """One cell for each heading, as rich's markup; a line break stays one. note: over the whole width, below it"""
        if note:
            self.notes[len(self.rows)] = Text.from_markup(note)
        self.rows.append([Text.from_markup(cell) for cell in cells])

    def show(self, screen: Console) -> None:
        """A word that is longer than a whole line goes on behind its end: the terminal folds it, a file keeps it."""
        screen.print(self, highlight=False, crop=False)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """How rich draws it."""
        widths = self._widths(options.max_width)
        if widths is None:
            yield from self._blocks(options.max_width)
            return
        begun, is_headed = 0, True
        for after in sorted({*self.notes, len(self.rows) - 1}):
            yield self._table(widths, self.rows[begun : after + 1], is_headed=is_headed)
            if after in self.notes:
                yield self._note(after, options.max_width)
            begun, is_headed = after + 1, False

    def _table(self, widths: Sequence[int], rows: Sequence[Sequence[Text]], *, is_headed: bool) -> Table:
        gap = (0, _GAP, 0, 0)
        table = Table(box=None, pad_edge=False, header_style="dim", padding=gap, show_header=is_headed)
        for heading, width in zip(self.headings, widths, strict=True):
            table.add_column(heading, width=width, justify="right" if heading in self.right else "left")
        for row in rows:
            table.add_row(*row)
        return table

    def _note(self, row: int, room: int) -> Text:
        indent = " " * _INDENT
        lines = folded(self.notes[row], room - _INDENT).split("\n", allow_blank=True)
        return _uncut(Text("\n").join(Text.assemble(indent, line) for line in lines))

    def _widths(self, room: int) -> list[int] | None:
        """Of each column; None where its longest words need more room than there is."""
        columns = [[Text(heading), *column] for heading, *column in zip(self.headings, *self.rows, strict=True)]
        sizes = [[_size(cell) for cell in column] for column in columns]
        least = [max(size.minimum for size in column) for column in sizes]
        whole = [max(size.maximum for size in column) for column in sizes]
        spare = room - _GAP * (len(columns) - 1) - sum(least)
        if spare < 0:
            return None
        return _shared(least, whole, spare)

    def _blocks(self, room: int) -> Iterator[Text]:
        """A row as lines of its own: what has no heading stands before the first of them."""
        for at, row in enumerate(self.rows):
            lead = Text()
            for heading, cell in zip(self.headings, row, strict=True):
                if not heading:
                    lead = Text.assemble(lead, cell, " ")
                elif cell.plain:
                    yield folded(Text.assemble(lead, (f"{heading}: ", "dim"), cell), room)
                    lead = Text()
            if at in self.notes:
                yield self._note(at, room)
            yield Text()


def _shared(least: Sequence[int], whole: Sequence[int], spare: int) -> list[int]:
    """Widths between the least and the whole: who lacks little gets all of it, the others share what is left."""
    widths = list(least)
    by_lack = sorted(range(len(least)), key=lambda at: whole[at] - least[at])
    for at in by_lack:
        lacks = whole[at] - least[at]
        if lacks > spare or (lacks > spare // 2 and at != by_lack[-1]):
            break
        widths[at] += lacks
        spare -= lacks
    for _ in range(spare):
        lacks, at = max((whole[at] - width, -at) for at, width in enumerate(widths))
        if not lacks:
            break
        widths[-at] += 1
    return widths


def folded(text: Text, room: int) -> Text:
    """A text in lines that are broken between words alone."""
    broken = [piece for line in text.split("\n", allow_blank=True) for piece in line.divide(_breaks(line.plain, room))]
    for piece in broken:
        piece.rstrip()
    return _uncut(Text("\n").join(broken))


def _uncut(text: Text) -> Text:
    """As it is, however long its lines are."""
    text.no_wrap, text.overflow = True, "ignore"
    return text


def _breaks(line: str, room: int) -> list[int]:
    """Where the words stand that begin another line."""
    breaks, begun = [], 0
    for word in _WORD.finditer(line):
        if word.start() > begun and cell_len(line[begun : word.end()]) > room:
            begun = word.start()
            breaks.append(begun)
    return breaks


def _size(cell: Text) -> Measurement:
    """In columns: of its longest word, and of its longest line."""
    lines = cell.plain.split("\n")
    words = (cell_len(word) for line in lines for word in line.split())
    return Measurement(max(words, default=0), max(map(cell_len, lines)))
