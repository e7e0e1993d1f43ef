"""Signed times: a delivery is believed only around the moment it was signed, so that nobody can keep one for later."""

import re

from chalicelib.errors import Untrusted
from chalicelib.services.ports import Delivery

TOLERANCE = 5 * 60 * 1_000
"""Milliseconds that a sender's clock may differ from ours, in both directions; the time of the way included."""

_SECONDS = re.compile(r"0|[1-9][0-9]{0,10}")


def check_fresh(delivery: Delivery, signed_at: str) -> None:
    """Return if `signed_at`, whole seconds since 1970 UTC as they were signed, is near the arrival.

    Raises Untrusted, for another spelling of a number, too: what is signed is the text.
    """
    if not _SECONDS.fullmatch(signed_at):
        raise Untrusted("signed_time_unreadable", connection=delivery.connection)
    age = delivery.received_at - int(signed_at) * 1_000
    if abs(age) > TOLERANCE:
        raise Untrusted("signed_too_long_ago" if age > 0 else "signed_in_the_future", connection=delivery.connection)
