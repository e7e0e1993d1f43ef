"""Reads what members may do besides buying: activities of a program's own, and the rules that reward any activity."""

import re
from collections.abc import Collection, Mapping

from chalicelib.programs.deeds import KNOWN, MOST_DECLARED, Declared, Once
from chalicelib.programs.definition import ActivityRule, Fixed
from chalicelib.programs.read_limits import read_limits
from chalicelib.programs.read_when import read_activity_when
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, whole
from chalicelib.programs.vocabulary import Vocabulary
from chalicelib.programs.when import When

ACTIVITY_KEYS = ("name", "on", "give", "once_per", "min_length", "min_amount", "at_most", "budget", "when")
_KEY = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
_LETTERS = re.compile(r"([0-9]{1,5}) letters")
_LONGEST_KEY = 40
_ORDER = "order.paid"
_ONCE: Mapping[str, Once] = {"object": "object", "member": "member", "day": "day", "week": "week", "month": "month"}


def read_activities(spot: Spot, words: Vocabulary, languages: Collection[str]) -> tuple[Declared, ...]:
    """`activities: {tasting.attended: {says: {en: ...}, each: {en: ...}}}`."""
    block = Block(spot, None, "activities such as tasting.attended, each with says and each")
    found = []
    for key in block.fields:
        declared = block.optional(key, lambda one, key=key: _declared(key, one, languages), None)  # type: ignore[misc]
        if declared is not None:
            words.activities.append(key)
            found.append(declared)
    if len(found) > MOST_DECLARED:
        raise Unclear(f"at most {MOST_DECLARED} activities")
    return tuple(found)


def _declared(key: str, spot: Spot, languages: Collection[str]) -> Declared:
    if key in KNOWN or key == _ORDER:
        raise Unclear("an activity that is not known already", found=key)
    if _KEY.fullmatch(key) is None or len(key) > _LONGEST_KEY:
        raise Unclear(f"a name such as tasting.attended, of at most {_LONGEST_KEY} letters", found=key)
    block = Block(spot, ("says", "each"))
    return Declared(
        key,
        says=block.required(
            "says", lambda says: _texts(says, languages), {}, 'such as {en: "for coming to a tasting"}'
        ),
        each=block.required("each", lambda each: _texts(each, languages), {}, 'such as {en: "for each tasting"}'),
    )


def _texts(spot: Spot, languages: Collection[str]) -> dict[str, str]:
    """A text in each language of the program."""
    block = Block(spot, tuple(languages), "a text in each language of the program")
    return {code: block.required(code, Spot.text, "", "a text in this language") for code in languages}


def read_activity_rule(spot: Spot, words: Vocabulary, *, order_keys: Collection[str]) -> ActivityRule:
    """A rule with `on:` that names an activity. `order_keys`: what only rules for orders say."""
    block = Block(spot, None)
    events = {name: name for name in (_ORDER, *KNOWN, *words.activities)}
    activity = block.optional("on", lambda on: on.choice(events), "")
    for key in block.fields:
        if key in order_keys and key not in ACTIVITY_KEYS:
            block.object_to(key, "only a rule for orders has this key")
    usual: Once = "object"
    once = block.required("once_per", lambda once: once.choice(_ONCE), usual, f"one of: {', '.join(_ONCE)}")
    give = block.required("give", lambda give: give.read(words.points), Fixed(1, ""), "points such as 20 points")
    most, limit = read_limits(block, give, words)
    if most is not None:
        block.object_to("at_most", "an activity has no order: say per day, per month or another length of time")
    return ActivityRule(
        name=block.required("name", Spot.text, "", "a short name that members see"),
        activity=activity,
        give=give,
        limit=limit,
        when=block.optional("when", lambda when: read_activity_when(when, words), When()),
        once_per=once,
        min_length=block.optional("min_length", lambda least: least.read(_letters), 0),
        min_amount=block.optional("min_amount", lambda least: least.read(words.amount), 0),
    )


def _letters(text: str) -> int:
    match = _LETTERS.fullmatch(text)
    if match is None or not whole(match[1]):
        raise Unclear("a length such as 100 letters")
    return whole(match[1])
