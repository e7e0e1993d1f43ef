"""WooCommerce: orders as webhooks in the shape of its REST API v3.

    messages.py    the parts of WooCommerce's messages that we read
    orders.py      an order and its refunds as facts
    rest.py        a shop's REST API
    listing.py     its own list of orders, and the webhooks it keeps for us

A delivery is signed with base64(HMAC-SHA256(secret, raw body)) in `X-WC-Webhook-Signature`. Only the body is signed,
and there is no time: a body must look like its topic, an order is named by the address inside it, and saying it again
changes nothing. `X-WC-Webhook-Delivery-ID` is made of the webhook and the second, so two orders may share one. When a
webhook is made, WooCommerce sends a ping that nobody signed and that must be answered with exactly 200. Nothing is
ever sent twice, and after seven failures in a row the webhook is switched off.
(woocommerce/woocommerce, includes/class-wc-webhook.php: deliver, generate_signature, deliver_ping, failed_delivery)
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from chalicelib.connectors.woocommerce.messages import read_order
from chalicelib.connectors.woocommerce.orders import order_told
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import Event, Noted
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection, Delivery

SUCCESS = Answer(200)

_SIGNATURE = "x-wc-webhook-signature"
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")
_FORM = "application/x-www-form-urlencoded"
_ENTITY = re.compile(r"&(?:(lt|#0*60)|(gt|#0*62)|(quot|#0*34|#x0*22)|(#0*39|#[xX]0*27)|(amp|#0*38|#x0*26));")
_CHARACTERS = "<>\"'&"


def is_probe(delivery: Delivery) -> bool:
    """Is this the ping, to the letter? Anything else without a signature is untrusted."""
    kind = delivery.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    return kind == _FORM and _SIGNATURE not in delivery.headers and _PING.fullmatch(delivery.body) is not None


def authenticate(delivery: Delivery, connection: Connection) -> None:
    """Return if any of the connection's secrets signed the body. Raises Untrusted.

    WooCommerce decodes HTML entities in a secret before it signs: one that was typed as "a&lt;b" signs as "a<b". So
    both spellings are tried, each in full, so that the time taken does not tell which one it was.
    """
    given = delivery.headers.get(_SIGNATURE, "")
    if not given or not delivery.body:
        raise Untrusted("signature_missing", connection=delivery.connection)
    signed = False
    for secret in connection.secrets:
        for spelling in (secret, _decoded(secret)):
            digest = hmac.digest(spelling.encode(), delivery.body, "sha256")
            # Text is compared, not decoded bytes: base64 has several spellings of one value and one is sent.
            equal = hmac.compare_digest(base64.b64encode(digest), given.encode(errors="replace"))
            signed |= equal and secret != ""
    if not signed:
        raise Untrusted("signature_wrong", connection=delivery.connection)


def translate(delivery: Delivery) -> Sequence[Event]:
    """The events of one delivery, by its topic."""
    topic = delivery.headers.get("x-wc-webhook-topic", "")
    if not topic:
        raise Malformed("header_missing", header="topic")
    said = delivery.headers.get("x-wc-webhook-delivery-id", "") or hashlib.sha256(delivery.body).hexdigest()[:32]
    match topic:
        case "order.created" | "order.updated" | "order.restored":
            order = read_order(delivery.body, topic)
            return (order_told(order, said, source=delivery.headers.get("x-wc-webhook-source", "")),)
    # order.deleted says which order was put into the bin and not when: it has no version that could be told late, or
    # again after order.restored. Nor does it give money back; a shop cancels or refunds for that and says so. An order
    # that is fetched from the bin has the status "trash" and a version, and counts as cancelled.
    return (Noted(said, topic[:64]),)


def _decoded(secret: str) -> str:
    """`secret` as WordPress decodes it: the five special characters, once. (wp_specialchars_decode, ENT_QUOTES)"""
    return _ENTITY.sub(lambda entity: _CHARACTERS[(entity.lastindex or 1) - 1], secret)
