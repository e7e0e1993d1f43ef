"""Reads the benefits that a program declares: `perks: {lounge: {name: {en: Lounge}, times: 6 per year}}`."""

import re
from collections.abc import Mapping, Sequence

from chalicelib.programs.perks import Perk
from chalicelib.programs.read_rewards import read_times
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.titles import read_titles
from chalicelib.programs.values import Unclear

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_PERKS = 30
_YES: Mapping[str, bool] = {"yes": True, "no": False}


def read_perks(spot: Spot, languages: Sequence[str], usual: Sequence[str]) -> tuple[Perk, ...]:
    """All of them, in the file's order. `usual`: names that a program cannot give to others."""
    block = Block(spot, None, "benefits by a short name, each with its name")
    if not 1 <= len(block.fields) <= _MOST_PERKS:
        raise Unclear(f"1 to {_MOST_PERKS} benefits")
    found = []
    for key, value in block.fields.items():
        try:
            found.append(_perk(value, _key(key, usual), languages))
        except Unclear as unclear:
            value.note(unclear)
    return tuple(found)


def _perk(spot: Spot, key: str, languages: Sequence[str]) -> Perk:
    block = Block(spot, ("name", "times", "everyone"), "a benefit with its name")
    return Perk(
        key=key,
        names=block.required("name", lambda name: read_titles(name, languages), {}, "what members read"),
        times=block.optional("times", read_times, None),
        is_everyones=block.optional("everyone", lambda word: word.choice(_YES), False),
    )


def _key(key: str, usual: Sequence[str]) -> str:
    if _KEY.fullmatch(key) is None or key in usual:
        expected = f"a short name of small letters, digits and _ other than {', '.join(usual)}"
        meant = key.lower().replace("-", "_")
        raise Unclear(expected, meant if key != meant and _KEY.fullmatch(meant) else "", found=key)
    return key
