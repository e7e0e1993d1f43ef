"""An authentic webhook: understand it, record it in time, or store it safely and record it later.

Acknowledged means committed or safely stored.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from chalicelib.errors import Broken, Malformed, TryAgain
from chalicelib.events import (
    ActivityTold,
    DataAsked,
    ErasureAsked,
    Event,
    Instant,
    Noted,
    OrderTold,
    PaymentTold,
)
from chalicelib.programs.pausing import holding_back
from chalicelib.programs.program import Program
from chalicelib.services.evidencing import Evidence, as_order
from chalicelib.services.ports import Alarm, Clock, Delivery, Inbox, Programs, Queue, Translate
from chalicelib.services.recording import Recorder

if TYPE_CHECKING:  # most deliveries are orders, and need neither
    from chalicelib.services.erasing import Erasure
    from chalicelib.services.rewarding import Rewards

_log = logging.getLogger(__name__)
_RESERVE = 2_000
"""Milliseconds kept back for storing what could not be recorded in time."""
_QUEUE_BYTES = 700_000
"""A body up to this size fits a queue message in base64."""


class Reception(msgspec.Struct, frozen=True):
    """Takes authentic deliveries from the front door and from the queue. `seconds`: the front door's deadline."""

    programs: Programs
    recorder: Recorder
    evidence: Evidence
    rewards: Rewards
    erasure: Erasure
    inbox: Inbox
    deferred: Queue
    alarm: Alarm
    clock: Clock
    seconds: int

    def accept(self, delivery: Delivery, translate: Translate) -> None:
        """Returns when the delivery is recorded, stored for later, or kept because it is not understood.

        Raises: TryAgain (it could not even be stored: the sender must repeat), Broken.
        """
        by = delivery.received_at + self.seconds * 1_000
        try:
            events = translate(delivery)
        except Malformed as err:
            self.quarantine(delivery, err)
            return
        try:
            self.record(delivery, events, deadline=by - _RESERVE)
        except TryAgain as err:
            if err.reason == "clock_skew":  # it does not pass by itself: somebody's clock is wrong
                self.alarm.raise_(err.reason, **err.facts)
            self._defer(delivery, by, err.reason)

    def held(self, delivery: Delivery) -> bool:
        """Store what comes while earning is paused; whether it is. Raises TryAgain."""
        program = self.programs.program(delivery.program)
        if program is None or not holding_back(program.pauses, delivery.connection):
            return False
        self.inbox.keep(delivery, "paused")
        _log.info("delivery_held", extra={"facts": {"connection": delivery.connection}})
        return True

    def put_off(self, delivery: Delivery) -> None:
        """Store a delivery whose content is not believed: the queue asks its provider. Raises TryAgain."""
        self._defer(delivery, delivery.received_at + self.seconds * 1_000, "asks_its_provider")

    def quarantine(self, delivery: Delivery, err: Malformed) -> None:
        """Keep an authentic delivery that is not understood, and make somebody look. Raises TryAgain."""
        key = self.inbox.keep(delivery, "quarantined")
        self.alarm.raise_("delivery_not_understood", connection=delivery.connection, why=err.reason, kept=key)

    def record(self, delivery: Delivery, events: Sequence[Event], *, deadline: Instant | None) -> None:
        """Do what the events say. Repeating is harmless. Raises TryAgain, Broken."""
        program = self.programs.program(delivery.program)
        if program is None:
            raise Broken("program_gone", program=delivery.program)
        for event in events:
            self._take_one(program, delivery, event, deadline)

    def _take_one(self, program: Program, delivery: Delivery, event: Event, deadline: Instant | None) -> None:
        match event:
            case OrderTold():
                self._record_order(program, delivery, event, deadline)
            case PaymentTold():
                self._record_payment(program, delivery, event, deadline)
            case ActivityTold():
                result = self.rewards.reward(program, event, actor=delivery.connection, deadline=deadline)
                facts = {"activity": event.type, "result": result, "delivery": event.delivery}
                _log.info("activity_told", extra={"facts": facts})
            case ErasureAsked():
                if deadline is not None:
                    raise TryAgain("erasure_takes_its_time")  # a call for each card and identity: the queue can wait
                self.erasure.erase(program, event)
                _log.info("erasure_done", extra={"facts": {"delivery": event.delivery}})
            case DataAsked():
                key = self.inbox.keep(delivery, "data-request")
                self.alarm.raise_("data_requested", connection=delivery.connection, kept=key)
            case Noted():
                _log.info("delivery_noted", extra={"facts": {"delivery": event.delivery, "topic": event.topic}})

    def _record_order(self, program: Program, delivery: Delivery, told: OrderTold, deadline: Instant | None) -> None:
        recorded = self.recorder.record(program, told, actor=delivery.connection, deadline=deadline)
        if recorded.document.state == "refused":
            self.inbox.keep(delivery, "refused")
        facts = {"document": told.reference, "result": recorded.result, "reason": recorded.reason}
        _log.info("order_told", extra={"facts": facts | {"delivery": told.delivery}})

    def _record_payment(
        self, program: Program, delivery: Delivery, told: PaymentTold, deadline: Instant | None
    ) -> None:
        """A payment provider alone tells orders; beside a shop its news is evidence."""
        connection = self.programs.connection(delivery.program, delivery.connection)
        if connection is not None and connection.role == "earns":
            self._record_order(program, delivery, as_order(told), deadline)
            return
        orders = self.evidence.tell(program, told, actor=delivery.connection, deadline=deadline)
        facts = {"payment": told.reference, "orders": len(orders), "delivery": told.delivery}
        _log.info("payment_told", extra={"facts": facts})

    def _defer(self, delivery: Delivery, by: Instant, why: str) -> None:
        """Store the delivery and its place in the queue; the body itself when the store is down or time is short."""
        message: dict[str, str | int] = {"program": delivery.program, "connection": delivery.connection}
        has_time = self.clock.now() + _RESERVE <= by
        fits = len(delivery.body) <= _QUEUE_BYTES
        try:
            if fits and not has_time:
                raise TryAgain("no_time_to_store")
            message["key"] = self.inbox.keep(delivery, "deferred")
        except TryAgain:
            if not fits:
                raise
            message["received_at"] = delivery.received_at
            message["source"] = delivery.source
            message["headers"] = json.dumps(dict(delivery.headers))
            message["body"] = base64.b64encode(delivery.body).decode("ascii")
        self.deferred.send(message)
        _log.warning("delivery_deferred", extra={"facts": {"connection": delivery.connection, "why": why}})

    def stored(self, message: Mapping[str, str | int]) -> Delivery:
        """The delivery that a message of the queue stands for. Raises Broken when it is gone."""
        if "key" in message:
            delivery = self.inbox.read(str(message["key"]))
            if delivery is None:
                raise Broken("deferred_delivery_gone", key=str(message["key"]))
            return delivery
        return Delivery(
            program=str(message["program"]),
            connection=str(message["connection"]),
            received_at=int(message["received_at"]),
            headers=json.loads(str(message["headers"])),
            body=base64.b64decode(str(message["body"])),
            source=str(message["source"]),
        )
