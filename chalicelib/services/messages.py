"""What a shop says to its members: one text, on the cards of those who agreed to be told, and never too often.

A message is part of the card: the phone announces it, the page shows it, and taking it back takes it off every card. A
card whose owner did not agree to marketing never gets one, whatever else holds.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.cards.face import Message
from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.program import Program
from chalicelib.programs.tiers import level_now
from chalicelib.services.journaling import Standing, standing
from chalicelib.services.judging import known_member
from chalicelib.services.ports import Card, Cards, Clock, Heard, Ledger, Members
from chalicelib.services.ports.walks import Campaign, Walk
from chalicelib.services.refreshing import Refresh
from chalicelib.services.walking import PAUSED_MILLISECONDS, Stop, Stretch

LONGEST = 240
"""Letters. What a lock screen shows of it; the card's back and its page would have room for more."""

APART: Instant = 24 * 3_600_000
"""A card gets one message a day: who hears more from a shop than from friends switches its notices off for good."""

A_WEEK: Instant = 7 * 24 * 3_600_000
MOST_A_WEEK = 3
"""Three a week, whoever plans campaigns: Google refuses the fourth notice of a day, and nobody notices the fourth of a
week."""

QUIET_FROM, QUIET_UNTIL = 21, 9
"""Hours of the program's own time zone in which nobody is told anything, unless the shop insists."""

_JOINERS = "\u200c\u200d"
"""Invisible, and part of how some languages and many emoji are written."""

_DAY: Instant = 86_400_000
_PAGE = 500


class Messages(msgspec.Struct, frozen=True):
    """services.walking.Round through the cards of a program, for a message that is sent or taken back."""

    ledger: Ledger
    cards: Cards
    members: Members
    refresh: Refresh
    clock: Clock

    def campaign(
        self,
        program: Program,
        texts: Mapping[str, str],
        *,
        level: str = "",
        segment: str = "",
        at_night: bool = False,
    ) -> Campaign:
        """A message that can be sent, by language. Raises Refused (message_...: what is wrong with it)."""
        now = self.clock.now()
        definition = program.in_force(now).definition
        _check(definition, texts)
        if level and (definition.tiers is None or level not in {each.name for each in definition.tiers.levels}):
            raise Refused("message_level_unknown", level=level)
        if segment and segment not in definition.membership.lists:
            raise Refused("message_segment_unknown", segment=segment)
        words = {language: text.strip() for language, text in texts.items()}
        return Campaign(Message(f"message-{now // 1_000}", words, now), level, segment, at_night)

    def audience(self, program: Program, campaign: Campaign) -> Mapping[tuple[str, str], int]:
        """Who would get it now: cards by level and by what would come of it. Writes nothing."""
        found: Counter[tuple[str, str]] = Counter()
        for card in self._each(program):
            stand = standing(self.ledger, program, card.account, self.clock.now())
            found[_level(program, stand), self._keeps_out(program, card, campaign, stand) or "told"] += 1
        return found

    # --- services.walking.Round

    def stretch(self, program: Program, *, cursor: str, limit: int) -> Stretch:
        """The next cards."""
        page = self.cards.listed(program.slug, cursor=cursor, limit=limit)
        return Stretch([Stop(listed.serial) for listed in page.cards], page.cursor)

    def visit(self, program: Program, walk: Walk, stop: Stop) -> str:
        """Give the message to a card, or take it back; "told", "withdrawn", or why not. Raises TryAgain."""
        card, campaign = self.cards.card(stop.name), walk.campaign
        if card is None or campaign is None:
            return "gone"
        if walk.job == "withdraw":
            return self._take_back(card, campaign.message.id)
        if campaign.message.id in {heard.message for heard in card.heard}:
            self.refresh.one(card, is_repeat=True)  # whoever gave it may have died before anybody was told
            return "told"
        if why := self._keeps_out(program, card, campaign, None):
            return why
        now, outcome = self.clock.now(), "told"

        def given(known: Card) -> Card:
            """Asked of the card as it is when it is written: somebody may have been faster."""
            nonlocal outcome
            outcome = "left" if known.is_void else "told enough" if _has_heard_enough(known, now) else "told"
            if outcome != "told":
                return known
            recent = tuple(heard for heard in known.heard if heard.at > now - A_WEEK)
            return msgspec.structs.replace(
                known, message=campaign.message, heard=(*recent, Heard(campaign.message.id, now))
            )

        self.refresh.one(card, change=given)
        return outcome

    def opens_at(self, program: Program, walk: Walk, now: Instant) -> Instant:
        """Not while people sleep, nor while messages are paused. What is taken back is so at once, and in silence."""
        if walk.job == "message" and program.is_paused("messages"):
            return now + PAUSED_MILLISECONDS
        is_silent = walk.job == "withdraw" or walk.campaign is None or walk.campaign.at_night
        return now if is_silent else wakes_at(program, now)

    def _take_back(self, card: Card, message: str) -> str:
        if message not in {heard.message for heard in card.heard}:
            return "never had it"

        def without(known: Card) -> Card:
            has_it = known.message is not None and known.message.id == message
            return msgspec.structs.replace(known, message=None) if has_it else known

        self.refresh.one(card, change=without)
        return "withdrawn"

    def _keeps_out(self, program: Program, card: Card, campaign: Campaign, stand: Standing | None) -> str:
        """Why a card does not get it; "" when it does. The consent costs two reads, and is asked for last."""
        now = self.clock.now()
        if card.is_void:
            return "left"
        if _has_heard_enough(card, now):
            return "told enough"
        if campaign.level or campaign.segment:
            stand = stand or standing(self.ledger, program, card.account, now)
            if campaign.level and _level(program, stand) != campaign.level:
                return "other level"
            is_asked = bool(campaign.segment)
            if is_asked and not known_member(self.ledger, program.slug, stand.account).is_on(campaign.segment, now):
                return "not in the segment"
        member = self.members.member(program.slug, card.member)
        has_agreed = member is not None and any(consent.purpose == "marketing" for consent in member.consents)
        return "" if has_agreed else "no consent"

    def _each(self, program: Program) -> Iterator[Card]:
        cursor = ""
        while True:
            page = self.cards.listed(program.slug, cursor=cursor, limit=_PAGE)
            for listed in page.cards:
                card = self.cards.card(listed.serial)
                if card is not None:
                    yield card
            cursor = page.cursor
            if not cursor:
                return


def _has_heard_enough(card: Card, now: Instant) -> bool:
    recent = [heard.at for heard in card.heard if heard.at > now - A_WEEK]
    return len(recent) >= MOST_A_WEEK or any(at > now - APART for at in recent)


def wakes_at(program: Program, now: Instant) -> Instant:
    """The end of the program's night, or `now` by day."""
    calendar = ZoneCalendar(program.in_force(now).definition.time_zone)
    today = calendar.day(now)
    if now < calendar.at_hour(today, QUIET_UNTIL):
        return calendar.at_hour(today, QUIET_UNTIL)
    if now < calendar.at_hour(today, QUIET_FROM):
        return now
    return calendar.at_hour(calendar.day(now + _DAY), QUIET_UNTIL)


def _check(definition: Definition, texts: Mapping[str, str]) -> None:
    missing = [language for language in definition.languages if not texts.get(language, "").strip()]
    if missing:
        raise Refused("message_language_missing", language=missing[0])
    for language, text in texts.items():
        if language not in definition.languages:
            raise Refused("message_language_unknown", language=language)
        if len(text.strip()) > LONGEST:
            raise Refused("message_too_long", language=language, letters=len(text.strip()))
        if any(unicodedata.category(letter).startswith("C") and letter not in _JOINERS for letter in text):
            raise Refused("message_unprintable", language=language)


def _level(program: Program, stand: Standing) -> str:
    return level_now(program.in_force(stand.at).definition.tiers, stand.snap.tier)
