"""Apple and Google: papers and their days, whether the push service answers, and whether Google takes our cards."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from chalicelib.errors import Broken, LoyaltyError
from ops.accounts.google_account import DEMO_MODE, Finding
from ops.accounts.papers import intermediate_of, read_certificate, subject_of
from ops.doctor.rows import Row

SOON_DAYS, LATE_DAYS, LAST_DAYS = 60, 30, 7
"""Days before a certificate ends at which somebody is told, and told again; at the last step it is red."""
_RENEW = "pointpass apple request, then pointpass apple renew pass.cer. docs/runbooks/certificate-ends.md"


class Flaw(Protocol):
    """What Google has against a program's card; passes.google.preflight.Flaw."""

    @property
    def about(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def words(self) -> str: ...


def check_certificates(papers: Mapping[str, str], now: datetime, authorities: Path | None) -> Iterator[Row]:
    """How long every pass type can sign, and whether phones will trust it.

    papers: the secrets' texts by pass type      authorities: Apple's certificates; None where a laptop plays Apple
    """
    for pass_type, text in papers.items():
        secret = json.loads(text)
        certificate = read_certificate(secret["certificate"].encode())
        issuer = read_certificate(secret["intermediate"].encode())
        yield _days(f"certificate {pass_type}", subject_of(certificate).days_left(now), _RENEW)
        left = (issuer.not_valid_after_utc - now).days
        yield _days(f"intermediate of {pass_type}", left, "Renew with Apple's newer one: --intermediate FILE")
        if authorities is None:
            yield Row(f"chain of {pass_type}", "unasked", "a laptop's own authority, which no phone trusts")
            continue
        try:
            intermediate_of(certificate, authorities, secret["intermediate"].encode())
        except Broken as err:
            yield Row(f"chain of {pass_type}", "bad", err.reason.replace("_", " "), _RENEW)
        else:
            yield Row(f"chain of {pass_type}", "good", "up to Apple's root")


def _days(about: str, left: int, todo: str) -> Row:
    if left < 0:
        return Row(about, "bad", f"ended {-left} days ago: no card is issued", todo)
    if left <= LAST_DAYS:
        return Row(about, "bad", f"{left} days left", todo)
    if left <= SOON_DAYS:
        return Row(about, "look", f"{left} days left", f"{'This week: ' if left <= LATE_DAYS else ''}{todo}")
    return Row(about, "good", f"{left} days left")


def check_push_service(url: str, connect: Callable[[str, int], None]) -> Iterator[Row]:
    """Whether a connection can be opened; nothing is sent. connect: to a host and port, raises OSError"""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        connect(host, port)
    except OSError as err:
        todo = "Phones are told of changes later. Does this network let connections out? Is Apple up?"
        yield Row("push service", "look", f"{host} does not answer ({type(err).__name__})", todo)
    else:
        yield Row("push service", "good", f"{host}:{port} answers")


def check_google(
    findings: Callable[[], Sequence[Finding]],
    programs: Sequence[str],
    preflight: Callable[[str], Sequence[Flaw]] | None,
) -> Iterator[Row]:
    """The account, every program's card as Google sees it, and what Google's API does not tell.

    preflight: asks Google about a program's card without keeping it; None where it cannot be asked
    """
    for found in findings():
        yield Row(f"Google {found.about}", "good" if found.is_good else "bad", found.says, found.todo)
    if preflight is not None:
        for program in programs:
            yield _program(program, preflight)
    yield Row(
        "Google demo mode", "unasked", "in demo mode, only testers can save a card; the API does not say", DEMO_MODE
    )


def _program(program: str, preflight: Callable[[str], Sequence[Flaw]]) -> Row:
    try:
        flaws = preflight(program)
    except LoyaltyError as err:
        return Row(f"Google card of {program}", "bad", err.reason.replace("_", " "), "See docs/wallet-accounts.md")
    if not flaws:
        return Row(f"Google card of {program}", "good", "Google would take it")
    says = "; ".join(f"{flaw.about}: {flaw.words or flaw.reason}" for flaw in flaws)
    return Row(f"Google card of {program}", "bad", says, "Change the program's texts or pictures")
