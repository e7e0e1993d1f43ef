"""The web service that phones call: register, unregister, list what changed, fetch, and complain.

Source: developer.apple.com/documentation/walletpasses/adding-a-web-service-to-update-passes. Each handler takes what
stood in the request and returns the answer; TryAgain of the ports passes through. Nothing is read from the store
before the token is checked; wrong tokens, unknown serials and other pass types are answered alike.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from chalicelib.errors import Malformed, TryAgain
from chalicelib.events import Instant
from chalicelib.passes.apple.authentication import is_genuine
from chalicelib.passes.apple.devicelog import lines_of
from chalicelib.passes.apple.freshness import ALLOWANCE, is_unmodified, last_modified, since_tag, tag_of
from chalicelib.passes.apple.package import MEDIA_TYPE
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card, Cards, Clock, Registration

REGISTRATION_BYTES = 4_096

_DEVICE = re.compile(r"[\x21-\x7e]{1,128}")
_PUSH_TOKEN = re.compile(r"[\x21-\x7e]{1,512}")


@dataclass(frozen=True, slots=True)
class RenderedPass:
    """A signed pass and the card's `changed_at` that it includes, read before the face was."""

    data: bytes
    changed_at: Instant


class _Enrolment(msgspec.Struct):
    push_token: str = msgspec.field(name="pushToken")


_UNTRUSTED = Answer(401)


@dataclass(frozen=True, slots=True)
class WebService:
    """Apple's five calls, for one pass type.

    render: the signed pass of a serial, of now      token_key: the issuer's      on_log: takes the lines of complaints
    """

    cards: Cards
    clock: Clock
    render: Callable[[str], RenderedPass]
    pass_type: str
    token_key: bytes
    on_log: Callable[[Sequence[str]], None]

    def register(self, device: str, pass_type: str, serial: str, *, authorization: str | None, body: bytes) -> Answer:
        """POST devices/{device}/registrations/{pass type}/{serial}: 201 new, 200 known; the push token is replaced.

        400 for a body without a usable push token.
        """
        if self._card(pass_type, serial, authorization) is None:
            return _UNTRUSTED
        push_token = _push_token(body)
        if push_token is None or not _DEVICE.fullmatch(device):
            return Answer(400)
        is_new = self.cards.register(Registration(device, serial, pass_type, push_token, self.clock.now()))
        return Answer(201 if is_new else 200)

    def unregister(self, device: str, pass_type: str, serial: str, *, authorization: str | None) -> Answer:
        """DELETE the same address: 200, also when there was nothing to remove or the card is gone."""
        if pass_type != self.pass_type or not is_genuine(authorization, self.token_key, serial):
            return _UNTRUSTED
        self.cards.unregister(device, pass_type, serial)
        return Answer(200)

    def updates(self, device: str, pass_type: str, *, since: str | None) -> Answer:
        """GET devices/{device}/registrations/{pass type}: every serial changed since the tag, 204 for none.

        The device id is the secret here: Apple sends no token. Unknown devices have no updates.
        """
        if pass_type != self.pass_type or not _DEVICE.fullmatch(device):
            return Answer(204)
        now = self.clock.now()
        after = since_tag(since, now)
        newest, changed = 0, []
        for registration in self.cards.registered(device, pass_type):
            card = self.cards.card(registration.serial)
            if card is not None and card.changed_at > after:
                newest = max(newest, card.changed_at)
                changed.append(registration)
        if not changed:
            return Answer(204)
        for registration in changed:
            self._mark(replace(registration, listed_at=now))
        said = {"serialNumbers": [each.serial for each in changed], "lastUpdated": tag_of(newest)}
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
        card = self._card(pass_type, serial, authorization)
        if card is None:
            return _UNTRUSTED
        now, told = self.clock.now(), card.changed_at
        headers, body = {"Content-Type": MEDIA_TYPE}, b""
        if is_unmodified(told, if_modified_since):
            status, headers = 304, {}
        elif is_head:
            status = 200
        else:
            rendered = self.render(serial)
            # The older of the two instants: a change between the two reads is fetched once more rather than lost.
            status, told, body = 200, min(told, rendered.changed_at), rendered.data
        if not is_head:
            self._note_fetch(serial, told)
        headers |= {"Last-Modified": last_modified(told, now), "Cache-Control": "no-store"}
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

    def _card(self, pass_type: str, serial: str, authorization: str | None) -> Card | None:
        """The card, if the phone proved that it holds its pass."""
        is_proved = is_genuine(authorization, self.token_key, serial)
        if not is_proved or pass_type != self.pass_type:
            return None
        return self.cards.card(serial)

    def _note_fetch(self, serial: str, changed_at: Instant) -> None:
        """Record that a device has the change of `changed_at`.

        The change's own instant is noted, not the time: a later change is then never taken for fetched, however the
        clocks differ. The request names no device: of those that listed the change, the last to list it is taken.
        """
        try:
            holders = self.cards.registrations(serial)
        except TryAgain:
            return
        waiting = [
            each for each in holders if each.fetched_at < changed_at and each.listed_at >= changed_at - ALLOWANCE
        ]
        if waiting:
            last = max(waiting, key=lambda each: each.listed_at)
            self._mark(replace(last, fetched_at=changed_at))

    def _mark(self, registration: Registration) -> None:
        try:
            self.cards.mark(registration)
        except TryAgain:
            return  # a figure for operators never keeps an update from a phone


def _push_token(body: bytes) -> str | None:
    if len(body) > REGISTRATION_BYTES:
        return None
    try:
        token = msgspec.json.decode(body, type=_Enrolment).push_token
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return token if _PUSH_TOKEN.fullmatch(token) else None
