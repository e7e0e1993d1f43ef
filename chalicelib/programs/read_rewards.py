"""Reads the catalogue of rewards and the stamp cards: `rewards: [...]`, `stamps: {...}`."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from chalicelib.programs.limits import Span
from chalicelib.programs.rewards import MOST_REWARDS, Reward, StampCard, Times, What
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.titles import read_key, read_titles
from chalicelib.programs.values import Unclear, calendar_day, nearest, percent, whole
from chalicelib.programs.vocabulary import Vocabulary

_WHAT: Mapping[str, What] = {
    "item": "item",
    "discount": "discount",
    "voucher": "voucher",
    "delivery": "delivery",
    "donation": "donation",
    "money": "money",
}
_SPANS: Mapping[str, Span] = {
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "lifetime": "lifetime",
}
_KEYS = (
    "reward",
    "name",
    "price",
    "what",
    "worth",
    "voucher",
    "stock",
    "per_member",
    "levels",
    "from",
    "until",
    "top_up",
)
_AT_MOST = "at most "
_OVER = {"carry over": False, "reset": True}
_YES: Mapping[str, bool] = {"yes": True, "no": False}
_MOST_STAMPS = 100


def read_rewards(
    spot: Spot, languages: Sequence[str], words: Vocabulary, vouchers: Sequence[str]
) -> tuple[Reward, ...]:
    """All rewards, in the file's order. `vouchers`: the kinds of vouchers that there are."""
    found = spot.items(lambda each: _reward(each, languages, words, vouchers), "a list of rewards, each with a price")
    if len(found) > MOST_REWARDS:
        raise Unclear(f"at most {MOST_REWARDS} rewards")
    return found


def _reward(spot: Spot, languages: Sequence[str], words: Vocabulary, vouchers: Sequence[str]) -> Reward:
    block = Block(spot, _KEYS, "a reward with reward, name, what and price")
    what = block.required("what", lambda what: what.choice(_WHAT), _WHAT["item"], "what it is, such as item")
    price = block.required("price", lambda price: price.read(words.points), None, "such as 100 points")
    worth, is_exact = block.optional("worth", lambda worth: _worth(worth, words), (None, False))
    if what in ("discount", "donation", "money"):
        if "worth" not in block.fields:
            block.required("worth", Spot.text, "", f"what the {what} comes to, such as 5 {words.money or 'EUR'}")
        elif not is_exact:
            block.object_to("worth", f"this is how much the {what} is: leave out “at most”")
    if what == "voucher":
        block.required("voucher", lambda name: name, None, "the kind of voucher that it is")
        if "worth" in block.fields:
            block.object_to("worth", "the kind of voucher says what it is worth: leave this key out")
    elif "voucher" in block.fields:
        block.object_to("voucher", 'only a reward that is a voucher has this key; write "what: voucher"')
    return Reward(
        key=block.required("reward", lambda key: read_key(key.text()), "", "a short name such as hot-drink"),
        names=block.required("name", lambda name: read_titles(name, languages), {}, "what members read"),
        what=what,
        currency=price.currency if price else "",
        price=price.points if price else 1,
        worth=worth,
        stock=block.optional("stock", _count, None),
        per_member=block.optional("per_member", read_times, None),
        levels=block.optional("levels", lambda levels: levels.items(Spot.text, "a list of levels such as [Gold]"), ()),
        since=block.optional("from", lambda day: day.read(calendar_day), None),
        until=block.optional("until", lambda day: day.read(calendar_day), None),
        top_up=block.optional("top_up", lambda share: share.read(_top_up), Fraction(0)),
        voucher=block.optional("voucher", lambda name: _one_of(name, vouchers), "") if what == "voucher" else "",
    )


def read_times(spot: Spot) -> Times:
    """ "2 per month"; "1 per lifetime"."""
    count, per, span = spot.text().partition(" per ")
    if not per or span not in _SPANS:
        expected = f"how often, such as 2 per month (per {', '.join(_SPANS)})"
        raise Unclear(expected, nearest(span, _SPANS) if per else "")
    return Times(_above_none(count), _SPANS[span])


def read_stamps(
    spot: Spot, languages: Sequence[str], words: Vocabulary
) -> tuple[tuple[StampCard, ...], tuple[Reward, ...]]:
    """The stamp cards, by the stamps that fill them, and the reward that each one is when it is full."""
    block = Block(spot, None, "stamp cards by the stamps that fill them, each with size and gives")
    found = []
    for name, value in block.fields.items():
        try:
            found.append(_stamp_card(value, words.currency(name), languages, words))
        except Unclear as unclear:
            value.note(unclear)
    return tuple(card for card, _ in found), tuple(reward for _, reward in found)


def _stamp_card(spot: Spot, currency: str, languages: Sequence[str], words: Vocabulary) -> tuple[StampCard, Reward]:
    block = Block(spot, ("size", "gives", "over", "combine"), "a stamp card with size and gives")
    size = block.required("size", lambda size: size.read(_size), 2, "how many stamps, such as 10")
    gives = block.required(
        "gives", lambda gives: Block(gives, ("reward", "name", "worth")), None, "what a full card is"
    )
    if gives is None:
        return StampCard(currency, size, ""), Reward("", {}, "item", currency, size)
    reward = Reward(
        key=gives.required("reward", lambda key: read_key(key.text()), "", "a short name such as free-coffee"),
        names=gives.required("name", lambda name: read_titles(name, languages), {}, "what members read"),
        what="item",
        currency=currency,
        price=size,
        worth=gives.optional("worth", lambda worth: _worth(worth, words)[0], None),
        takes_all=block.optional("over", lambda over: over.choice(_OVER), False),
    )
    may_combine = block.optional("combine", lambda combine: combine.choice(_YES), False)
    return StampCard(currency, size, reward.key, may_combine), reward


def _worth(spot: Spot, words: Vocabulary) -> tuple[int, bool]:
    """ "5 EUR", or "at most 6 EUR"; and whether it is just that."""
    text = spot.text()
    is_exact = not text.startswith(_AT_MOST)
    return words.amount(text.removeprefix(_AT_MOST)), is_exact


def _count(spot: Spot) -> int:
    return spot.read(_above_none)


def _above_none(text: str) -> int:
    count = whole(text)
    if not count:
        raise Unclear("a whole number above zero such as 100")
    return count


def _size(text: str) -> int:
    size = whole(text)
    if not 2 <= size <= _MOST_STAMPS:
        raise Unclear(f"2 to {_MOST_STAMPS} stamps")
    return size


def _top_up(text: str) -> Fraction:
    share = percent(text)
    if not 0 < share < 1:
        raise Unclear("a share of the price below all of it such as 50%")
    return share


def _one_of(spot: Spot, vouchers: Sequence[str]) -> str:
    name = spot.text()
    if name not in vouchers:
        raise Unclear(f"a kind of voucher ({', '.join(vouchers) or 'none is declared'})", nearest(name, vouchers))
    return name
