"""Points that were used, given or taken by hand, or given to another member: posted anew where a restore lost it.

All of it had been answered for: the shop handed out something, the other member was told. So what is not there any
more is owed, until what was earned is told again, too.
"""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import Broken
from chalicelib.ledger.adjusting import adjust
from chalicelib.ledger.documents import AdjustmentDocument, Drawn, RedemptionDocument, TransferDocument
from chalicelib.ledger.holds import capture, release
from chalicelib.ledger.journal import NEVER, EntryKind, Leg, PlaceKind
from chalicelib.ledger.level_document import LevelDocument, change
from chalicelib.ledger.mending import Step, spent
from chalicelib.ledger.redemptions import Spending, earliest, give_back
from chalicelib.ledger.transferring import received
from chalicelib.programs.program import Program
from chalicelib.services.journaling import Standing
from chalicelib.services.once import after_entry
from chalicelib.services.pen import ACTOR, Pen


def respend(pen: Pen, program: Program, document: RedemptionDocument, steps: Sequence[Step]) -> None:
    """Use what the document says was used and no entry has; where an entry has more, the document was behind."""
    told = spent(document.reference, steps)
    stand = pen.stand(program, document.account)
    used, returned = (told.used, told.returned) if told is not None else (0, 0)
    after = msgspec.structs.replace(document, revision=document.revision + 1)
    if document.used and not used:
        again = _used(document, stand)
        after = msgspec.structs.replace(
            again.document, points=document.points, until=document.until, revision=document.revision + 1
        )
        _post(pen, program, stand, after, kind="redeemed", legs=again.legs)
    elif told is not None and (used > document.used or returned > document.returned):
        pen.write(program, (msgspec.structs.replace(told, points=document.points, revision=document.revision + 1),))
    elif returned < document.returned:
        bare = msgspec.structs.replace(after, returned=returned)
        back = give_back(bare, stand.snap, document.returned - returned, at=stand.at, grace_until=0)
        _post(pen, program, stand, back.document, kind="restored", legs=back.legs)
    elif _is_open(document, stand):
        legs = release(document, stand.snap, at=stand.at).legs if document.state != "held" else ()
        _post(pen, program, stand, after, kind="released", legs=legs)
    elif document.state == "held":  # its time is over: a capture that is told again uses what there is
        pen.write(program, (msgspec.structs.replace(after, until=min(document.until or 0, stand.at)),))
    else:  # points that are set aside although their time is over: they are back with the next entry
        _post(pen, program, stand, after, kind="released", legs=())


def readjust(pen: Pen, program: Program, document: AdjustmentDocument, steps: Sequence[Step]) -> None:
    """Give or take what the document says and no entry has."""
    if steps:
        raise Broken("needs_a_person", document=document.reference)
    stand = pen.stand(program, document.account)
    if document.points > 0:
        legs = adjust(document, stand.snap, at=stand.at, calendar=program.timeline.calendar)
    else:
        _, drawn = _drawn_or_owed(stand, document.currency, -document.points, "taken_back")
        legs = tuple(drawn)
    after = msgspec.structs.replace(document, revision=document.revision + 1)
    _post(pen, program, stand, after, kind="adjusted", legs=legs, actor=document.actor, name=document.reason)


def give_again(pen: Pen, program: Program, document: LevelDocument, steps: Sequence[Step]) -> None:
    """Bring what the entries of a level that was given come to into line with its document."""
    stand = pen.stand(program, document.account)
    moves = [move for step in steps for move in step.entry.rolled if step.entry.document == document.reference]
    there = sum(move.points for move in moves if move.metric == document.metric)
    rolled = change(document, there, stand.at)
    after = msgspec.structs.replace(document, revision=document.revision + 1)
    if rolled:
        actor, name = document.actor, document.reason
        entry = pen.entry(program, stand, "adjusted", document.reference, (), rolled=rolled, actor=actor, name=name)
        pen.write(program, (after,), (entry,))
    else:
        pen.write(program, (after,))


def transfer_again(pen: Pen, program: Program, document: TransferDocument, steps: Sequence[Step]) -> None:
    """Post the side of a transfer that has no entry, or both. The other side says which points they were."""
    sides = {leg.points > 0 for step in steps for leg in step.entry.legs if leg.place == "transferred"}
    entries = []
    giver = pen.stand(program, document.account)
    if True not in sides:
        _, legs = _drawn_or_owed(giver, document.currency, document.points, "transferred")
        entries.append(pen.entry(program, giver, "transferred", document.reference, legs))
    after = msgspec.structs.replace(document, revision=document.revision + 1)
    if False not in sides:
        receiver = pen.stand(program, document.to)
        if entries and receiver.account == giver.account:
            receiver = after_entry(giver, entries[0])
        arrived = received(after, receiver.snap, program.timeline.calendar)
        entries.append(pen.entry(program, receiver, "transferred", document.reference, arrived))
    if not entries:
        raise Broken("needs_a_person", document=document.reference)
    pen.write(program, (after,), entries)


def _is_open(document: RedemptionDocument, stand: Standing) -> bool:
    return any(hold.document == document.reference for hold in stand.snap.purse(document.currency).holds)


def _used(document: RedemptionDocument, stand: Standing) -> Spending:
    if _is_open(document, stand):
        held = msgspec.structs.replace(document, state="held", used=0, returned=0)
        return capture(held, stand.snap, document.used, at=stand.at)
    drawn, legs = _drawn_or_owed(stand, document.currency, document.used, "redeemed")
    return Spending(msgspec.structs.replace(document, state="used", returned=0, drawn=drawn), tuple(legs))


def _drawn_or_owed(
    stand: Standing, currency: str, points: int, place: PlaceKind
) -> tuple[tuple[Drawn, ...], list[Leg]]:
    """The lots that points are taken from, those that end first first, and the legs; what is not there is owed."""
    purse = stand.snap.purse(currency)
    drawn = earliest(purse.cells, points)
    legs = [Leg("cell", currency, -part.points, ends=part.ends) for part in drawn]
    if owed := points - sum(part.points for part in drawn):
        legs.append(Leg("debt", currency, -owed))
        drawn = (*drawn, Drawn(NEVER, owed))
    return drawn, [*legs, Leg(place, currency, points)]


def _post(
    pen: Pen,
    program: Program,
    stand: Standing,
    document: RedemptionDocument | AdjustmentDocument,
    *,
    kind: EntryKind,
    legs: Sequence[Leg],
    actor: str = ACTOR,
    name: str = "",
) -> None:
    entry = pen.entry(program, stand, kind, document.reference, legs, actor=actor, name=name)
    pen.write(program, (document,), (entry,))
