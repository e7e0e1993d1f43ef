"""What an operator sees and sets of a member at a terminal."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from whole_house import ANNA, DEFINITION, Town, town

Run = Callable[..., Result]

CLUB = DEFINITION.replace(
    "    - {name: a review,",
    """\
    - {name: for students, give: 7 beans, when: {attribute: student is yes}}
    - {name: with pro, give: 13 beans, when: {plan: pro, birthday: the day}}
    - {name: tea, give: 17 beans, when: {chosen: tea, in: vip}}
    - {name: a review,""",
).replace(
    "card:\n",
    """\
members: {attributes: {student: yes or no, balance: money}}
segments: [vip]
choices: {favourites: {of: [tea, coffee], pick: 1, locked: 30 days}}
plans: {pro: {fee: 5 EUR, every: 1 month, trial: 14 days}}
benefits: [{name: free service, while: {attribute: balance at least 500 EUR}}]
card:
""",
)


@pytest.fixture
def here() -> Town:
    made = town(CLUB)
    made.member(ANNA)
    made.buys(ANNA, 10_000)
    return made


def test_nothing_is_known_of_a_new_member(run: Run) -> None:
    assert run("member", "show", str(ANNA.email)).output.strip() == "Nothing is known of this member."


def test_what_is_set_is_shown_and_counts_for_the_next_order(here: Town, run: Run) -> None:
    told = run(
        "member", "set", str(ANNA.email), "--attribute", "student=yes", "--attribute", "balance=500 EUR", "--in", "vip",
        "--birthday", "1990-02-28", "--choose", "favourites=tea", "--trial", "pro",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    shown = run("member", "show", str(ANNA.email)).output
    for words in ("1990-02-28", "student", "yes, since", "50000", "vip", "tea until", "pro on trial", "free service"):
        assert words in shown
    before = here.stored_balance(ANNA)
    here.buys(ANNA, 100)
    assert here.stored_balance(ANNA) - before == 1 + 7 + 17


def test_a_value_and_a_membership_can_be_taken_away(run: Run) -> None:
    run("member", "set", str(ANNA.email), "--attribute", "student=yes", "--in", "vip")
    shown = run("member", "set", str(ANNA.email), "--attribute", "student=", "--out", "vip").output
    assert "nothing, since" in shown
    assert "vip" not in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Say what to change"),
        (("--attribute", "student=maybe"), "The attribute student needs yes or no."),
        (("--attribute", "height=180"), "The program has no such attribute: height."),
        (("--in", "friends"), "The program has no such segment: friends."),
        (("--birthday", "yesterday"), "This is no day on which a member can have been born."),
        (("--choose", "favourites=milk"), "There is no such option to pick: milk."),
        (("--refunded", "pro"), "No fee of the plan pro is paid for now."),
    ],
)
def test_what_cannot_be_set_is_said_plainly(run: Run, words: tuple[str, ...], says: str) -> None:
    told = run("member", "set", str(ANNA.email), *words)
    assert told.exit_code == 1
    assert says in told.output


def test_an_explained_order_counts_the_rules_that_are_said_to_hold(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "club.yaml"
    file.write_text(CLUB, encoding="utf-8")
    plain = run("explain", str(file), "--order", "10 EUR").output
    assert "Not counted, as it depends on the buyer (--holds NAME): for students, with pro, tea" in plain
    some = run("explain", str(file), "--order", "10 EUR", "--holds", "for students").output
    assert re.search(r"for students\s+7\s+7 beans", some)
    assert "(--holds NAME): with pro, tea" in some
    wrong = run("explain", str(file), "--order", "10 EUR", "--holds", "nobody")
    assert (wrong.exit_code, "No rule of this name asks for the buyer: nobody." in wrong.output) == (1, True)


def test_the_passes_of_a_member_with_one_card_are_one_pass(run: Run, tmp_path: Path) -> None:
    told = run("member", "passes", str(ANNA.email), "--to", str(tmp_path / "anna"))
    assert told.output.startswith("1 in ")
    with zipfile.ZipFile(tmp_path / "anna.pkpass") as archive:
        assert json.loads(archive.read("pass.json"))["organizationName"] == "Bean Street Coffee"


def test_the_passes_of_a_member_with_two_cards_are_one_bundle(here: Town, run: Run, tmp_path: Path) -> None:
    cards = {here.card(here.member(ANNA)).serial for _ in range(2)}
    told = run("member", "passes", str(ANNA.email), "--to", str(tmp_path / "anna"))
    assert told.exit_code == 0, told.output
    with zipfile.ZipFile(tmp_path / "anna.pkpasses") as archive:
        passes = [zipfile.ZipFile(io.BytesIO(archive.read(name))) for name in archive.namelist()]
    assert cards < {json.loads(each.read("pass.json"))["serialNumber"] for each in passes}


def test_nobody_has_no_passes(run: Run, tmp_path: Path) -> None:
    told = run("member", "passes", "nobody@example.com", "--to", str(tmp_path / "nobody"))
    assert (told.exit_code, list(tmp_path.iterdir())) == (1, [])
