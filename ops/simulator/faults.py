"""What can go wrong at a call of a port, and where: the list that the coverage contract is about."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.services.ports import Outcome
from chalicelib.services.ports.google import Told


class Fault(enum.Enum):
    """One way in which a call goes wrong."""

    DIES_BEFORE = "dies before it"
    DIES_AFTER = "dies after it"
    THROTTLED = "throttled"  # nothing was done, and we are told so
    ANSWER_LOST = "answer lost"  # it was done, and we are told that it may not have been
    MET = "conflict"  # two transactions met; nothing was written
    UNKNOWN_NOT_DONE = "unknown, not done"
    UNKNOWN_DONE = "unknown, done"
    STALE = "stale read"
    SLOW = "slow"


_ALWAYS = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
_READ = (*_ALWAYS, Fault.THROTTLED, Fault.SLOW)
_WRITE = (*_READ, Fault.ANSWER_LOST)
_EITHER = ("True", "False")
_MAYBE = ("something", "nothing")


@dataclass(frozen=True, slots=True)
class Site:
    """A port's call: what can go wrong with it, and every answer that it can give."""

    faults: tuple[Fault, ...]
    replies: tuple[str, ...] = ()


SITES: Mapping[str, Site] = {
    "ledger.document": Site(_READ, _MAYBE),
    "ledger.newest": Site(_READ, _MAYBE),
    "ledger.entries": Site(_READ),
    "ledger.commit": Site(
        (*_ALWAYS, Fault.THROTTLED, Fault.SLOW, Fault.MET, Fault.UNKNOWN_NOT_DONE, Fault.UNKNOWN_DONE),
        tuple(outcome.value for outcome in Outcome),
    ),
    "ledger.keep_documents": Site(_WRITE),
    "members.identity": Site((*_READ, Fault.STALE), _MAYBE),
    "members.identities": Site(_READ),
    "members.put_identity": Site(_WRITE, _EITHER),
    "members.remove_identity": Site(_WRITE),
    "members.member": Site(_READ, _MAYBE),
    "members.put_member": Site(_WRITE),
    "members.erase_member": Site(_WRITE),
    "members.proof": Site(_READ, _MAYBE),
    "members.put_proof": Site(_WRITE, _EITHER),
    "members.count": Site(_WRITE),
    "cards.card": Site(_READ, ("something",)),
    "cards.held": Site(_READ, ("something",)),
    "cards.card_by_link": Site(_READ, ("something",)),
    "cards.cards_of": Site(_READ),
    "cards.held_by": Site(_READ),
    "cards.put_card": Site(_WRITE, _EITHER),
    "cards.attach": Site(_WRITE, ("True",)),
    "cards.registrations": Site(_READ),
    "cards.registered": Site(_READ),
    "cards.register": Site(_WRITE, _EITHER),
    "cards.unregister": Site(_WRITE),
    "cards.forget_token": Site(_WRITE),
    "cards.mark_listed": Site(_WRITE),
    "cards.mark_fetched": Site(_WRITE),
    "cards.listed": Site(_READ),
    "walks.walk": Site(_READ, ("something",)),
    "walks.put_walk": Site(_WRITE, _EITHER),
    "walks.walks": Site(_READ),
    "repushes.note": Site(_WRITE),
    "repushes.waiting": Site(_READ),
    "repushes.looked_until": Site(_READ),
    "repushes.put_looked_until": Site(_WRITE),
    "views.put": Site(_WRITE),
    "views.seq": Site(_READ),
    "views.due": Site(_READ),
    "views.move_due": Site(_WRITE),
    "views.dues": Site(_READ),
    "views.swept_until": Site(_READ),
    "views.put_swept_until": Site(_WRITE),
    "programs.program": Site((*_READ, Fault.STALE), ("something",)),
    "programs.connection": Site(_READ, ("something",)),
    "programs.slugs": Site(_READ),
    "programs.publish": Site(_WRITE),
    "programs.put_sheet": Site(_WRITE),
    "inbox.keep": Site(_WRITE),
    "inbox.read": Site(_READ, ("something",)),
    "deferred.send": Site(_WRITE),
    "pushes.send": Site(_WRITE),
    "sweeps.send": Site(_WRITE),
    "mailer.send_proof": Site(_WRITE),
    "vault.index": Site((*_ALWAYS, Fault.THROTTLED)),
    "pusher.push": Site(
        _ALWAYS, ("delivered", "dead token", "dead token, since", "429", "503", "503, delivered", "403", "lost")
    ),
    "wallet.put_class": Site(_ALWAYS, ("accepted", "401", "409", "429", "time-out", "time-out, done")),
    "wallet.put_object": Site(
        _ALWAYS, ("accepted", "no class", "silenced", "401", "409", "429", "time-out", "time-out, done")
    ),
    "wallet.add_message": Site(_ALWAYS, ("accepted", "silenced", "401", "409", "429", "time-out", "time-out, done")),
    "wallet.remove_messages": Site(_ALWAYS, ("accepted", "401", "409", "429", "time-out", "time-out, done")),
    "google.state": Site(_READ, _MAYBE),
    "google.put_state": Site(_WRITE, _EITHER),
    "google.put_told": Site(_WRITE, tuple(told.value for told in Told)),
    "google.class_face": Site(_READ),
    "google.put_class_face": Site(_WRITE),
    "container.begin": Site((Fault.DIES_BEFORE, Fault.THROTTLED)),
    "container.answer": Site((Fault.ANSWER_LOST,)),
}
"""Every call of a port that a handler can make. `container.begin` is a cold start, when secrets are fetched, and
`container.answer` the way of the answer back to who asked."""

UNHURT = frozenset(
    {
        "programs.connections",
        "programs.connect",
        "programs.bookmark",
        "programs.put_bookmark",
        "programs.restoring",
        "programs.begin_restore",
        "programs.end_restore",
        "programs.wallets",
        "programs.every_wallet",
        "programs.put_wallet",
        "inbox.kept",
        "inbox.move",
        "programs.is_connected",
        "programs.pauses",
        "programs.put_pause",
        "programs.lift",
        "programs.pause_trail",
        "inbox.remove",
        "inbox.waiting",
        "vault.digest",
        "vault.mark",
        "vault.code_hash",
        "vault.code_matches",
        "vault.lock",
        "vault.unlock",
        "cards.was_replaced",
        "cards.card_by_barcode",
        "cards.relink",
        "mailer.send_link",
        "mailer.send_farewell",
        "wallet.class_face",
        "wallet.object_face",
        "wallet.save_link",
        "views.each",
        "views.rebuild",
        "views.forget",
        "views.moved",
        "totals.close",
        "totals.closed",
        "totals.last_closed",
    }
)
"""Calls that no handler of the simulator makes, or that reach no neighbour."""


def told_as(reply: object) -> str:
    """The name under which the coverage counts an answer."""
    match reply:
        case enum.Enum(value=str(word)):
            return word
        case bool():
            return str(reply)
        case None:
            return "nothing"
        case _:
            return "something"


def contract() -> set[tuple[str, str]]:
    """Every (call, fault or answer) that must have happened in a long run."""
    faults = {(name, fault.value) for name, site in SITES.items() for fault in site.faults}
    replies = {(name, f"answers {reply}") for name, site in SITES.items() for reply in site.replies}
    return faults | replies
