"""A payment provider that sends what Stripe would send: payments, refunds, disputes, genuinely signed.

Each method changes the state and gives the event that Stripe sends for it. Whoever has the secret may be Stripe: this
is the demo's till, and that of tests. Amounts are Stripe's units of the currency.
"""

import hmac
import json
from collections.abc import Callable, Mapping

from ops.laptop.shopify_sender import Signed
from ops.laptop.stripe_shapes import (
    Dispute,
    Payment,
    Refund,
    charge_body,
    dispute_body,
    intent_body,
    refund_body,
    session_body,
)

API_VERSION = "2026-10-28.endive"


def signature_header(body: bytes, *secrets: str, seconds: int) -> str:
    """`Stripe-Signature`; several secrets while one is being rolled."""
    signed = f"{seconds}.".encode() + body
    signatures = [f"v1={hmac.digest(secret.encode(), signed, 'sha256').hex()}" for secret in secrets]
    return ",".join([f"t={seconds}", *signatures])


class StripeSender:
    """One account. `clock` gives milliseconds since 1970 UTC, `new_id` a new number at each call."""

    def __init__(
        self,
        secret: str,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], int],
        is_live: bool = True,
        api_version: str = API_VERSION,
    ) -> None:
        self.secrets = [secret]
        self.is_live = is_live
        self.api_version = api_version
        self._clock = clock
        self._new_id = new_id

    def payment(
        self,
        amount: int,
        currency: str,
        email: str,
        metadata: Mapping[str, str] | None = None,
        *,
        captured: bool = True,
    ) -> Payment:
        """Somebody pays by card. Nothing is sent yet. `captured`: False when the money is only reserved."""
        return Payment(
            id=self._named("pi"),
            charge=self._named("ch"),
            session=self._named("cs"),
            amount=amount,
            currency=currency,
            email=email,
            metadata=metadata or {},
            created=self._clock() // 1000,
            captured=amount if captured else 0,
        )

    def paid(self, payment: Payment) -> Signed:
        return self.told("payment_intent.succeeded", intent_body(payment, is_live=self.is_live))

    def charged(self, payment: Payment, type_: str = "charge.succeeded") -> Signed:
        """The charge as it stands."""
        return self.told(type_, charge_body(payment, is_live=self.is_live))

    def checked_out(self, payment: Payment) -> Signed:
        return self.told("checkout.session.completed", session_body(payment, is_live=self.is_live))

    def refunded(self, payment: Payment, amount: int | None = None, *, status: str = "succeeded") -> Signed:
        """Money goes back: `amount`, or all that is left. `status`: pending where the bank takes its time."""
        left = payment.captured - payment.refunded
        refund = Refund(self._named("re"), left if amount is None else amount, status, self._clock() // 1000)
        payment.refunds.append(refund)
        return self.told("refund.created", refund_body(payment, refund))

    def refund_settled(self, payment: Payment, refund: Refund, status: str) -> Signed:
        """The bank has decided about a refund: succeeded, failed or canceled."""
        refund.status = status
        return self.told("refund.failed" if status == "failed" else "refund.updated", refund_body(payment, refund))

    def dispute(self, payment: Payment, amount: int | None = None) -> Dispute:
        """The customer's bank asks for the money. Nothing is sent yet."""
        disputed = payment.amount if amount is None else amount
        return Dispute(self._named("dp"), payment, disputed, self._clock() // 1000)

    def disputed(self, dispute: Dispute, step: str = "created") -> Signed:
        """A step of the dispute: created, funds_withdrawn, funds_reinstated."""
        return self.told(f"charge.dispute.{step}", dispute_body(dispute, is_live=self.is_live))

    def dispute_closed(self, dispute: Dispute, outcome: str) -> Signed:
        """won: the shop keeps the money; lost: it is gone."""
        dispute.status = outcome
        return self.disputed(dispute, "closed")

    def told(self, type_: str, content: Mapping[str, object], *, created: int | None = None) -> Signed:
        """Any object as an event of `type_` that happened at `created`, or now."""
        event = {
            "id": self._named("evt"),
            "object": "event",
            "api_version": self.api_version,
            "created": self._clock() // 1000 if created is None else created,
            "data": {"object": content},
            "livemode": self.is_live,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": type_,
        }
        return self.sign(json.dumps(event, separators=(",", ":")).encode())

    def sign(self, body: bytes) -> Signed:
        """Any body as a delivery. The same event sent again keeps its id and is signed anew."""
        header = signature_header(body, *self.secrets, seconds=self._clock() // 1000)
        return Signed({"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header}, body)

    def _named(self, kind: str) -> str:
        return f"{kind}_3P{self._new_id():022x}"
