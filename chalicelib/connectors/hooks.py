"""The door for webhooks: authenticates over the raw bytes, translates, and answers exactly as the provider wants."""

import logging
from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from chalicelib import trace
from chalicelib.connectors.api import Api
from chalicelib.connectors.contract import (
    Connector,
    Speaking,
    authenticated,
    connector,
    is_probe,
    is_thin,
    understood,
)
from chalicelib.errors import Broken, Malformed, TryAgain, Untrusted
from chalicelib.events import Event
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Clock, Delivery, Programs
from chalicelib.services.receiving import Reception

_log = logging.getLogger(__name__)
_RETRY_SECONDS = "30"


class Hooks(msgspec.Struct, frozen=True):
    """Answers webhooks, and works off the ones that were stored. `most_bytes`: larger bodies are not read."""

    programs: Programs
    reception: Reception
    api: Api
    clock: Clock
    most_bytes: int

    def answer(self, program: str, connection: str, *, headers: Mapping[str, str], body: bytes, source: str) -> Answer:
        """POST /hooks/{program}/{connection}. Headers in any spelling; `source`: the caller's address."""
        received_at = self.clock.now()
        if len(body) > self.most_bytes:
            return Answer(413)
        lower = {name.lower(): value for name, value in headers.items()}
        delivery = Delivery(program, connection, received_at, lower, body, source)
        try:
            known = self.programs.connection(program, connection)
            if known is not None and is_probe(connector(known.provider), delivery):
                return connector(known.provider).SUCCESS
            speaker = authenticated(known, delivery)
            self._accept(speaker, delivery, known.provider if known else "")
        except Untrusted as err:
            _log.info("delivery_untrusted", extra={"facts": {"connection": connection[:40], "why": err.reason}})
            return Answer(401)
        except TryAgain as err:
            _log.warning("delivery_put_off", extra={"facts": {"connection": connection, "why": err.reason}})
            return Answer(503, {"Retry-After": _RETRY_SECONDS})
        return speaker.SUCCESS

    def _accept(self, speaker: Connector, delivery: Delivery, provider: str) -> None:
        if self.reception.held(delivery):
            return
        if is_thin(speaker):
            trace.called(speaker.called(delivery), provider=provider)
            self.reception.put_off(delivery)
            return
        trace.called("", provider=provider)
        self.reception.accept(delivery, lambda told: _followed(cast(Speaking, speaker).translate(told), provider))

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """Record a deferred delivery. It was authentic when it was stored. Raises TryAgain to be repeated."""
        delivery = self.reception.stored(message)
        if not self.reception.held(delivery):
            self.record(delivery)

    def record(self, delivery: Delivery) -> None:
        """Understand and record what was stored, also while earning is paused. Raises TryAgain, Broken."""
        connection = self.programs.connection(delivery.program, delivery.connection)
        if connection is None:
            raise Broken("connection_gone", connection=delivery.connection)
        try:
            events = understood(connector(connection.provider), delivery, connection, self.api)
            _followed(events, connection.provider)
        except Malformed as err:
            self.reception.quarantine(delivery, err)
            return
        self.reception.record(delivery, events, deadline=None)


def _followed(events: Sequence[Event], provider: str) -> Sequence[Event]:
    """From here on, what happens belongs to the delivery by its own name."""
    trace.called(events[0].delivery if events else "", provider=provider)
    return events
