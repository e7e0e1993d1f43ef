"""Benefits that a program declares beside the usual ones: what they are called, and how often they can be used."""

from dataclasses import dataclass

from chalicelib.programs.rewards import Times
from chalicelib.programs.titles import Titles


@dataclass(frozen=True, slots=True)
class Perk:
    """A benefit. `times`: how often; None without a limit      is_everyones: every member has it, at any level"""

    key: str
    names: Titles
    times: Times | None = None
    is_everyones: bool = False
