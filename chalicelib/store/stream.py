"""The journal's stream: every new entry is followed once it is in the table; anything else is an alarm.

The journal is the outbox: nothing that was committed can be forgotten. The stream repeats and may come late, so what
follows an entry reads the present and not the image.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from chalicelib import trace
from chalicelib.errors import Broken, TryAgain
from chalicelib.ledger.chain import decode
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.totals import flows
from chalicelib.services.ports import Alarm
from chalicelib.services.refreshing import Refresh

_log = logging.getLogger(__name__)
_TTL = "dynamodb.amazonaws.com"
"""The principal that removes items whose end has come."""


class JournalStream(msgspec.Struct, frozen=True):
    """Works off batches of the journal's stream, in Lambda's event shape. `then`: what else follows an entry."""

    refresh: Refresh
    alarm: Alarm
    then: Sequence[Callable[[str, Entry], None]] = ()

    def handle(self, event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
        """Follow the entries in order. The first that cannot be followed now is named, and sent again with the rest."""
        records: Sequence[Mapping[str, Any]] = event["Records"]
        for record in records:
            try:
                self._follow(record)
            except (TryAgain, Broken) as err:
                number = str(record["dynamodb"]["SequenceNumber"])
                _log.warning("entry_not_followed", extra={"facts": {"why": err.reason, "number": number}})
                if isinstance(err, Broken):
                    self.alarm.raise_("entry_not_followed", why=err.reason, number=number)
                return {"batchItemFailures": [{"itemIdentifier": number}]}
        return {"batchItemFailures": []}

    def _follow(self, record: Mapping[str, Any]) -> None:
        if record["eventName"] != "INSERT":
            self._changed(record)
            return
        try:
            program, entry = entry_of(record["dynamodb"]["NewImage"])
        except Broken as err:
            self.alarm.raise_("unreadable_entry", why=err.reason)
            return
        with trace.following(entry.event or entry.document, entry.at):
            self.refresh.follow(program, entry)
            for follow in self.then:
                follow(program, entry)
        for flow in flows(entry).values():
            given, taken = flow.issued + max(0, flow.adjusted), flow.redeemed + flow.taken_back + max(0, -flow.adjusted)
            _log.debug("points_moved", extra={"facts": {"program": program, "given": given, "taken": taken}})

    def _changed(self, record: Mapping[str, Any]) -> None:
        """Entries are never changed. The end of an unclaimed account's entries is the one removal that is meant."""
        by = record.get("userIdentity") or {}
        if record["eventName"] == "REMOVE" and by.get("principalId") == _TTL:
            return
        keys = record["dynamodb"]["Keys"]
        self.alarm.raise_("journal_tampered", key=keys["pk"]["S"], entry=keys["sk"]["S"], how=record["eventName"])


def entry_of(image: Mapping[str, Any]) -> tuple[str, Entry]:
    """The program and the entry of an item's image. Raises Broken."""
    try:
        program = image["pk"]["S"].split("#")[1]
        line, hashed = image["line"]["S"], image["hash"]["S"]
    except (KeyError, IndexError) as err:
        raise Broken("unreadable_entry") from err
    return program, decode(line, hashed)
