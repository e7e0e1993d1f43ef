"""Where a payment was made, as the shop's own server wrote it beside the payment.

Providers pass on what they were given under "metadata"; customers cannot write there. Four keys are read: "store",
"terminal", "channel" and "partner".
"""

from collections.abc import Mapping
from typing import TypedDict

_LONGEST = 100


class Places(TypedDict):
    """Words for the fields of the same names of an order's facts."""

    store: str
    terminal: str
    channel: str
    partner: str


def places_in(metadata: Mapping[str, str] | None) -> Places:
    """The words, each empty where nothing is said."""
    told = metadata or {}

    def word(key: str) -> str:
        return told.get(key, "").strip()[:_LONGEST]

    return Places(store=word("store"), terminal=word("terminal"), channel=word("channel"), partner=word("partner"))
