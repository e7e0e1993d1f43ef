"""`pointpass doctor` finds what would keep cards out of the wallets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from click.testing import Result
from stand_ins import DAY
from whole_house import PASS_TYPE, PROGRAM, Town

from chalicelib.errors import TryAgain
from chalicelib.passes.google.preflight import Flaw

Run = Callable[..., Result]


@dataclass
class Google:
    """Google's judgement, made up; what was asked."""

    flaws: Sequence[Flaw] = ()
    is_away: bool = False

    def preflight(self, program: str) -> Sequence[Flaw]:
        if self.is_away:
            raise TryAgain("google_token_unavailable", status=503)
        return [replace(flaw, about=f"{program}'s {flaw.about}") for flaw in self.flaws]


def said(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.fixture
def today(here: Town) -> Town:
    """A town on a day on which its papers are good."""
    starts, _ = here.own.tenants.named(PASS_TYPE).signer.papers.times["certificate"]
    here.clock.instant = starts + DAY
    return here


def google(here: Town, judge: Google) -> None:
    here.house = replace(here.house, google=judge)  # type: ignore[arg-type]


def test_a_program_whose_cards_can_be_added_has_nothing_grave(today: Town, run: Run) -> None:
    google(today, Google())
    result = run("doctor", PROGRAM)
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert f"{PASS_TYPE} can sign" in said(result)
    assert "a pass is within Apple's limits" in said(result)
    assert "would take a card and its save link" in said(result)


def test_a_house_without_google_says_so(today: Town, run: Run) -> None:
    result = run("doctor", PROGRAM)
    assert result.exit_code == 0
    assert "Google not set up" in said(result)


def test_an_expired_certificate_is_grave(today: Town, run: Run) -> None:
    _, ends = today.own.tenants.named(PASS_TYPE).signer.papers.times["certificate"]
    today.clock.instant = ends
    result = run("doctor", PROGRAM)
    assert result.exit_code == 1
    assert f"✗ Apple {PASS_TYPE} signs nothing: certificate expired" in said(result)


def test_a_certificate_that_ends_soon_is_told_with_its_days(today: Town, run: Run) -> None:
    _, ends = today.own.tenants.named(PASS_TYPE).signer.papers.times["certificate"]
    today.clock.instant = ends - 20 * DAY
    result = run("doctor", PROGRAM)
    assert result.exit_code == 0
    assert f"{PASS_TYPE}: its certificate ends in 20 days" in said(result)


def test_what_google_has_against_a_card_is_grave_and_in_its_own_words(today: Town, run: Run) -> None:
    google(today, Google([Flaw("card", "invalidResource", "programLogo [red] cannot be fetched")]))
    result = run("doctor", PROGRAM)
    assert result.exit_code == 1
    assert f"✗ Google {PROGRAM}'s card: invalidResource: programLogo [red] cannot be fetched" in said(result)


def test_a_google_that_does_not_answer_is_told(today: Town, run: Run) -> None:
    google(today, Google(is_away=True))
    result = run("doctor", PROGRAM)
    assert result.exit_code == 1
    assert "google token unavailable (status 503)" in said(result)


def test_nothing_is_written(today: Town, run: Run) -> None:
    run("doctor", PROGRAM)
    assert today.own.cards.card("doctor") is None
    assert today.pusher.calls == []
