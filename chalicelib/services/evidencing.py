"""A payment provider's news: alone it is the order; beside a shop it is evidence about the shop's order.

Evidence never earns. It waits under each of the payment's names until the shop's order carries one of them, and is
then told to the order; in any order of arrival the order ends alike.
"""

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import Instant, OrderTold, PaymentTold, Reference
from chalicelib.ledger.orders import newest
from chalicelib.programs.program import Program
from chalicelib.services.journaling import in_time
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome
from chalicelib.services.recording import Recorder, payment_document

_ROUNDS = 12


class Evidence(msgspec.Struct, frozen=True):
    """Brings payments and orders together."""

    ledger: Ledger
    recorder: Recorder
    clock: Clock

    def tell(
        self, program: Program, told: PaymentTold, *, actor: str, deadline: Instant | None
    ) -> tuple[Reference, ...]:
        """Keep what the provider says, and tell the orders that are known to be paid by it. Raises TryAgain.

        Not every message names the order (Stripe's refunds and disputes do not): one that does gives the order the
        payment's names, by which the others find it, whether they came before or come later.
        """
        orders = set(told.orders)
        for name in told.aliases:
            order = self._keep(program, name, told, deadline)
            orders |= {order} if order else set()
        for reference in sorted(orders):
            payments = told.aliases if reference in told.orders else ()
            news = OrderTold(reference, told.delivery, payments=payments, evidence=told.refunds, is_test=told.is_test)
            self.recorder.record(program, news, actor=actor, deadline=deadline)
        return tuple(sorted(orders))

    def _keep(self, program: Program, name: str, told: PaymentTold, deadline: Instant | None) -> Reference | None:
        """Store the refunds under one name of the payment; the order that carries the name, if it has come."""
        for _ in range(_ROUNDS):
            in_time(self.clock, deadline)
            known = payment_document(self.ledger, program.slug, name)
            grown = msgspec.structs.replace(known, evidence=newest(known.evidence, told.refunds))
            if grown == known:
                return known.order
            grown = msgspec.structs.replace(grown, revision=known.revision + 1)
            in_time(self.clock, deadline)
            if self.ledger.commit(Commit(program.slug, documents=(grown,))) is Outcome.COMMITTED:
                return known.order
            self.clock.pause(50)
        raise TryAgain("too_many_races", document=name)


def as_order(told: PaymentTold) -> OrderTold:
    """The payment as the order it is where no shop tells us of one."""
    return OrderTold(
        reference=Reference(told.reference.replace("payment/", "order/", 1)),
        delivery=told.delivery,
        name=told.name,
        order=told.payment,
        refunds=told.refunds,
        customer=told.customer,
        is_test=told.is_test,
    )
