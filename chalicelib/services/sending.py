"""A card that is sent to its owner: a mail with a link that opens it where it is clicked.

Whoever asks is told the same for known and unknown addresses, and waits for a letter either way: to an address that
nobody has proved goes one that says so, and how to join.
"""

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.members.people import Proof
from chalicelib.members.proving import LIFE
from chalicelib.programs.program import Program
from chalicelib.services.enrolling import Enrolment, Mail
from chalicelib.services.ports import Card, Chance, Clock, Mailer, Members, Vault


class Sending(msgspec.Struct, frozen=True):
    """Sends cards by mail. As many letters go to an address, or are asked for from one place, as proofs do."""

    members: Members
    enrolment: Enrolment
    vault: Vault
    mailer: Mailer
    chance: Chance
    clock: Clock
    base_url: str

    def to_address(self, program: Program, email: str, *, language: str, sender: str) -> Mail:
        """Somebody says that the card of this address, which is normalised, is theirs."""
        index = self.vault.index(program.slug, "email", email)
        if not self.enrolment.may_mail(program, index, sender):
            return "limited"
        known = self.members.identity(program.slug, index, strong=True)
        is_known = known is not None and known.proved_at is not None
        # The same work for everybody: how long the answer takes says nothing either. What is stored opens nothing
        # but with the token, which goes into a letter to a proved address alone.
        now, token = self.clock.now(), self.chance.token()
        opened = Proof(self.vault.digest(token), index, "", "", created_at=now, ends_at=now + LIFE)
        self.members.put_proof(program.slug, opened, was=None)
        link = f"/proof/{program.slug}.{token}" if is_known else f"/p/{program.slug}"
        business = program.latest.definition.business.name
        try:
            self.mailer.send_link(
                email, language=language, business=business, link=self.base_url + link, is_known=is_known
            )
        except TryAgain:
            return "failed"
        return "sent"

    def to_owner(self, program: Program, card: Card, *, sender: str) -> Mail:
        """The card's own page asks: to the address typed for it, with a code where that is not proved."""
        if self.enrolment.proved(card) is None:
            return self.enrolment.send_proof(program, card, sender=sender)
        member = self.members.member(program.slug, card.member)
        assert member is not None, "a proved address is a member's"
        return self.to_address(program, member.email, language=card.language, sender=sender)
