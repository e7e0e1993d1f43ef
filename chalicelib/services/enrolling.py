"""Joining, and proving who one is.

Joining always makes a card with an empty account of its own and looks the same for known and unknown addresses. The
mail proves the address: its code attaches the card it was typed on; its link opens a card where it is clicked and
never attaches anybody else's. So whoever types a stranger's address gains nothing, even if the stranger clicks.
"""

from typing import Literal

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId
from chalicelib.members.people import Consent, Identity, Member, Proof
from chalicelib.members.proving import LIFE, MAILS_PER_ADDRESS, MAILS_PER_SENDER, usable, window
from chalicelib.programs.program import Program
from chalicelib.services.attaching import Attaching
from chalicelib.services.claiming import Claims
from chalicelib.services.codes import card_code
from chalicelib.services.ports import Card, Cards, Chance, Clock, Mailer, Members, Vault
from chalicelib.services.refreshing import Refresh

Mail = Literal["sent", "failed", "limited", "none"]
_ROUNDS = 5


class Joining(msgspec.Struct, frozen=True):
    """A form that was filled in correctly. `email` and `phone` are normalised; one of them is given.

    sender: where the form came from, for the rate limit only
    """

    email: str | None
    phone: str | None
    name: str
    language: str
    consents: tuple[Consent, ...]
    sender: str


class Joined(msgspec.Struct, frozen=True):
    """A new card: its secret link, and what became of the mail."""

    link: str
    mail: Mail


class Enrolment(msgspec.Struct, frozen=True):
    """Makes cards and proves identities."""

    members: Members
    cards: Cards
    claims: Claims
    attaching: Attaching
    refresh: Refresh
    vault: Vault
    mailer: Mailer
    chance: Chance
    clock: Clock
    base_url: str

    def join(self, program: Program, joining: Joining) -> Joined:
        """A member, a card with an empty account, and a mail. Raises Refused("joining_paused")."""
        program.goes("joining")
        now = self.clock.now()
        member = Member(
            id=self.chance.token(),
            name=joining.name,
            email=joining.email or "",
            phone=joining.phone or "",
            language=joining.language,
            joined_at=now,
            consents=joining.consents,
        )
        self.members.put_member(program.slug, member)
        link, card = self._new_card(program, AccountId(self.chance.token()), member.id, joining.language)
        return Joined(link, self.send_proof(program, card, sender=joining.sender))

    def card(self, link: str) -> Card | None:
        """The card of a secret link."""
        return self.cards.card_by_link(self.vault.digest(link))

    def was_replaced(self, link: str) -> bool:
        """Whether the link led to a card until its holder replaced it."""
        return self.cards.was_replaced(self.vault.digest(link))

    def proved(self, card: Card) -> Identity | None:
        """The proved identity behind this card; None where nobody has proved anything on it."""
        member = self.members.member(card.program, card.member)
        if member is None or not member.email:
            return None
        known = self.members.identity(card.program, self.vault.index(card.program, "email", member.email), strong=True)
        if known is None or known.proved_at is None:
            return None
        return known if known.account == card.account or known.member == card.member else None

    def address(self, card: Card) -> tuple[str, bool]:
        """The address that was typed for this card, "" for none, and whether it was proved here."""
        member = self.members.member(card.program, card.member)
        if member is None or not member.email:
            return "", False
        known = self.members.identity(card.program, self.vault.index(card.program, "email", member.email), strong=True)
        return member.email, known is not None and known.proved_at is not None and known.account == card.account

    def send_proof(self, program: Program, card: Card, *, sender: str) -> Mail:
        """Send the mail that proves the card's address; a new code replaces the one before."""
        member = self.members.member(program.slug, card.member)
        if member is None or not member.email:
            return "none"
        index = self.vault.index(program.slug, "email", member.email)
        if not self.may_mail(program, index, sender):
            return "limited"
        now, code, token = self.clock.now(), self.chance.digits(6), self.chance.token()
        by_link = Proof(self.vault.digest(token), index, card.serial, "", created_at=now, ends_at=now + LIFE)
        by_code = msgspec.structs.replace(by_link, key=_code_key(card), code=self.vault.code_hash(code))
        before = self.members.proof(program.slug, by_code.key)
        if not self.members.put_proof(program.slug, by_code, was=before):
            return "sent"  # asked for twice at once: the other mail is on its way, and only its code counts
        self.members.put_proof(program.slug, by_link, was=None)
        try:
            self.mailer.send_proof(
                member.email,
                language=member.language,
                business=program.latest.definition.business.name,
                code=code,
                link=f"{self.base_url}/proof/{program.slug}.{token}",
            )
        except TryAgain:
            return "failed"
        return "sent"

    def prove_by_code(self, program: Program, card: Card, code: str) -> Card:
        """The six digits, typed on the card's own page: this very card shows the identity's account from now on.

        Raises: Refused (wrong_code, joining_paused and the reasons of `usable`).
        """
        proof = usable(self.members.proof(program.slug, _code_key(card)), self.clock.now())
        self._may_claim(program, proof)
        tried = msgspec.structs.replace(proof, tries=proof.tries + 1)
        if not self.members.put_proof(program.slug, tried, was=proof):
            raise Refused("wrong_code")  # two tries at once: neither may skip the counter
        if not self.vault.code_matches(code, proof.code):
            raise Refused("wrong_code")
        self._use(program, tried)
        identity = self.claims.claim(program, proof.index, member=card.member, own=card.account)
        if identity.account != card.account:
            self.claims.merge(program, card.account, identity.account)
        self.refresh.account(program.slug, self.attaching.attach(program, card.serial, identity.account))
        return self.cards.card(card.serial) or card

    def prove_by_link(self, program: Program, token: str, consents: tuple[Consent, ...]) -> str:
        """The button on the link's page: a card of the proved identity, here. Returns the new card's secret link.

        Raises: Refused, as `usable`, and joining_paused, after which the link is good still.
        """
        proof = usable(self.members.proof(program.slug, self.vault.digest(token)), self.clock.now())
        self._may_claim(program, proof)
        self._use(program, proof)
        known = self.members.identity(program.slug, proof.index, strong=True)
        member, language = self._member_of_link(program, proof, known.member if known else "", consents)
        identity = self.claims.claim(program, proof.index, member=member, own=AccountId(self.chance.token()))
        link, card = self._new_card(program, identity.account, identity.member, language)
        self.attaching.attach(program, card.serial, identity.account)
        return link

    def _may_claim(self, program: Program, proof: Proof) -> None:
        """While joining is paused, only an address that was proved before leads to a card."""
        if program.is_paused("joining"):
            known = self.members.identity(program.slug, proof.index, strong=True)
            if known is None or known.proved_at is None:
                program.goes("joining")

    def _member_of_link(
        self, program: Program, proof: Proof, known: str, consents: tuple[Consent, ...]
    ) -> tuple[str, str]:
        """Who clicked: the identity's member, or a new one with the address that the mail was sent to."""
        member = self.members.member(program.slug, known) if known else None
        if member is not None:
            return member.id, member.language
        asker = self.cards.card(proof.card)
        asked = self.members.member(program.slug, asker.member) if asker else None
        if asked is None:
            raise Refused("proof_unknown")
        now, new = self.clock.now(), self.chance.token()
        fresh = Member(new, "", asked.email, "", asked.language, now, consents)
        self.members.put_member(program.slug, fresh)
        return new, asked.language

    def _new_card(self, program: Program, account: AccountId, member: str, language: str) -> tuple[str, Card]:
        """A card and its secret link. Codes of few digits may meet: then another one is drawn. Raises TryAgain."""
        link, now = self.chance.token(), self.clock.now()
        kind = program.in_force(now).definition.card.barcode
        serial = self.chance.token()
        for _ in range(_ROUNDS):
            card = Card(
                program=program.slug,
                serial=serial,
                account=account,
                member=member,
                link=self.vault.digest(link),
                barcode=card_code(self.chance, kind),
                language=language,
                opened_at=now,
                revision=1,
                changed_at=now,
            )
            if self.cards.put_card(card) or self.cards.card(serial) == card:
                return link, card
        raise TryAgain("too_many_races", document="card")

    def _use(self, program: Program, proof: Proof) -> None:
        if not self.members.put_proof(
            program.slug, msgspec.structs.replace(proof, used_at=self.clock.now()), was=proof
        ):
            raise Refused("proof_used")

    def may_mail(self, program: Program, index: str, sender: str) -> bool:
        """Counts a mail to an address, asked for from somewhere; False when it would be one too many."""
        number, ends_at = window(self.clock.now())
        counters = [(f"mail/{index}/{number}", MAILS_PER_ADDRESS)]
        if sender:
            counters.append((f"mail-from/{self.vault.digest(sender)}/{number}", MAILS_PER_SENDER))
        return all(self.members.count(program.slug, name, ends_at=ends_at) <= most for name, most in counters)


def _code_key(card: Card) -> str:
    return f"card/{card.serial}"
