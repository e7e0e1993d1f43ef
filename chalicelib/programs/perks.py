"""Benefits that a program declares beside the usual ones: what they are called, and how often they can be used."""

import msgspec

from chalicelib.programs.rewards import Times
from chalicelib.programs.titles import Titles


class Perk(msgspec.Struct, frozen=True):
    """A benefit. `times`: how often; None without a limit      is_everyones: every member has it, at any level"""

    key: str
    names: Titles
    times: Times | None = None
    is_everyones: bool = False
