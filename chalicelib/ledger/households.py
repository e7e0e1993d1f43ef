"""Points of several members used at once: those that end first go first, whoever they belong to.

    drawn_together(...)     whose lots are used         back(...)   which of them return, and to whom

Nothing moves between members: each uses their own, so who leaves has what is left of their own.
"""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.errors import Refused
from chalicelib.events import AccountId
from chalicelib.ledger.journal import Cell, Purse
from chalicelib.ledger.people_documents import HouseholdUseDocument, Share
from chalicelib.ledger.redemptions import whole_number


def drawn_together(purses: Mapping[AccountId, Purse], points: int) -> tuple[Share, ...]:
    """The lots that `points` are taken from. `purses`: of each member, settled; of equal lots the first member's.

    Raises: Malformed; Refused("not_enough_points") with what there is.
    """
    if whole_number(points) <= 0:
        raise Refused("not_a_number_of_points", points=points)
    cells = [(cell.ends, place, account, cell.points) for place, (account, cell) in enumerate(_cells(purses))]
    left, drawn = points, []
    for ends, _, account, there in sorted(cells):
        if taken := min(left, there):
            drawn.append(Share(account, ends, taken))
            left -= taken
    if left:
        raise Refused("not_enough_points", asked=points, there=points - left)
    return tuple(drawn)


def back(document: HouseholdUseDocument, points: int) -> tuple[Share, ...]:
    """The shares that return, the longest-lived first. Raises Refused("more_than_was_redeemed")."""
    if points > document.points - document.returned:
        raise Refused("more_than_was_redeemed", asked=points, left=document.points - document.returned)
    skip, left, parts = document.returned, points, []
    for share in reversed(document.drawn):
        free = max(0, share.points - skip)
        skip = max(0, skip - share.points)
        if taken := min(left, free):
            parts.append(Share(share.account, share.ends, taken))
            left -= taken
    return tuple(parts)


def of_account(shares: Sequence[Share], account: AccountId) -> int:
    """How many points of the shares are one member's."""
    return sum(share.points for share in shares if share.account == account)


def _cells(purses: Mapping[AccountId, Purse]) -> Iterator[tuple[AccountId, Cell]]:
    return ((account, cell) for account, purse in purses.items() for cell in purse.cells)
