"""How often the owner of a card in Google Wallet may be notified: three times of each kind in 24 hours.

A notice is written down before it is asked for, and taken back only when it surely was not given. Source:
developers.google.com/wallet/retail/loyalty-cards/use-cases/trigger-push-notifications.
"""

from chalicelib.events import Instant
from chalicelib.services.ports.google import GoogleState, Notice, WalletAnswer, WalletReaction

UPDATE = "update"
"""Google's kind of notice: a field of the card changed."""

MESSAGE = "message"
"""Google's other kind: the shop says something."""

MOST_NOTICES = 3
BUSY_MILLISECONDS = 60_000
"""Longer than telling Google about a card can take, with every time-out and repeat."""

NOTICE_MILLISECONDS = 86_400_000 + BUSY_MILLISECONDS
"""Google counts from when it gave a notice, which may be as much later than it was written down."""

Notices = tuple[Notice, ...]


def notices_left(state: GoogleState, now: Instant, kind: str = UPDATE) -> int:
    """How many more times the card's owner may be notified within the 24 hours that end now."""
    return MOST_NOTICES - sum(notice.kind == kind for notice in recent(state.notices, now))


def recent(notices: Notices, now: Instant) -> Notices:
    return tuple(notice for notice in notices if notice.at > now - NOTICE_MILLISECONDS)


def settled(notices: Notices, notice: Notice | None, answer: WalletAnswer | None, now: Instant) -> Notices:
    """What is left of the budget after a notice was asked for. `answer`: None when nothing was asked after all."""
    if notice is None:
        return notices
    if answer is not None and answer.is_silenced:  # Google counts more than we do: nobody asks again until tomorrow
        others = tuple(each for each in notices if each.kind != notice.kind)
        return (*others, *((Notice(notice.kind, now),) * MOST_NOTICES))
    was_given = answer is not None and (answer.reaction is WalletReaction.DONE or answer.may_have_happened)
    return notices if was_given else _without(notices, notice)


def _without(notices: Notices, one: Notice) -> Notices:
    """All but one of those that are alike: two may have been given in the same millisecond."""
    if one not in notices:
        return notices
    at = notices.index(one)
    return (*notices[:at], *notices[at + 1 :])
