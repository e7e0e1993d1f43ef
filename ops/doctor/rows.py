"""A row of the doctor's table, and how a check is made so that its trouble is nobody else's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from chalicelib.errors import LoyaltyError
from chalicelib.store.aws import error_code

State = Literal["good", "look", "bad", "unasked"]
"""Green; yellow: somebody should look within days; red: now; grey: it cannot be asked here."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was found. todo: what would help, for everything that is not good"""

    about: str
    state: State
    says: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """about: what it looks at, when it fails itself"""

    about: str
    look: Callable[[], Iterable[Row]]


def looked(checks: Iterable[Check]) -> list[Row]:
    """Every check's rows, in order. A check that fails is a red row; the others go on."""
    return [row for check in checks for row in _safely(check)]


def exit_code(rows: Iterable[Row]) -> int:
    """1 when anything is red."""
    return 1 if any(row.state == "bad" for row in rows) else 0


def _safely(check: Check) -> list[Row]:
    """The outermost answer of a check: an error's text may hold anything, so its kind alone is told."""
    try:
        return list(check.look())
    except LoyaltyError as err:
        facts = ", ".join(f"{name} {fact}" for name, fact in err.facts.items())
        says = err.reason.replace("_", " ") + (f" ({facts})" if facts else "")
    except Exception as err:  # one check's trouble is not the others'
        says = error_code(err)
    return [Row(check.about, "bad", f"could not be asked: {says}", _help(says))]


def _help(says: str) -> str:
    if "Connect" in says or "Timeout" in says:
        return "Is it running, and does this network reach it?"
    if "Denied" in says or "Unauthorized" in says:
        return "Whoever runs this may not ask that: choose another AWS_PROFILE"
    return "Put right what is red beside it, then ask again"
