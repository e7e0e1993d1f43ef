"""What a refund will cost in points, asked by the shop before it refunds, and what both then agree on.

Where the program nets points against the refund, the shop keeps what the missing points are worth; where it reverses
rewards, an unused one goes back. Both need the shop's word that it did so: that is accepting the quote. A quote that
nobody accepts changes nothing, and what is missing is then owed.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import Amounts, Instant, Reference
from chalicelib.ledger.documents import Agreement, OrderDocument, RedemptionDocument
from chalicelib.ledger.orders import lines_returned, post, returned
from chalicelib.ledger.posting import Ways
from chalicelib.programs.definition import Definition
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program
from chalicelib.programs.refunds import WhenSpent
from chalicelib.services.accounts import Accounts
from chalicelib.services.journaling import Standing, standing
from chalicelib.services.limiting import limited
from chalicelib.services.ports import Chance, Clock, Ledger, Outcome
from chalicelib.services.redeeming import Redemptions
from chalicelib.services.reposting import Batch

_OPEN_FOR = 30 * 60_000
"""Milliseconds for which an offer can be accepted: the refund is made in between."""
_LOOK_BACK = 50
"""Entries among which an unused reward is looked for."""
_ROUNDS = 12

Rule = Literal["nothing_is_missing", "points_are_owed", "points_are_let_go", "money_is_withheld", "reward_goes_back"]


class QuotedPoints(msgspec.Struct, frozen=True):
    """Points of one currency that the refund takes back: those that are there, and those that are missing.

    made_up: of the missing ones, those that the quote makes up for when it is accepted; the rest follows the policy
    redemption: the reward that has to be cancelled for it
    """

    currency: str
    to_take_back: int
    there: int
    missing: int
    made_up: int = 0
    redemption: Reference | None = None


class RefundQuote(msgspec.Struct, frozen=True):
    """What a refund will do. `rule` says why; `id` is empty where there is nothing to accept.

    withhold: what the shop keeps of the refund, in minor units of `money`      until: how long it can be accepted
    """

    id: str
    order: Reference
    policy: WhenSpent
    rule: Rule
    points: tuple[QuotedPoints, ...]
    withhold: int
    money: str
    until: Instant


class Quotes(msgspec.Struct, frozen=True):
    """Asks what a refund costs, and keeps what was agreed on with the order it is about."""

    ledger: Ledger
    accounts: Accounts
    redemptions: Redemptions
    clock: Clock
    chance: Chance

    def quote_refund(self, program: Program, order: Reference, amounts: Amounts) -> RefundQuote:
        """What happens when so much of an order goes back; `amounts` as the refund will be told, in full.

        An offer replaces the one before, unless that was accepted. Raises: TryAgain, Refused("order_unknown").
        """
        for _ in range(_ROUNDS):
            document = self._order(program, order)
            assert document.account is not None
            stand = standing(self.ledger, program, document.account, self.clock.now())
            quote = self._quote(program, document, amounts, stand)
            offers = _offers(document, quote)
            if not offers:
                return quote
            kept = tuple(each for each in document.agreed if each.is_accepted)
            noted = msgspec.structs.replace(document, revision=document.revision + 1, agreed=(*kept, *offers))
            batch = Batch(self.ledger, program, stand, documents=[noted])
            if self._commit(batch) is Outcome.COMMITTED:
                return quote
        raise TryAgain("too_many_races", document=order)

    def accept(self, program: Program, quote: str, *, actor: str) -> None:
        """The shop did as the quote said. A repeat changes nothing, and the refund may have been told before or after.

        Raises: TryAgain, Refused (quote_unknown, quote_too_old).
        """
        order = Reference(quote.removeprefix("quote/").rpartition("/")[0])
        for _ in range(_ROUNDS):
            document = self._order(program, order, otherwise="quote_unknown")
            offers = [each for each in document.agreed if each.quote == quote]
            if not offers:
                raise Refused("quote_unknown", quote=quote[:200])
            if all(each.is_accepted for each in offers):
                return self._give_back(program, offers, actor)
            if min(each.until for each in offers) < self.clock.now():
                raise Refused("quote_too_old", quote=quote[:200])
            agreed = tuple(
                msgspec.structs.replace(each, is_accepted=each.is_accepted or each.quote == quote)
                for each in document.agreed
            )
            assert document.account is not None
            stand = standing(self.ledger, program, document.account, self.clock.now())
            batch = Batch(self.ledger, program, stand)
            batch.add(msgspec.structs.replace(document, agreed=agreed), actor=actor)
            if self._commit(batch) is Outcome.COMMITTED:
                return self._give_back(program, offers, actor)
        raise TryAgain("too_many_races", document=order)

    def _order(self, program: Program, order: Reference, otherwise: str = "order_unknown") -> OrderDocument:
        stored = self.ledger.document(program.slug, order)
        if not isinstance(stored, OrderDocument) or stored.state != "posted" or stored.account is None:
            raise Refused(otherwise, order=order[:200])
        return stored

    def _quote(self, program: Program, document: OrderDocument, amounts: Amounts, stand: Standing) -> RefundQuote:
        assert document.pricing is not None
        definition = program.version(document.pricing.version).definition
        points = self._missing(program, document, amounts, stand, definition)
        policy, now = definition.refunds.when_spent, self.clock.now()
        made_up, withhold, rule = points, 0, _otherwise(policy)
        if not any(each.missing for each in points):
            rule = "nothing_is_missing"
        elif policy == "net against refund":
            made_up, withhold = _netted(definition, document, points, amounts)
        elif policy == "reverse reward":
            made_up = tuple(self._reversed(program, stand, each) for each in points)
        if any(each.made_up for each in made_up):
            rule = "money_is_withheld" if policy == "net against refund" else "reward_goes_back"
        name = f"quote/{document.reference}/{self.chance.token()}" if any(each.made_up for each in made_up) else ""
        assert document.facts is not None
        money = document.facts.currency
        return RefundQuote(name, document.reference, policy, rule, made_up, withhold, money, now + _OPEN_FOR)

    def _missing(
        self, program: Program, document: OrderDocument, amounts: Amounts, stand: Standing, definition: Definition
    ) -> tuple[QuotedPoints, ...]:
        """Post the refund to a copy of the account, and see what would be owed."""
        assert document.facts is not None
        assert document.pricing is not None
        back = returned(document).plus(amounts)
        target = price(definition, document.pricing, document.facts, back, lines_returned(document))
        owner = document.account or stand.account
        within = limited(self.ledger, program.slug, owner, target, document.cuts)
        ways = Ways(is_owed=True, is_forgiven=definition.refunds.ways.is_forgiven)
        calendar = program.timeline.calendar
        posting = post(document, within.target, stand.snap, at=stand.at, calendar=calendar, ways=ways)
        before = {worth.currency: worth.points for worth in document.posted}
        quoted = []
        for worth in posting.document.posted:
            owed = -sum(
                leg.points
                for leg in posting.legs
                if (leg.place, leg.currency) == ("debt", worth.currency) and leg.points < 0
            )
            taken = before.get(worth.currency, 0) - worth.points
            if taken > 0:
                quoted.append(QuotedPoints(worth.currency, taken, taken - owed, owed))
        return tuple(quoted)

    def _reversed(self, program: Program, stand: Standing, quoted: QuotedPoints) -> QuotedPoints:
        """The newest reward that makes up for all that is missing. Whether it is unused, only the shop knows."""
        if not quoted.missing:
            return quoted
        entries = self.ledger.entries(program.slug, stand.account, newest_first=True, limit=_LOOK_BACK)
        for entry in (entry for entry in entries if entry.kind == "redeemed"):
            reward = self.ledger.document(program.slug, entry.document)
            if not isinstance(reward, RedemptionDocument) or reward.currency != quoted.currency:
                continue
            if reward.used - reward.returned >= quoted.missing:
                return msgspec.structs.replace(quoted, made_up=quoted.missing, redemption=reward.reference)
        return quoted

    def _give_back(self, program: Program, offers: Sequence[Agreement], actor: str) -> None:
        for each in offers:
            if each.redemption is not None:
                reward = self.ledger.document(program.slug, each.redemption)
                assert isinstance(reward, RedemptionDocument)
                self.redemptions.give_back(program, each.redemption, reward.used, actor=actor)

    def _commit(self, batch: Batch) -> Outcome:
        ends_at = self.accounts.ends_at(batch.program, batch.stand.before)
        outcome = self.ledger.commit(batch.commit(ends_at))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome


def _otherwise(policy: WhenSpent) -> Rule:
    return "points_are_let_go" if policy == "write off" else "points_are_owed"


def _netted(
    definition: Definition, document: OrderDocument, points: tuple[QuotedPoints, ...], amounts: Amounts
) -> tuple[tuple[QuotedPoints, ...], int]:
    """What money makes up for, as far as the refund reaches; a fraction of the smallest coin is not kept."""
    pricing = document.pricing
    rate = Fraction(pricing.rate) if pricing is not None and pricing.rate else Fraction(1)
    left = Fraction(amounts.goods + amounts.gift_cards + amounts.shipping)
    kept, made_up = Fraction(0), []
    for each in points:
        worth = (definition.currency(each.currency).worth or Fraction(0)) / rate
        covered = min(each.missing, int(left / worth)) if worth else 0
        left -= covered * worth
        kept += covered * worth
        made_up.append(msgspec.structs.replace(each, made_up=covered))
    return tuple(made_up), int(kept)


def _offers(document: OrderDocument, quote: RefundQuote) -> tuple[Agreement, ...]:
    """The quote as its order keeps it."""
    worths = _worths(document)
    return tuple(
        Agreement(
            quote=quote.id,
            currency=each.currency,
            points=each.made_up,
            worth=worths.get(each.currency, 0),
            until=quote.until,
            withheld=quote.withhold if each.redemption is None else 0,
            redemption=each.redemption,
        )
        for each in quote.points
        if each.made_up
    )


def _worths(document: OrderDocument) -> Mapping[str, int]:
    """What the order is worth now: what was posted, without what was written off."""
    return {worth.currency: worth.points - document.written_off.get(worth.currency, 0) for worth in document.posted}
