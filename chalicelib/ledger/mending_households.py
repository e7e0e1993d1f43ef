"""What a household used, as its members' entries tell it."""

from collections.abc import Sequence

from chalicelib.events import Reference
from chalicelib.ledger.mending import Step
from chalicelib.ledger.people_documents import HouseholdUseDocument, Share

LOST = Reference("household/lost")
"""Stands for a household that no entry names."""


def told_together(reference: Reference, steps: Sequence[Step]) -> HouseholdUseDocument | None:
    """The document by its entries; None when none of them used points."""
    shares: list[Share] = []
    currency, returned = "", 0
    for step in steps:
        for leg in step.entry.legs:
            if leg.place == "redeemed":
                currency = leg.currency
                returned -= min(0, leg.points)
        if step.entry.kind == "redeemed":
            own = [
                leg for leg in step.entry.legs if leg.place == "cell" and leg.points < 0 and leg.currency == currency
            ]
            left = sum(leg.points for leg in step.entry.legs if leg.place == "redeemed")
            for leg in sorted(own, key=lambda leg: leg.ends or 0):
                if taken := min(left, -leg.points):  # cells that only got another end are no part of it
                    shares.append(Share(step.entry.account, leg.ends or 0, taken))
                    left -= taken
    if not shares:
        return None
    drawn = tuple(sorted(shares, key=lambda share: share.ends))
    points = sum(share.points for share in drawn)
    return HouseholdUseDocument(reference, LOST, drawn[0].account, currency, points, drawn, returned, revision=1)
