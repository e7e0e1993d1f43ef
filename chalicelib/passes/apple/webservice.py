"""The web service that phones call: register, unregister, list what changed, fetch, and complain.

Source: developer.apple.com/documentation/walletpasses/adding-a-web-service-to-update-passes. Each handler takes what
stood in the request and returns the answer; TryAgain of the ports passes through. Nothing is read from the store
before the token is checked; wrong tokens, unknown serials and other pass types are answered alike.

A phone remembers the tag of a list before it has fetched what stood there, and forgets a pass that it could not fetch
for a while. So a list also has what its device is not known to have fetched (docs/decisions/0031).
"""

import logging
import re
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from chalicelib.errors import Malformed, TryAgain
from chalicelib.events import Instant
from chalicelib.passes.apple.authentication import is_genuine
from chalicelib.passes.apple.devicelog import lines_of
from chalicelib.passes.apple.freshness import ALLOWANCE, is_unmodified, last_modified, since_tag, tag_of
from chalicelib.passes.apple.package import MEDIA_TYPE
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card, Cards, Clock, Held, Registration

_log = logging.getLogger(__name__)

REGISTRATION_BYTES = 4_096
ASKING: Instant = 60_000
"""So long after its list a device may be the one that fetches: the request does not say who asks."""

_DEVICE = re.compile(r"[\x21-\x7e]{1,128}")
_PUSH_TOKEN = re.compile(r"[\x21-\x7e]{1,512}")


class RenderedPass(msgspec.Struct, frozen=True):
    """A signed pass and the card's `changed_at` that it includes, read before the face was."""

    data: bytes
    changed_at: Instant


class _Enrolment(msgspec.Struct):
    push_token: str = msgspec.field(name="pushToken")


_UNTRUSTED = Answer(401)


class WebService(msgspec.Struct, frozen=True):
    """Apple's five calls.

    render: the signed pass of a card and pass type, of now
    pass_types: of a program: that of its new cards, and those under which cards may still be out
    token_key: the issuer's      on_log: takes the lines of complaints
    """

    cards: Cards
    clock: Clock
    render: Callable[[Card, str], RenderedPass]
    pass_types: Callable[[str], Sequence[str]]
    token_key: bytes
    on_log: Callable[[Sequence[str]], None]

    def register(self, device: str, pass_type: str, serial: str, *, authorization: str | None, body: bytes) -> Answer:
        """POST devices/{device}/registrations/{pass type}/{serial}: 201 new, 200 known; the push token is replaced.

        400 for a body without a usable push token.
        """
        if self._held(pass_type, serial, authorization) is None:
            return _UNTRUSTED
        push_token = _push_token(body)
        if push_token is None or not _DEVICE.fullmatch(device):
            return Answer(400)
        is_new = self.cards.register(Registration(device, serial, pass_type, push_token, self.clock.now()))
        return Answer(201 if is_new else 200)

    def unregister(self, device: str, pass_type: str, serial: str, *, authorization: str | None) -> Answer:
        """DELETE the same address: 200, also when there was nothing to remove or the card is gone."""
        if not self._is_proved(serial, authorization):
            return _UNTRUSTED
        self.cards.unregister(device, pass_type, serial)
        return Answer(200)

    def updates(self, device: str, pass_type: str, *, since: str | None) -> Answer:
        """GET devices/{device}/registrations/{pass type}: every serial to fetch, 204 for none.

        The device id is the secret here: Apple sends no token. Unknown devices have no updates.
        """
        if not _DEVICE.fullmatch(device):
            return Answer(204)
        now = self.clock.now()
        after = since_tag(since, now)
        listed = [each for each in self.cards.registered(device, pass_type) if self._is_new(each, after)]
        if not listed:
            return Answer(204)
        for registration in listed:
            self._mark(partial(self.cards.mark_listed, registration, now))
        said = {"serialNumbers": [each.serial for each in listed], "lastUpdated": tag_of(now, after)}
        return Answer(200, {"Content-Type": "application/json"}, msgspec.json.encode(said))

    def latest(
        self,
        pass_type: str,
        serial: str,
        *,
        authorization: str | None,
        if_modified_since: str | None,
        is_head: bool = False,
    ) -> Answer:
        """GET or HEAD passes/{pass type}/{serial}: the pass of now, or 304 when the phone's copy has every change."""
        held = self._held(pass_type, serial, authorization)
        if held is None:
            return _UNTRUSTED
        now, told = self.clock.now(), held.card.changed_at
        headers, body = {"Content-Type": MEDIA_TYPE}, b""
        if is_unmodified(told, if_modified_since):
            status, headers = 304, {}
        elif is_head:
            status = 200
        else:
            rendered = self.render(held.card, pass_type)
            status, told, body = 200, rendered.changed_at, rendered.data
        if status == 304 or not is_head:  # whoever is told that nothing is newer has it
            self._note_fetch(held, told, now)
        headers |= {"Last-Modified": last_modified(told), "Cache-Control": "no-store"}
        return Answer(status, headers, body)

    def log(self, body: bytes) -> Answer:
        """POST log: 200 for any JSON, 400 for anything else."""
        try:
            lines = lines_of(body)
        except Malformed:
            return Answer(400)
        if lines:
            self.on_log(lines)
        return Answer(200)

    def _held(self, pass_type: str, serial: str, authorization: str | None) -> Held | None:
        """The card and its holders, if the phone proved that it holds the pass."""
        if not self._is_proved(serial, authorization):
            return None
        held = self.cards.held(serial)
        return held if held is not None and pass_type in self.pass_types(held.card.program) else None

    def _is_proved(self, serial: str, authorization: str | None) -> bool:
        """Whether the phone holds the pass of this serial. Who guesses is counted in the log, and costs no read."""
        is_proved = is_genuine(authorization, self.token_key, serial)
        if not is_proved:
            _log.info("pass_token_refused")
        return is_proved

    def _is_new(self, registration: Registration, after: Instant) -> bool:
        """Whether a device must fetch a card: it changed since, or what it changed to was never seen to arrive."""
        held = self.cards.held(registration.serial)
        if held is None:
            return False
        fetched_at = max((each.fetched_at for each in held.holders if _is_same(each, registration)), default=0)
        return held.card.changed_at > min(after, fetched_at)

    def _note_fetch(self, held: Held, changed_at: Instant, now: Instant) -> None:
        """Record that a device has the change of `changed_at`.

        The change's own instant is noted, not the time: a later change is then never taken for fetched, however the
        clocks differ. The request names no device: it is the one that has just been given the list. Where several
        have, nobody is noted, because one that is noted and gave up would never be told again.
        """
        asking = [each for each in held.holders if each.listed_at >= max(now - ASKING, changed_at - ALLOWANCE)]
        if len(asking) == 1 and asking[0].fetched_at < changed_at:
            self._mark(partial(self.cards.mark_fetched, asking[0], changed_at, now))
            _log.info("fetched", extra={"facts": way_of(asking[0], held.card.pushed_at, changed_at, now)})

    def _mark(self, noted: Callable[[], None]) -> None:
        try:
            noted()
        except TryAgain:
            return  # a figure for operators never keeps an update from a phone


def _is_same(one: Registration, other: Registration) -> bool:
    return (one.device, one.pass_type) == (other.device, other.pass_type)


def way_of(device: Registration, pushed_at: Instant, changed_at: Instant, now: Instant) -> dict[str, str | int]:
    """How a change travelled, in milliseconds: a step that did not happen since the change is left out."""
    facts: dict[str, str | int] = {"card": device.serial, "changed_to_fetched": now - changed_at}
    if changed_at <= pushed_at <= device.listed_at:
        facts["pushed_to_listed"] = device.listed_at - pushed_at
    if device.listed_at >= changed_at:
        facts["listed_to_fetched"] = max(0, now - device.listed_at)
    return facts


def _push_token(body: bytes) -> str | None:
    if len(body) > REGISTRATION_BYTES:
        return None
    try:
        token = msgspec.json.decode(body, type=_Enrolment).push_token
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return token if _PUSH_TOKEN.fullmatch(token) else None
