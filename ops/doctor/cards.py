"""What would keep a program's cards out of Apple Wallet, before anybody stands at a till with one."""

from collections.abc import Iterator

from chalicelib.bootstrap.house import House
from chalicelib.errors import LoyaltyError
from chalicelib.events import AccountId
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.programs.program import Program
from chalicelib.services.ports import Card
from ops.doctor.rows import Row, State

_NOBODY = "doctor"
_LATE_DAYS = 7


def check_passes(house: House) -> Iterator[Row]:
    """Each program's pass types can sign, and its pass is within Apple's limits. Nothing is changed."""
    issuer = house.adapters.issuer
    if issuer is None:
        return
    for slug in house.adapters.programs.slugs():
        program = house.adapters.programs.program(slug)
        if program is not None:
            yield from _papers(house, program)
            yield from _pass(house, program, issuer)


def _papers(house: House, program: Program) -> Iterator[Row]:
    now, tenants = house.adapters.clock.now(), house.adapters.tenants
    refused = tenants.refused(now)
    for pass_type in dict.fromkeys(tenants.pass_types(program.slug)):
        about = f"Apple papers of {program.slug}"
        if pass_type in refused:
            says = f"{pass_type} signs nothing: {_said(refused[pass_type])}"
            yield Row(about, "bad", says, "Renew them: pointpass apple renew")
            continue
        ends = [each for each in tenants.expiring(now) if each.pass_type == pass_type]
        for each in ends:
            state: State = "bad" if each.days <= _LATE_DAYS else "look"
            yield Row(about, state, f"{pass_type}: its {each.which} ends in {each.days} days", "pointpass apple renew")
        if not ends:
            yield Row(about, "good", f"{pass_type} can sign")


def _pass(house: House, program: Program, issuer: Issuer) -> Iterator[Row]:
    now, tenants, about = house.adapters.clock.now(), house.adapters.tenants, f"Apple pass of {program.slug}"
    if tenants.pass_type_of(program.slug) in tenants.refused(now):
        return
    try:
        drawn = issuer.issue(house.showing.face(_nobodys(program, now)).face, _NOBODY)
    except LoyaltyError as err:
        yield Row(about, "bad", f"it cannot be made: {_said(err)}", "Change the program's texts or pictures")
        return
    yield Row(about, "good", f"within Apple's limits: {len(drawn) / 1_000:.0f} kB")


def _nobodys(program: Program, now: int) -> Card:
    """The card of somebody who does not exist."""
    return Card(program.slug, _NOBODY, AccountId(_NOBODY), _NOBODY, "", _NOBODY, language="", opened_at=now)


def _said(err: LoyaltyError) -> str:
    facts = ", ".join(f"{name} {fact}" for name, fact in err.facts.items())
    return f"{err.reason.replace('_', ' ')} ({facts})" if facts else err.reason.replace("_", " ")
