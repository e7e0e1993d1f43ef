"""What the phones' complaints mean, and who is woken by them.

The texts are Wallet's own, as they were seen by those who run web services:
github.com/tschoffelen/php-pkpass/issues/76 (no date), .../112 (signature), github.com/drallgood/jpasskit/issues/369
(pass type), .../97 (pass data), .../253 (dates), stackoverflow.com/questions/15581586 (unchanged),
github.com/alexandercerutti/passkit-webservice-toolkit/issues/2 (answers).
"""

import logging
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec

from chalicelib.events import Instant
from chalicelib.services.ports import Alarm, Clock

Kind = Literal[
    "pass_type",
    "signature",
    "strings",
    "date",
    "pass_data",
    "no_last_modified",
    "date_ignored",
    "tag",
    "answer",
    "response_code",
    "refused",
    "unchanged",
    "needless_push",
    "unregistered",
    "network",
    "other",
]

_WORDS: Mapping[Kind, str] = {
    "pass_type": r"passTypeIdentifier or teamIdentifier|pass type .*(mismatch|does not match)",
    "signature": r"signature|certificate|manifest|trust chain",
    "strings": r"pass\.strings|strings file|locali[sz]ation",
    "date": r"unable to parse .* as a date|W3C date",
    "pass_data": r"invalid pass data|invalid data|pass is invalid|pass cannot be read",
    "no_last_modified": r"did not provide a 'last-modified' header",
    "date_ignored": r"ignored the 'if-modified-since' header",
    "tag": r"lastUpdated tag|passesUpdatedSince tag",
    "unchanged": r"but the pass was unchanged",
    "needless_push": r"spurious push",
    "unregistered": r"unregistered serial number",
    "refused": r"authentication failure",
    "response_code": r"unexpected response code",
    "answer": r"malformed|missing response data|must be a (dictionary|string)|JSON",
    "network": r"timed out|connection|offline|SSL|could not be found|network",
}
"""What each kind is known by; the first that fits is meant."""

_KINDS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS.items())

OURS: Collection[Kind] = (
    "pass_type",
    "signature",
    "strings",
    "date",
    "pass_data",
    "no_last_modified",
    "date_ignored",
    "tag",
    "answer",
    "response_code",
)
"""What only we can mend. The others come of old passes, of lost ways and of phones that asked once too often."""

REST: Instant = 600_000
"""So long nobody is woken again by a kind of complaint: anybody can post complaints."""

_log = logging.getLogger(__name__)


def kind_of(line: str) -> Kind:
    """What a complaint is about."""
    return next((kind for kind, words in _KINDS if words.search(line)), "other")


class Complaints(msgspec.Struct):
    """Takes the clean lines of a log request. One for a container: it remembers whom it has woken."""

    alarm: Alarm
    clock: Clock
    _woken: dict[Kind, Instant] = msgspec.field(default_factory=dict)

    def __call__(self, lines: Sequence[str]) -> None:
        """Count the lines by kind; wake somebody for the kinds that are ours."""
        by_kind: dict[Kind, list[str]] = {}
        for line in lines:
            by_kind.setdefault(kind_of(line), []).append(line)
        now = self.clock.now()
        for kind, said in by_kind.items():
            facts: dict[str, str | int] = {"kind": kind, "lines": len(said), "says": said[0]}
            _log.warning("phones_complained", extra={"facts": facts})
            if kind in OURS and now >= self._woken.get(kind, 0):
                self._woken[kind] = now + REST
                self.alarm.raise_("phones_complain", kind=kind, lines=len(said))
