"""What each operation of the stores' API does: one method for each, from a read request to what is told."""

from collections.abc import Callable
from functools import partial

import msgspec

from chalicelib.cards.history import history
from chalicelib.cards.reasons import reason
from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId, Amounts, Customer, Instant, Reference
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import NEVER, Snapshot
from chalicelib.members.people import Consent
from chalicelib.programs.conversion import exchange, rate_for
from chalicelib.programs.lots import lives_on
from chalicelib.programs.member_conditions import Occasion, held
from chalicelib.programs.pricing import explain, explain_lines, frozen
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reaching import reached_with
from chalicelib.programs.texts import spoken
from chalicelib.programs.tiers import level_held, level_now
from chalicelib.services.adjusting import Adjustments
from chalicelib.services.judging import known_member
from chalicelib.services.ports import Chance, Clock, Ledger, Vault
from chalicelib.services.quoting import Quotes
from chalicelib.services.redeeming import Redemptions
from chalicelib.services.rewarding import Rewards
from chalicelib.services.scanning import Scanning
from chalicelib.services.transferring import Transfers
from chalicelib.services.welcoming import Found, Welcome
from chalicelib.web.api import shapes
from chalicelib.web.api.deeds import deed_told
from chalicelib.web.api.facts import earning, facts_of
from chalicelib.web.api.knowledge import ProfileCounter
from chalicelib.web.api.levels import LevelCounter
from chalicelib.web.api.offers import OfferCounter, purchase_of
from chalicelib.web.api.people import PeopleCounter, known_partner
from chalicelib.web.api.request import Request, api_id, moment
from chalicelib.web.api.staff import StaffCounter
from chalicelib.web.consent import Shop, consent_text, text_sha

_MINUTE = 60_000
_SECONDS = 4
_LINES = 30


class Counter(msgspec.Struct, frozen=True):
    """Serves stores."""

    ledger: Ledger
    welcome: Welcome
    scanning: Scanning
    redemptions: Redemptions
    quotes: Quotes
    rewards: Rewards
    adjustments: Adjustments
    transfers: Transfers
    people: PeopleCounter
    profiles: ProfileCounter
    offers: OfferCounter
    levels: LevelCounter
    vault: Vault
    chance: Chance
    clock: Clock
    base_url: str
    shop_of: Callable[[Program], Shop]
    staff: StaffCounter

    # --- members

    def find(self, request: Request) -> shapes.Members:
        """Whoever the shop means. What was scanned decides, where something was."""
        if code := request.query.get("code"):
            card = self.scanning.card(request.program, code)
            found = None if card is None else self.welcome.by_id(request.program, card.account)
            return shapes.Members([] if found is None else [_member(found, request.program)])
        asked = Customer(request.query.get("customer"), request.query.get("email"), request.query.get("phone"))
        found = self.welcome.by_customer(request.program, asked)
        return shapes.Members([] if found is None else [_member(found, request.program)])

    def enrol(self, request: Request) -> shapes.Member:
        """A customer joins at the till; one who is known is found."""
        sent, program = request.sent(shapes.Enrolment), request.program
        languages = program.latest.definition.languages
        language = sent.language or languages[0]
        if language not in languages:
            raise Malformed("language_unknown")
        agreed = text_sha(consent_text(self.shop_of(program), language))
        consent = Consent("program", agreed, language, self.clock.now())
        customer = Customer(sent.customer, sent.email, sent.phone)
        done = self.welcome.enrol(program, customer, name=sent.name, language=language, consents=(consent,))
        member = _member(done.found, program)
        return msgspec.structs.replace(member, card=f"{self.base_url}/c/{done.link}") if done.link else member

    def member(self, request: Request) -> shapes.Member:
        """One member."""
        return _member(self._found(request, request.ids["member"]), request.program)

    def balance(self, request: Request) -> shapes.Balance:
        """What a member has now."""
        found = self._found(request, request.ids["member"])
        return shapes.Balance(
            found.account, moment(found.at), _purses(found, request.program), _level(found, request.program)
        )

    def history(self, request: Request) -> shapes.History:
        """What happened, newest first."""
        found = self._found(request, request.ids["member"])
        program, now = request.program, self.clock.now()
        definition = program.latest.definition
        currency = request.query.get("currency") or definition.main.key
        if currency not in {known.key for known in definition.currencies}:
            raise Refused("unknown_currency", currency=currency[:24])
        limit = int(request.query.get("limit", _LINES))
        language = spoken(definition, request.query.get("language", ""))
        entries = self.ledger.entries(program.slug, found.account, newest_first=True, limit=limit + 1)
        rows = history(entries[::-1], program, currency, now=now)[::-1][:limit]
        lines = [
            shapes.HistoryLine(
                moment(row.at), row.what, row.points, row.name, reason(row, program, currency, language).sentence
            )
            for row in rows
        ]
        return shapes.History(found.account, currency, lines)

    # --- earning

    def quote(self, request: Request) -> shapes.Quote:
        """What an order would earn now, or what a refund would take back."""
        request.program.goes("earning")
        sent = request.sent(shapes.QuoteAsked)
        match sent:
            case shapes.QuoteAsked(order=shapes.Order() as order, refund=None):
                return self._earning(request, order, sent.member)
            case shapes.QuoteAsked(order=None, refund=shapes.Refund() as refund):
                return shapes.Quote({}, [], None, self._refund(request, refund))
            case _:
                raise Malformed("one_of_both")

    def _earning(self, request: Request, order: shapes.Order, member: str | None) -> shapes.Quote:
        now = self.clock.now()
        version = request.program.in_force(now)
        definition = version.definition
        if exchange(definition, order.currency, now) is None:
            raise Refused("another_currency", currency=order.currency)
        found = None if member is None else self._found(request, member)
        snap = Snapshot(now) if found is None else found.snap
        facts = facts_of(order, now)
        held_at = partial(self._held, request.program, version, found, now)
        level = level_held(definition.tiers, snap.tier, now)
        bare = frozen(version, facts, tier=level, member_since=snap.opened, told_at=now, held=held_at(level))
        pricing = reached_with(request.program, bare, facts, snap, now, held=held_at)
        tier = pricing.tier
        earned = explain(definition, facts, tier, rate=rate_for(definition, pricing, facts), held=pricing.held)
        points: dict[str, int] = {}
        for line in earned:
            points[line.currency] = points.get(line.currency, 0) + line.points
        lines = explain_lines(definition, pricing, facts, earned)
        rules = [earning(line, brought) for line, brought in zip(earned, lines, strict=True)]
        quote = shapes.Quote(points, rules, tier or None)
        return self.offers.quoted(quote, request.program, order, found, now)

    def _held(
        self, program: Program, version: Version, found: Found | None, now: Instant, level: str
    ) -> tuple[str, ...]:
        """Rules whose conditions on the member hold now. A surprise is nothing that can be told before."""
        if found is None or not any(rule.when.asks_member for rule in version.definition.earn.orders):
            return ()
        known = known_member(self.ledger, program.slug, found.account)
        occasion = Occasion(found.account, now, found.snap, level, None, known)
        return held(version.definition, occasion)

    def _refund(self, request: Request, refund: shapes.Refund) -> shapes.RefundQuote:
        amounts = Amounts(goods=refund.goods, tax=refund.tax, shipping=refund.shipping)
        told = self.quotes.quote_refund(request.program, Reference(f"order/{refund.order}"), amounts)
        return shapes.RefundQuote(
            id=told.id,
            rule=told.rule,
            taken_back=[
                shapes.TakenBack(each.currency, each.to_take_back, each.there, each.missing) for each in told.points
            ],
            withhold=told.withhold,
            money=told.money,
            until=moment(told.until) if told.id else None,
        )

    def accept(self, request: Request) -> shapes.Accepted:
        """The shop takes a quote at its word."""
        quote = request.sent(shapes.Acceptance).id
        self.quotes.accept(request.program, quote, actor=request.actor)
        return shapes.Accepted(quote)

    def activity(self, request: Request) -> shapes.Activity:
        """Something a customer did."""
        sent = request.sent(shapes.ActivityTold)
        customer = Customer(sent.customer.customer, sent.customer.email, sent.customer.phone)
        return self._did(request, sent, customer, None)

    def deed(self, request: Request) -> shapes.Activity:
        """Something a member did."""
        found = self._found(request, request.ids["member"])
        return self._did(request, request.sent(shapes.Deed), Customer(), found.account)

    def _did(
        self, request: Request, sent: shapes.Deed, customer: Customer, account: AccountId | None
    ) -> shapes.Activity:
        request.program.goes("earning")
        told = deed_told(sent, customer, now=self.clock.now())
        by = self.clock.now() + _SECONDS * 1_000
        result = self.rewards.reward(request.program, told, actor=request.actor, deadline=by, account=account)
        match result:
            case "posted" | "duplicate" | "taken_back" | "noted":
                return shapes.Activity(result)
            case "nobody_to_credit":
                raise Malformed("nobody_named")
            case _:
                raise Refused(result)

    # --- using

    def redeem(self, request: Request) -> shapes.Redemption:
        """Points are used, or held."""
        sent = request.sent(shapes.RedemptionAsked)
        if not self._found(request, sent.member).is_member:
            raise Refused("not_a_member")
        name = self._named(request)
        call = (request.program, _reference(name), AccountId(sent.member), sent.points)
        partner = known_partner(request.program, sent.partner)
        goods = purchase_of(sent)
        more = {"actor": request.actor, "currency": sent.currency, "goods": goods, "partner": partner}
        if sent.hold_minutes is None:
            return self._redemption(self.redemptions.redeem(*call, **more), name)  # type: ignore[arg-type]
        until = self.clock.now() + sent.hold_minutes * _MINUTE
        return self._redemption(self.redemptions.hold(*call, until=until, **more), name)  # type: ignore[arg-type]

    def redemption(self, request: Request) -> shapes.Redemption:
        """How a redemption stands."""
        name = api_id(request.ids["redemption"], "redemption_unknown")
        known = self.ledger.document(request.program.slug, _reference(name))
        if not isinstance(known, RedemptionDocument):
            raise Refused("redemption_unknown")
        return self._redemption(known, name)

    def capture(self, request: Request) -> shapes.Redemption:
        """What is held is used."""
        name = api_id(request.ids["redemption"], "redemption_unknown")
        points = request.sent(shapes.Capture).points
        done = self.redemptions.capture(request.program, _reference(name), points, actor=request.actor)
        return self._redemption(done, name)

    def release(self, request: Request) -> shapes.Redemption:
        """What is held goes back."""
        name = api_id(request.ids["redemption"], "redemption_unknown")
        done = self.redemptions.release(request.program, _reference(name), actor=request.actor)
        return self._redemption(done, name)

    # --- by hand

    def adjust(self, request: Request) -> shapes.Adjustment:
        """Points given or taken."""
        sent, name = request.sent(shapes.AdjustmentAsked), self._named(request)
        self._found(request, sent.member)
        done = self.adjustments.adjust(
            request.program,
            Reference(f"adjustment/api/{name}"),
            AccountId(sent.member),
            sent.points,
            currency=sent.currency or request.program.latest.definition.main.key,
            reason=sent.reason,
            actor=request.actor,
        )
        return shapes.Adjustment(name, done.account, done.currency, done.points, done.reason)

    def transfer(self, request: Request) -> shapes.Transfer:
        """Points from one member to another."""
        sent, name = request.sent(shapes.TransferAsked), self._named(request)
        for side in (sent.member, sent.to):
            self._found(request, side)
        done = self.transfers.transfer(
            request.program,
            Reference(f"transfer/api/{name}"),
            AccountId(sent.member),
            AccountId(sent.to),
            sent.points,
            currency=sent.currency or request.program.latest.definition.main.key,
            actor=request.actor,
        )
        return shapes.Transfer(name, done.account, done.to, done.currency, done.points)

    # --- what all of them need

    def _found(self, request: Request, member: str) -> Found:
        found = self.welcome.by_id(request.program, AccountId(api_id(member, "member_unknown")))
        if found is None:
            raise Refused("member_unknown")
        return found

    def _named(self, request: Request) -> str:
        """The id of what happens now: for ever the same one for an Idempotency-Key."""
        return request.named(self.vault, self.chance)

    def _redemption(self, known: RedemptionDocument, name: str) -> shapes.Redemption:
        is_over = known.state == "held" and known.until is not None and known.until <= self.clock.now()
        return shapes.Redemption(
            id=name,
            member=known.account,
            currency=known.currency,
            points=known.points,
            state="expired" if is_over else known.state,
            used=known.used,
            returned=known.returned,
            until=None if known.until is None else moment(known.until),
        )


def _reference(name: str) -> Reference:
    return Reference(f"redemption/api/{name}")


def _level(found: Found, program: Program) -> str | None:
    return level_now(program.in_force(found.at).definition.tiers, found.snap.tier) or None


def _member(found: Found, program: Program) -> shapes.Member:
    if found.snap.status == "closed":
        return shapes.Member(found.account, "closed", _purses(found, program), None)
    status = "member" if found.snap.status == "active" else "waiting"
    return shapes.Member(found.account, status, _purses(found, program), _level(found, program))  # type: ignore[arg-type]


def _purses(found: Found, program: Program) -> dict[str, shapes.Purse]:
    definition, level = program.in_force(found.at).definition, found.snap.tier.level
    purses = {}
    for currency, purse in found.snap.purses.items():
        ends = next((cell.ends for cell in purse.cells if cell.ends != NEVER), None)
        is_ending = ends is not None and lives_on(definition, level, currency, ends) is None
        expiry = moment(ends) if ends is not None and is_ending else None
        purses[currency] = shapes.Purse(purse.balance, purse.pending, purse.held, expiry)
    return purses
