"""The checker's memory in a temporary SQLite file, which the system removes when it is closed."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.seals import Leaf
from chalicelib.ledger.sums import Moved
from chalicelib.services.ports.ledger import Viewed
from chalicelib.services.ports.tally import Head, Told

_TABLES = """
CREATE TABLE moved (reference TEXT, what TEXT, points INTEGER, account TEXT);
CREATE TABLE told (reference TEXT, owner TEXT, once TEXT);
CREATE TABLE limits (reference TEXT, wanted INTEGER, given INTEGER);
CREATE TABLE heads (
    account TEXT PRIMARY KEY, seq INTEGER, hash TEXT, at INTEGER, ends_at INTEGER, is_cut INTEGER, kin TEXT
) WITHOUT ROWID;
CREATE TABLE views (account TEXT PRIMARY KEY, seq INTEGER, hash TEXT) WITHOUT ROWID;
CREATE TABLE leaves (account TEXT PRIMARY KEY, seq INTEGER, hash TEXT, ends_at INTEGER) WITHOUT ROWID;
"""

# Both sides of a document in one sum: entries count up, the document counts down. An entry only names its document
# with "", so a document that nobody told is found even if its entries come to nothing.
_SUSPECTS = """
WITH suspects AS (
    SELECT reference FROM moved GROUP BY reference, what HAVING sum(points) <> 0
    UNION
    SELECT reference FROM moved WHERE reference NOT IN (SELECT reference FROM told)
    UNION
    SELECT DISTINCT moved.reference FROM moved JOIN told USING (reference)
    WHERE what = '' AND told.owner IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM told AS own WHERE own.reference = moved.reference AND own.owner = moved.account
    )
)
SELECT reference FROM suspects WHERE NOT EXISTS (
    SELECT 1 FROM told JOIN heads ON heads.account = told.owner WHERE told.reference = suspects.reference AND is_cut
) ORDER BY reference
"""

# Only people of whom two accounts became one can have been given a thing twice: everyone else's reference forbids it.
_TWICE = """
WITH RECURSIVE persons (account, root) AS (
    SELECT account, kin FROM heads WHERE kin <> ''
    UNION
    SELECT persons.account, heads.kin FROM persons JOIN heads ON heads.account = persons.root WHERE heads.kin <> ''
), final AS (
    SELECT account, root FROM persons WHERE NOT EXISTS (SELECT 1 FROM heads WHERE account = root AND kin <> '')
    UNION
    SELECT root, root FROM persons
)
SELECT root, once FROM final JOIN told ON told.owner = final.account
WHERE once <> '' GROUP BY root, once HAVING count(DISTINCT reference) > 1 ORDER BY root, once
"""

_OVERDRAWN = """
SELECT reference FROM limits GROUP BY reference HAVING sum(wanted) <> 0 OR sum(given) <> 0 ORDER BY reference
"""

_UNLIKE = """
SELECT account, ifnull(views.seq, 0), ifnull(views.hash, '') FROM heads LEFT JOIN views USING (account)
WHERE heads.seq IS NOT views.seq OR heads.hash IS NOT views.hash
UNION
SELECT account, seq, hash FROM views WHERE account NOT IN (SELECT account FROM heads) ORDER BY account
"""


class SqliteTally:
    """ports.Tally. To be closed; `with` does it."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("")  # no name: on disk, private, and gone when closed
        self._file.executescript(_TABLES)
        self._is_indexed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def journal(self, head: Head, moved: Iterable[Moved]) -> None:
        self._file.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?, ?, ?)", (*head[:-1], head.into or ""))
        self._file.executemany("INSERT INTO moved VALUES (?, ?, ?, ?)", ((*each, head.account) for each in moved))

    def document(self, told: Told, said: Iterable[Moved]) -> None:
        self._file.executemany(
            "INSERT INTO told VALUES (?, ?, ?)",
            ((told.reference, owner, told.once) for owner in (told.owners or (None,))),
        )
        self._file.executemany(
            "INSERT INTO moved VALUES (?, ?, ?, NULL)",
            ((each.reference, each.what, -each.points) for each in said),
        )

    def limit(self, cap: Reference, wanted: int, given: int) -> None:
        self._file.execute("INSERT INTO limits VALUES (?, ?, ?)", (cap, wanted, given))

    def view(self, viewed: Viewed) -> None:
        self._file.execute("INSERT OR REPLACE INTO views VALUES (?, ?, ?)", viewed)

    def seal(self, leaf: Leaf) -> None:
        self._file.execute("INSERT OR REPLACE INTO leaves VALUES (?, ?, ?, ?)", leaf)

    def sealed(self, account: AccountId) -> Leaf | None:
        row = self._file.execute("SELECT * FROM leaves WHERE account = ?", (account,)).fetchone()
        return None if row is None else Leaf(*row)

    def heads(self) -> Iterator[Head]:
        for account, seq, hashed, at, ends_at, is_cut, into in self._file.execute(
            "SELECT * FROM heads ORDER BY account"
        ):
            yield Head(account, seq, hashed, at, ends_at, bool(is_cut), into or None)

    def suspects(self) -> Iterator[Reference]:
        return (Reference(row[0]) for row in self._asked(_SUSPECTS))

    def journals_of(self, reference: Reference) -> Sequence[AccountId]:
        asked = "SELECT DISTINCT account FROM moved WHERE reference = ? AND account IS NOT NULL ORDER BY account"
        return [AccountId(row[0]) for row in self._file.execute(asked, (reference,))]

    def twice(self) -> Iterator[tuple[AccountId, str]]:
        return ((AccountId(account), once) for account, once in self._asked(_TWICE))

    def overdrawn(self) -> Iterator[Reference]:
        return (Reference(row[0]) for row in self._asked(_OVERDRAWN))

    def unlike(self) -> Iterator[Viewed]:
        return (Viewed(*row) for row in self._asked(_UNLIKE))

    def lost(self) -> Iterator[Leaf]:
        asked = "SELECT * FROM leaves WHERE account NOT IN (SELECT account FROM heads) ORDER BY account"
        return (Leaf(*row) for row in self._asked(asked))

    def _asked(self, question: str) -> sqlite3.Cursor:
        if not self._is_indexed:
            self._file.execute("CREATE INDEX by_document ON moved (reference, what, points, account)")
            self._file.execute("CREATE INDEX by_reference ON told (reference, owner)")
            self._file.execute("CREATE INDEX by_owner ON told (owner, once)")
            self._is_indexed = True
        return self._file.execute(question)
