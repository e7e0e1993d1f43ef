"""A prize draw that anybody can do again: who wins follows from a list of tickets and a seed, by SHA-256 alone.

The seed's own SHA-256 is published with the definition, before the draw; the list and the seed with the winners.
Tickets are numbered from 0 in the order of the list, which is sorted by account. Winner k (0, 1, ...) has the ticket
SHA-256("<seed>\\n<digest of the list>\\n<k>.<try>") mod the number of tickets; a ticket of somebody who has won
already is drawn again, with the next try.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import accumulate

import msgspec

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId

_MOST_TRIES = 10_000


class Winner(msgspec.Struct, frozen=True):
    """A place, the ticket that was drawn for it, and whose it was."""

    place: int
    ticket: int
    account: AccountId


class Drawing(msgspec.Struct, frozen=True):
    """What a draw came to. `digest`: of the list of tickets, in hex."""

    tickets: int
    members: int
    digest: str
    winners: tuple[Winner, ...]


def drawing(tickets: Mapping[AccountId, int], *, seed: str, commitment: str, winners: int) -> Drawing:
    """Who wins. With fewer members than prizes everybody who has a ticket does.

    tickets: of each account; those without any are left out
    Raises: Refused("another_seed") for a seed that is not the one committed to; Refused("no_tickets").
    """
    if sha256(seed.encode()).hexdigest() != commitment:
        raise Refused("another_seed")
    sorted_tickets = sorted((account, count) for account, count in tickets.items() if count > 0)
    if not sorted_tickets:
        raise Refused("no_tickets")
    ends = list(accumulate(count for _, count in sorted_tickets))
    digest = digest_of(sorted_tickets)
    won: dict[AccountId, Winner] = {}
    for place in range(min(winners, len(sorted_tickets))):
        for again in range(_MOST_TRIES):
            ticket = _number(f"{seed}\n{digest}\n{place}.{again}") % ends[-1]
            account = sorted_tickets[bisect_right(ends, ticket)][0]
            if account not in won:
                won[account] = Winner(place + 1, ticket, account)
                break
    return Drawing(ends[-1], len(sorted_tickets), digest, tuple(won.values()))


def digest_of(tickets: Iterable[tuple[AccountId, int]]) -> str:
    """SHA-256 of the list as it is printed, in hex."""
    return sha256("".join(listed(tickets)).encode()).hexdigest()


def listed(tickets: Iterable[tuple[AccountId, int]]) -> list[str]:
    """The list: a line "account,tickets" for each member."""
    return [f"{account},{count}\n" for account, count in tickets]


def read_list(lines: Sequence[str]) -> dict[AccountId, int]:
    """The list as it was printed. Raises Malformed("ticket_list_broken") with the line's number."""
    tickets: dict[AccountId, int] = {}
    for number, line in enumerate(lines, start=1):
        account, comma, count = line.strip().rpartition(",")
        if not comma or not account or not count.isdecimal() or not count.isascii() or AccountId(account) in tickets:
            raise Malformed("ticket_list_broken", line=number)
        tickets[AccountId(account)] = int(count)
    return tickets


def _number(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest(), "big")
