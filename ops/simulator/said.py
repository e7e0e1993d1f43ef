"""What the shop said, at rest: only to those who agreed, once, and never too often."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from chalicelib.services.messages import A_WEEK, APART, MOST_A_WEEK
from chalicelib.services.ports import Card
from chalicelib.services.ports.walks import Walk
from ops.simulator.rules import PROGRAM
from ops.simulator.world import SKEW, World


class Said:
    """Looks at everything that shows a message."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._told = world.chronicle
        self._walks = [walk for walk in world.walks.walks() if walk.job == "message"]

    def violations(self) -> Iterator[str]:
        """Everything that was said to whom it should not, twice, too often, or not at all."""
        for serial, agreed in self._told.agreed.items():
            card = self._world.cards.card(serial) if serial else None
            if card is not None:
                yield from self._card(card, agreed=agreed)
        for phone in self._world.phones.all.values():
            for message, times in Counter(phone.messages).items():
                if times > 1:
                    yield f"card {phone.serial}: {phone.device} announced {message} {times} times"
                if not self._told.agreed.get(phone.serial, True):
                    yield f"card {phone.serial}: its owner did not agree, and {phone.device} announced {message}"
        for serial, messages in self._world.google.says.items():
            if messages and not self._told.agreed.get(serial, True):
                yield f"card {serial}: its owner did not agree, and Google shows {messages[-1]}"
        for walk in self._world.walks.walks():
            if walk.state == "running":
                yield f"the walk {walk.id} never came to its end"

    def _card(self, card: Card, *, agreed: bool) -> Iterator[str]:
        if not agreed and (card.heard or card.message):
            yield f"card {card.serial}: its owner did not agree, and was told something"
        times = sorted(heard.at for heard in card.heard)
        if any(later - at < APART - 2 * SKEW for at, later in pairwise(times)):
            yield f"card {card.serial}: its owner was told two things within a day"
        if any(later - at < A_WEEK - 2 * SKEW for at, later in zip(times, times[MOST_A_WEEK:], strict=False)):
            yield f"card {card.serial}: its owner was told too many things within a week"
        withdrawn = {
            walk.campaign.message.id
            for walk in self._world.walks.walks()
            if walk.job == "withdraw" and walk.state == "done" and walk.campaign is not None
        }
        if card.message is not None and card.message.id in withdrawn:
            yield f"card {card.serial}: shows a message that was taken back"
        if agreed and self._should_have_heard(card) and not card.heard:
            yield f"card {card.serial}: its owner agreed, and was never told"

    def _should_have_heard(self, card: Card) -> bool:
        """The only message of all times went to everybody while the card stood still."""
        if len(self._walks) != 1 or card.is_void or self._told.erased or card.program != PROGRAM:
            return False
        walk: Walk = self._walks[0]
        began = walk.started_at - SKEW
        is_old = card.opened_at < began and self._world.cards.attached_at.get(card.serial, 0) < began
        is_for_all = walk.campaign is not None and not walk.campaign.level
        return is_old and is_for_all and walk.state == "done" and not walk.counted.get("broken")
