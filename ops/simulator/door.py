"""The front door for the simulator's own senders: what connectors do for real ones, with bodies that say events.

Signatures and translations have tests of their own. What happens to an authentic delivery is the production's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import ActivityTold, DataAsked, ErasureAsked, Event, Noted, OrderTold, PaymentTold
from chalicelib.services.ports import Clock, Delivery, Programs
from chalicelib.services.receiving import Reception
from ops.simulator.rules import PROGRAM

_KINDS = {kind.__name__: kind for kind in (OrderTold, PaymentTold, ActivityTold, ErasureAsked, DataAsked, Noted)}
_KIND = "simulated-kind"


class Front:
    """Takes deliveries at the door and from the queue."""

    def __init__(self, reception: Reception, programs: Programs, clock: Clock) -> None:
        self._reception = reception
        self._programs = programs
        self._clock = clock

    def accept(self, connection: str, event: Event) -> None:
        """A webhook. Returns when the sender may be told that it arrived. Raises TryAgain, Broken."""
        received_at = self._clock.now()
        self._known(PROGRAM, connection)
        headers = {_KIND: type(event).__name__}
        delivery = Delivery(PROGRAM, connection, received_at, headers, msgspec.json.encode(event))
        self._reception.accept(delivery, translate)

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """A delivery that was stored. Raises TryAgain, Broken."""
        delivery = self._reception.stored(message)
        self._known(delivery.program, delivery.connection)
        self._reception.record(delivery, translate(delivery), deadline=None)

    def _known(self, program: str, connection: str) -> None:
        if self._programs.connection(program, connection) is None:
            raise Broken("connection_gone", connection=connection)


def translate(delivery: Delivery) -> Sequence[Event]:
    """What a delivery says."""
    kind: Any = _KINDS[delivery.headers[_KIND]]
    return (msgspec.json.decode(delivery.body, type=kind),)
