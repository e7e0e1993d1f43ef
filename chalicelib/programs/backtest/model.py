"""How members use their points in a replay: nobody knows, so it is stated, and chance is the same for every program."""

import hashlib
import re
from fractions import Fraction

import msgspec

from chalicelib.errors import Malformed
from chalicelib.programs.definition import Definition
from chalicelib.programs.redeeming import payable

_MODEL = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s?%(?:\s+from\s+([0-9]{1,9}))?")
_RANGE = 2**64


class Model(msgspec.Struct, frozen=True):
    """Whoever has at least `least` points when they buy uses as many as they may, `chance` of the time.

    least: 0 for as few as the program allows      seed: which chance
    """

    chance: Fraction = Fraction(1, 2)
    least: int = 0
    seed: int = 1

    def uses(self, order: str) -> bool:
        """Are points used with this order? The same answer for the same order, whatever the program."""
        drawn = hashlib.sha256(f"{self.seed}/{order}".encode()).digest()[:8]
        return Fraction(int.from_bytes(drawn), _RANGE) < self.chance


def model_of(text: str, *, seed: int) -> Model:
    """ "never", "always", "50%", or "50% from 100". Raises Malformed for anything else."""
    named = {"never": Fraction(0), "always": Fraction(1)}.get(text.strip())
    if named is not None:
        return Model(named, 0, seed)
    match = _MODEL.fullmatch(text.strip())
    if match is None or Fraction(match[1]) > 100:
        raise Malformed("not_a_redemption_model", given=text[:40])
    return Model(Fraction(match[1]) / 100, int(match[2] or 0), seed)


def usable(definition: Definition, points: int, goods: int) -> int:
    """The most of `points` that the program lets a purchase of `goods` minor units be paid with; 0 for none.

    A program that has no rule for paying lets all of them buy something else, such as a coupon.
    """
    return max(0, points) if definition.pay is None else payable(definition, points, goods)


def reward_at(definition: Definition) -> tuple[str, int]:
    """The currency in which members reach their first reward, and with how many points."""
    if definition.pay is None:
        return definition.main.key, 1
    return definition.pay.currency, max(1, definition.pay.min_points)
