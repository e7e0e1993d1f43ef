"""Reads what a program keeps of its members: members, segments, choices, plans, pilot, holdout, benefits, draws."""

import re
from collections.abc import Collection, Sequence

import msgspec

from chalicelib.programs.durations import Duration
from chalicelib.programs.member_when import Group, MemberWhen
from chalicelib.programs.membership import (
    KINDS,
    LONGEST_NAME,
    MOST_ATTRIBUTES,
    MOST_BENEFITS,
    MOST_CHOICES,
    MOST_LISTS,
    MOST_OPTIONS,
    MOST_PLANS,
    NAME,
    Benefit,
    Choice,
    Draw,
    Drawn,
    Kind,
    Membership,
    Plan,
    percent_of,
)
from chalicelib.programs.read_member_when import ORDER_ONLY, a_day, read_while, seed
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.titles import Titles, read_titles
from chalicelib.programs.values import Unclear, duration, nearest, percent, whole
from chalicelib.programs.vocabulary import Vocabulary

MEMBERSHIP_KEYS: tuple[str, ...] = (
    "members",
    "segments",
    "choices",
    "plans",
    "pilot",
    "holdout",
    "benefits",
    "draws",
)
_KINDS: dict[str, Kind] = {kind: kind for kind in KINDS}
_GROUPS: tuple[Group, ...] = ("pilot", "holdout")
_MOST_NAMES = 100
_NOTHING: tuple[dict[str, Kind], dict[str, Titles]] = ({}, {})
_SHA = re.compile(r"[0-9a-f]{64}")
_DAY = Duration(1, "day")


def read_membership(block: Block, words: Vocabulary, languages: Sequence[str]) -> Membership:
    """What the top of a definition declares of members. `words` learns it first, for the rules that ask for it."""
    drawn = {group: block.optional(group, _drawn, None) for group in _GROUPS}
    attributes, names = block.optional("members", lambda spot: _members(spot, languages), _NOTHING)
    words.membership = Membership(
        attributes=attributes,
        lists=block.optional("segments", _segments, ()),
        choices=block.optional("choices", _choices, ()),
        plans=block.optional("plans", lambda plans: _plans(plans, words), ()),
        groups={group: each for group, each in drawn.items() if each is not None},
        draws=block.optional("draws", lambda draws: _draws(draws, words), ()),
        names=names,
    )
    benefits = block.optional("benefits", lambda benefits: _benefits(benefits, words), ())
    words.membership = msgspec.structs.replace(words.membership, benefits=benefits)
    return words.membership


def _members(spot: Spot, languages: Sequence[str]) -> tuple[dict[str, Kind], dict[str, Titles]]:
    """What is kept of members, and what the words declared here and elsewhere are called."""
    expected = "what is kept of members, such as {attributes: {student: yes or no}}"
    block = Block(spot, ("attributes", "names"), expected)
    if not block.fields:
        raise Unclear(expected)
    names = block.optional("names", lambda names: _names(names, languages), {})
    return block.optional("attributes", _attributes, {}), names


def _names(spot: Spot, languages: Sequence[str]) -> dict[str, Titles]:
    block = _named(spot, _MOST_NAMES, "names such as {vip: {en: VIP guests}}")
    return {word: block.optional(word, lambda titles: read_titles(titles, languages), {}) for word in block.fields}


def _attributes(spot: Spot) -> dict[str, Kind]:
    named = _named(spot, MOST_ATTRIBUTES, "attributes such as {student: yes or no}")
    return {name: named.optional(name, lambda kind: kind.choice(_KINDS), "text") for name in named.fields}


def _segments(spot: Spot) -> tuple[str, ...]:
    names = spot.items(_name, "a list of names such as [students, staff]")
    if len(set(names)) < len(names) or len(names) > MOST_LISTS:
        raise Unclear(f"at most {MOST_LISTS} names, each once")
    return names


def _name(spot: Spot) -> str:
    name = spot.text()
    if NAME.fullmatch(name) is None:
        raise Unclear(f"a name of small letters, digits and _ such as vip, at most {LONGEST_NAME} long")
    return name


def _named(spot: Spot, most: int, expected: str) -> Block:
    """A block whose keys are names."""
    block = Block(spot, None, expected)
    for key in block.fields:
        if NAME.fullmatch(key) is None:
            block.object_to(key, f"a name has small letters, digits and _, and is at most {LONGEST_NAME} long")
    if not 0 < len(block.fields) <= most:
        raise Unclear(f"{expected}; 1 to {most} of them")
    return block


def _choices(spot: Spot) -> tuple[Choice, ...]:
    block = _named(spot, MOST_CHOICES, "choices such as {favourites: {of: [coffee, tea], pick: 1}}")
    choices = tuple(
        _choice(name, Block(each, ("of", "pick", "always", "locked"))) for name, each in block.fields.items()
    )
    seen: set[str] = set()
    for choice in choices:
        if twice := seen & set(choice.options):
            block.object_to(choice.name, f"another choice has the option {min(twice)}, too; give each another name")
        seen |= set(choice.options)
    return choices


def _choice(name: str, block: Block) -> Choice:
    options = block.required("of", lambda of: of.items(_name, "the options such as [coffee, tea]"), (), "the options")
    if len(set(options)) < len(options) or len(options) > MOST_OPTIONS:
        block.object_to("of", f"expected at most {MOST_OPTIONS} options, each once")
    always = block.optional("always", lambda spot: _of(spot, options), ())
    pick = block.required("pick", lambda pick: pick.read(whole), 1, "how many of them, such as 2")
    if "of" in block.fields and "pick" in block.fields and not 1 <= pick < max(2, len(options) - len(always) + 1):
        block.object_to("pick", "expected a number from 1 to the number of options that are not always there")
    locked = block.optional("locked", _locked, None)
    return Choice(name, options, pick, always, locked)


def _of(spot: Spot, options: Collection[str]) -> tuple[str, ...]:
    def one(item: Spot) -> str:
        name = item.text()
        if name not in options:
            raise Unclear(f"one of the options ({', '.join(options)})", nearest(name, options))
        return name

    return (one(spot),) if spot.is_text() else spot.items(one, "options such as [coffee]")


def _locked(spot: Spot) -> Duration | None:
    """How long a choice holds: "30 days", or to the end of the calendar month (None)."""
    text = spot.text()
    if text == "calendar month":
        return None
    try:
        length = duration(text)
    except Unclear as unclear:
        raise Unclear('"calendar month" or a length of time such as 30 days') from unclear
    return _at_least_a_day(length)


def _at_least_a_day(length: Duration) -> Duration:
    if not length.count:
        raise Unclear("a length of time of at least 1 day")
    return length


def _plans(spot: Spot, words: Vocabulary) -> tuple[Plan, ...]:
    block = _named(spot, MOST_PLANS, "plans such as {pro: {fee: 5 EUR, every: 1 month}}")
    return tuple(_plan(name, each, words) for name, each in block.fields.items())


def _plan(name: str, spot: Spot, words: Vocabulary) -> Plan:
    block = Block(spot, ("fee", "every", "trial", "refund"))
    refund = block.optional("refund", lambda way: way.choice({"ends at once": True, "runs out": False}), True)
    return Plan(
        name,
        fee=block.required("fee", lambda fee: fee.read(words.amount), 1, "what it costs, such as 5 EUR"),
        every=block.required("every", lambda every: _at_least_a_day(every.read(duration)), _DAY, "such as 1 month"),
        trial=block.optional("trial", lambda trial: _at_least_a_day(trial.read(duration)), None),
        refund_ends=refund,
    )


def _drawn(spot: Spot) -> Drawn:
    block = Block(spot, ("share", "salt"))
    share = block.required("share", lambda share: share.read(_percents), 1, "of the members, such as 10%")
    return Drawn(share, block.required("salt", seed, "", "any word; another one draws others"))


def _percents(text: str) -> int:
    whole_share = percent_of(percent(text))
    if whole_share is None:
        raise Unclear("a whole share from 1% to 99%")
    return whole_share


def _benefits(spot: Spot, words: Vocabulary) -> tuple[Benefit, ...]:
    expected = "a list of benefits such as [{name: free service, while: {age: under 18}}]"
    benefits = spot.items(lambda each: _benefit(Block(each, ("name", "while")), words), expected)
    names = [benefit.name for benefit in benefits]
    if len(benefits) > MOST_BENEFITS or len(set(names)) < len(names):
        raise Unclear(f"at most {MOST_BENEFITS} benefits, each with a name of its own")
    return benefits


def _benefit(block: Block, words: Vocabulary) -> Benefit:
    held = block.required("while", lambda spot: _standing(spot, words), MemberWhen(), "what must hold as long")
    return Benefit(block.required("name", Spot.text, "", "what members read"), held)


def _standing(spot: Spot, words: Vocabulary) -> MemberWhen:
    """Conditions that can be asked at any moment, without an order."""
    while_ = read_while(spot, words)
    block = Block(spot, None)
    if not block.fields:
        raise Unclear("a block of conditions")
    for key in (*ORDER_ONLY, "once_in"):
        if key in block.fields:
            block.object_to(key, "a benefit holds at any moment: only a rule of an order has this key")
    birthday = block.fields.get("birthday")
    if birthday is not None and not birthday.is_text() and "orders" in (days := Block(birthday, None)).fields:
        days.object_to("orders", "a benefit holds at any moment, whatever was ordered")
    return while_


def _draws(spot: Spot, words: Vocabulary) -> tuple[Draw, ...]:
    block = _named(
        spot, MOST_CHOICES, "draws such as {spring: {tickets: tickets, closes: 2026-06-01, winners: 3, ...}}"
    )
    keys = ("tickets", "closes", "winners", "seed_sha256")
    return tuple(_draw(name, Block(each, keys), words) for name, each in block.fields.items())


def _draw(name: str, block: Block, words: Vocabulary) -> Draw:
    return Draw(
        name,
        tickets=block.required("tickets", lambda points: points.read(words.currency), "", "which points are tickets"),
        closes=block.required("closes", lambda day: day.read(a_day), "", "the first day that no longer counts"),
        winners=block.required("winners", lambda count: count.read(_winners), 1, "how many win"),
        commitment=block.required(
            "seed_sha256", lambda sha: sha.read(_commitment), "", "the SHA-256 of the seed, told before the draw"
        ),
    )


def _winners(text: str) -> int:
    count = whole(text)
    if not 1 <= count <= 1_000:
        raise Unclear("a number of winners from 1 to 1000")
    return count


def _commitment(text: str) -> str:
    if _SHA.fullmatch(text) is None:
        raise Unclear("a SHA-256: 64 small hex digits")
    return text
