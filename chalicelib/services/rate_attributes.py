"""What is known of a member that the rate of their points depends on: read only where a rate asks for it."""

from collections.abc import Mapping

from chalicelib.events import AccountId, Instant
from chalicelib.programs.paying import Rate, Rates
from chalicelib.services.judging import known_member
from chalicelib.services.ports import Ledger


def rate_attributes(
    ledger: Ledger, program: str, rate: Rate | Rates | None, account: AccountId, at: Instant
) -> Mapping[str, int]:
    """The value of the attribute that holds at an instant, by its name; nothing where none is asked for or known."""
    if not isinstance(rate, Rates):
        return {}
    value = known_member(ledger, program, account).attribute(rate.attribute, at)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return {rate.attribute: value} if is_number else {}  # type: ignore[dict-item]
