"""Somebody leaves a program: the card ends on every phone, what is known of the person is erased, the journal stays.

Leaving destroys points for good. Whoever holds a card's link may see it, but a lost phone must not be enough to end a
membership: where an address has been proved, it takes a code that is sent there.
"""

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.members.people import Proof
from chalicelib.members.proving import LIFE, usable
from chalicelib.programs.program import Program
from chalicelib.services.enrolling import Enrolment, Mail
from chalicelib.services.erasing import Erasure
from chalicelib.services.ports import Card, Chance, Clock, Mailer, Members, Vault


class Leaving(msgspec.Struct, frozen=True):
    """Ends memberships that their owners do not want any more."""

    members: Members
    enrolment: Enrolment
    erasure: Erasure
    vault: Vault
    mailer: Mailer
    chance: Chance
    clock: Clock

    def asks(self, card: Card) -> str:
        """The proved address whose owner has to agree by a code; "" where the link alone will do."""
        if card.is_void or self.enrolment.proved(card) is None:
            return ""
        member = self.members.member(card.program, card.member)
        return member.email if member is not None else ""

    def send_code(self, program: Program, card: Card, *, sender: str) -> Mail:
        """Mail the code that ends the membership; a new one replaces the one before."""
        identity, to = self.enrolment.proved(card), self.asks(card)
        if identity is None or not to:
            return "none"
        if not self.enrolment.may_mail(program, identity.index, sender):
            return "limited"
        now, code, key = self.clock.now(), self.chance.digits(6), _key(card)
        proof = Proof(key, identity.index, card.serial, self.vault.code_hash(code), created_at=now, ends_at=now + LIFE)
        if not self.members.put_proof(program.slug, proof, was=self.members.proof(program.slug, key)):
            return "sent"  # asked for twice at once: the other mail is on its way, and only its code counts
        business = program.latest.definition.business.name
        try:
            self.mailer.send_farewell(to, language=card.language, business=business, code=code)
        except TryAgain:
            return "failed"
        return "sent"

    def leave(self, program: Program, card: Card, *, code: str) -> None:
        """End the membership. Repeating is harmless, and does what an earlier time did not get to.

        code: from the mail; looked at only where an address is proved
        Raises: Refused (wrong_code and the reasons of `usable`), TryAgain.
        """
        if self.asks(card):
            self._check(program, card, code)
        self.erasure.leave(program, card, self.enrolment.proved(card))

    def _check(self, program: Program, card: Card, code: str) -> None:
        proof = usable(self.members.proof(program.slug, _key(card)), self.clock.now())
        tried = msgspec.structs.replace(proof, tries=proof.tries + 1)
        if not self.members.put_proof(program.slug, tried, was=proof) or not self.vault.code_matches(code, proof.code):
            raise Refused("wrong_code")


def _key(card: Card) -> str:
    return f"leave/{card.serial}"
