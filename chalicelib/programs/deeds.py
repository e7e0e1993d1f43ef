"""What members do besides buying: the activities that rules may reward, and how often one counts."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Once = Literal["object", "member", "day", "week", "month"]
"""What an activity is rewarded once for: each thing it is done to, each member, or each day, week or month."""

KNOWN = (
    "review.created",
    "survey.completed",
    "nps.answered",
    "link.shared",
    "app.installed",
    "profile.filled",
    "visit.checked_in",
    "vote.cast",
    "contest.entered",
    "event.attended",
    "webinar.attended",
    "newsletter.joined",
    "charity.helped",
    "card.reloaded",
)
"""Activities that have words of their own in every language we write. A definition declares any other."""

MOST_DECLARED = 20


class Declared(msgspec.Struct, frozen=True):
    """An activity of a program's own.

    says: what points are given for, by language ("for coming to a tasting")
    each: what it counts once for, by language ("for each tasting")
    """

    key: str
    says: Mapping[str, str]
    each: Mapping[str, str]
