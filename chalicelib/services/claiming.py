"""Accounts find their people: a proof claims waiting points, a shop's customer id joins, two accounts become one."""

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.members.people import Identity
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Found
from chalicelib.services.journaling import InTime, Line, Standing, next_entry, opened, standing, unhurried
from chalicelib.services.merging import Cause, Joining
from chalicelib.services.ports import Clock, Commit, Ledger, Members, Outcome, Vault

_ROUNDS = 12


class Claims(msgspec.Struct, frozen=True):
    """What follows from a proved identity."""

    ledger: Ledger
    members: Members
    vault: Vault
    clock: Clock

    def stand(self, program: Program, found: Found, *, in_time: InTime = unhurried) -> Standing:
        """The account that was found, settled to now: where every posting for a customer starts. Raises TryAgain."""
        if found.is_new:
            return opened(found.account, self.clock.now())
        stand = standing(self.ledger, program, found.account, self.clock.now())
        if found.is_claimed and stand.before is not None and stand.snap.status == "unclaimed":
            # The proof was stored and its container died before the account heard of it. An entry that says so comes
            # first: it is what takes the end off the documents that waited.
            self.activate(program, stand.account, in_time=in_time)
            return standing(self.ledger, program, found.account, self.clock.now())
        return stand

    def claim(self, program: Program, index: str, *, member: str, own: AccountId) -> Identity:
        """The identity is proved: it belongs to `member` from now on, with the points that waited for it.

        own: the account of an identity that nobody has seen yet. An identity that is claimed already keeps its member.
        Raises: TryAgain.
        """
        for _ in range(_ROUNDS):
            known = self.members.identity(program.slug, index, strong=True)
            if known is not None and known.proved_at is not None:
                self.activate(program, known.account)
                return self._at_home(program, known)
            now = self.clock.now()
            proved = (
                Identity(index, "email", own, proved_at=now, member=member)
                if known is None
                else msgspec.structs.replace(known, proved_at=now, member=member, ends_at=None)
            )
            if self.members.put_identity(program.slug, proved, was=known):
                if known is not None:
                    self.activate(program, proved.account)
                return self._at_home(program, proved)
        raise TryAgain("too_many_races", document="claim")

    def _at_home(self, program: Program, identity: Identity) -> Identity:
        """The identity, leading to where its points are: its account may have been merged into another."""
        carrier = standing(self.ledger, program, identity.account, self.clock.now()).account
        if carrier == identity.account:
            return identity
        moved = msgspec.structs.replace(identity, account=carrier)
        self.members.put_identity(program.slug, moved, was=identity)  # refused: somebody else has just moved it
        return moved

    def link(self, program: Program, proved: Identity, customer_key: str, *, in_time: InTime = unhurried) -> None:
        """An order carried both a proved identity and a shop's customer id: the id now leads to the same account.

        Points that waited under the id alone come along. An id that is another member's already stays theirs.
        Raises: TryAgain; whatever was done by then, the next order does the rest.
        """
        index = self.vault.index(program.slug, "customer", customer_key)
        if proved.proved_at is None or index in proved.links or index == proved.index:
            return
        in_time()
        known = self.members.identity(program.slug, index, strong=True)
        if known is not None and known.proved_at is not None and known.member != proved.member:
            return
        if known is not None and known.account != proved.account:
            in_time()
            carrier = standing(self.ledger, program, known.account, self.clock.now())
            if carrier.snap.status == "active" and carrier.account != proved.account:
                return  # it was joined to another member's account by hand: no order takes those points away
            in_time()
            self.merge(program, known.account, proved.account, cause=Cause(identities=(index,)), in_time=in_time)
        in_time()
        linked = Identity(index, "customer", proved.account, proved_at=self.clock.now(), member=proved.member)
        if self.members.put_identity(program.slug, linked, was=known):
            in_time()
            self.members.put_identity(
                program.slug, msgspec.structs.replace(proved, links=(*proved.links, index)), was=proved
            )

    def merge(
        self,
        program: Program,
        source: AccountId,
        into: AccountId,
        *,
        cause: Cause | None = None,
        in_time: InTime = unhurried,
    ) -> None:
        """Move everything of one account into another, once. Later news of its documents follows by itself."""
        Joining(self.ledger, self.clock).merge(program, source, into, cause or Cause(), in_time=in_time)

    def activate(self, program: Program, account: AccountId, *, in_time: InTime = unhurried) -> None:
        """Points that waited are a member's now, and so are those of documents that are worth nothing yet.

        An account without entries gets its first one: an order that is just being recorded for somebody whom nobody
        has proved yet meets it, and looks again.
        """
        for _ in range(_ROUNDS):
            in_time()
            stand = standing(self.ledger, program, account, self.clock.now())
            if stand.before is not None and stand.snap.status != "unclaimed":
                return
            line = Line(
                kind="claimed",
                document=Reference(f"claim/{stand.account}"),
                occurred_at=stand.at,
                actor="member",
                version=stand.before.version if stand.before else program.in_force(stand.at).sha,
                status="active",
            )
            entry = next_entry(stand, program, line)
            in_time()
            if self.ledger.commit(Commit(program.slug, entries=(entry,))) is Outcome.COMMITTED:
                return
            self.clock.pause(50)
        raise TryAgain("too_many_races", document="claim")
