"""What a card shows beside points: how full its stamp cards are, and benefits in the program's own words."""

from collections.abc import Iterable, Mapping

from chalicelib.cards.face import StampsShown
from chalicelib.ledger.journal import Snapshot
from chalicelib.programs.definition import Definition
from chalicelib.programs.offer_texts import perk_line, stamps_text
from chalicelib.programs.titles import title

_SPOKEN = ("en", "ru")


def stamps_shown(definition: Definition, snap: Snapshot) -> tuple[StampsShown, ...]:
    """Every stamp card of the program, as full as it is."""
    found = []
    for card in definition.offers.stamps:
        filled, full = card.shown(snap.purse(card.currency).spendable)
        reward = definition.offers.reward(card.reward)
        assert reward is not None
        words = {
            language: f"{title(reward.names, language)}: {stamps_text(filled, card.size, full, language)}"
            for language in (*definition.languages, *_SPOKEN)
        }
        found.append(StampsShown(card.currency, filled, card.size, full, words))
    return tuple(found)


def perks_shown(definition: Definition, names: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Lines by language for those of the benefits that the program declares itself."""
    declared = [name for name in names if definition.offers.perk(name) is not None]
    languages = (*definition.languages, *_SPOKEN)
    return {name: {language: perk_line(definition, name, language) for language in languages} for name in declared}
