"""A prize draw can be drawn again by anybody, and a campaign's effect is told with how sure it is."""

from fractions import Fraction
from hashlib import sha256

import pytest

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId
from chalicelib.programs.draws import digest_of, drawing, listed, read_list
from chalicelib.programs.lift import Group, group, inactive_share, lift
from chalicelib.programs.lots_drawn import bucket

SEED = "forty-two bicycles"
COMMITMENT = sha256(SEED.encode()).hexdigest()
TICKETS = {
    AccountId(name): count for name, count in (("dora", 4), ("anna", 1), ("boris", 3), ("clara", 2), ("emil", 0))
}


def by_hand(place: int, again: int = 0) -> int:
    """The ticket, as the published rule says it, without the code that draws."""
    lines = "anna,1\nboris,3\nclara,2\ndora,4\n"
    text = f"{SEED}\n{sha256(lines.encode()).hexdigest()}\n{place}.{again}"
    return int(sha256(text.encode()).hexdigest(), 16) % 10


def test_the_winners_of_a_prize_draw_follow_from_the_list_and_the_seed_alone() -> None:
    drawn = drawing(TICKETS, seed=SEED, commitment=COMMITMENT, winners=1)
    owners = ["anna", *["boris"] * 3, *["clara"] * 2, *["dora"] * 4]
    (winner,) = drawn.winners
    assert (winner.place, winner.ticket, winner.account) == (1, by_hand(0), owners[by_hand(0)])
    assert (drawn.tickets, drawn.members) == (10, 4)
    assert drawing(dict(reversed(TICKETS.items())), seed=SEED, commitment=COMMITMENT, winners=1) == drawn


def test_nobody_wins_twice_and_with_few_members_everybody_wins() -> None:
    drawn = drawing(TICKETS, seed=SEED, commitment=COMMITMENT, winners=9)
    assert sorted(winner.account for winner in drawn.winners) == ["anna", "boris", "clara", "dora"]
    assert [winner.place for winner in drawn.winners] == [1, 2, 3, 4]


def test_another_seed_than_the_published_one_draws_nobody() -> None:
    with pytest.raises(Refused, match="another_seed"):
        drawing(TICKETS, seed="forty-three bicycles", commitment=COMMITMENT, winners=1)


def test_without_tickets_there_is_no_draw() -> None:
    with pytest.raises(Refused, match="no_tickets"):
        drawing({AccountId("emil"): 0}, seed=SEED, commitment=COMMITMENT, winners=1)


def test_a_member_wins_about_as_often_as_there_are_tickets() -> None:
    seeds = [f"seed {number}" for number in range(400)]
    won = [
        drawing(TICKETS, seed=seed, commitment=sha256(seed.encode()).hexdigest(), winners=1).winners[0].account
        for seed in seeds
    ]
    wins = {name: won.count(name) for name in TICKETS}
    fair = {name: 40 * tickets for name, tickets in TICKETS.items()}
    assert max(abs(wins[name] - fair[name]) for name in TICKETS) <= 30


def test_the_list_is_read_as_it_was_printed() -> None:
    rows = sorted((account, count) for account, count in TICKETS.items() if count)
    assert read_list(listed(rows)) == dict(rows)
    assert digest_of(rows) == sha256(b"anna,1\nboris,3\nclara,2\ndora,4\n").hexdigest()


@pytest.mark.parametrize("line", ["dora", "dora,", ",4", "dora,four", "dora,-4", "anna,1", "dora,\u0664"])
def test_a_broken_line_of_the_list_is_named(line: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_list(["anna,1\n", f"{line}\n"])
    assert refused.value.facts == {"line": 2}


# --- held out -------------------------------------------------------------------------------------------------------


def test_the_lift_over_the_holdout_is_ten_percent_and_27_000_of_margin() -> None:
    """900 treated members with a mean of 1 100, 100 held out with 1 000, at a margin of 30%."""
    found = lift(
        Group(900, Fraction(1_100), Fraction(250_000)),
        Group(100, Fraction(1_000), Fraction(250_000)),
        margin=Fraction(3, 10),
    )
    assert (found.difference, found.share, found.margin) == (100, Fraction(1, 10), 27_000)
    # sqrt(250 000 / 900 + 250 000 / 100) = 52.70; 1.96 times that is 103.30: with this spread it may be chance.
    assert (found.low, found.high) == (-3, 203)


def test_the_figures_of_a_group_are_those_of_a_sample() -> None:
    assert group([2, 4, 4, 4, 5, 5, 7, 9]) == Group(8, Fraction(5), Fraction(32, 7))
    assert group([7]) == Group(1, Fraction(7), Fraction(0))


def test_a_lift_over_nothing_has_no_share() -> None:
    assert lift(group([1]), group([0]), margin=Fraction(1)).share is None


def test_of_1_000_members_460_active_ones_leave_54_percent_inactive() -> None:
    assert inactive_share(1_000, 460) == Fraction(54, 100)
    assert inactive_share(0, 0) is None


def test_a_bucket_is_the_same_on_every_computer_and_depends_on_the_salt() -> None:
    expected = int(sha256(b"lift-2026\nanna").hexdigest()[:16], 16) % 100
    assert bucket(AccountId("anna"), "lift-2026") == expected
    others = [bucket(AccountId("anna"), f"salt {number}") for number in range(50)]
    assert len(set(others)) > 25
