"""Somebody asks what is known of them, or wishes to be forgotten: what an operator types, and what comes of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from whole_house import ANNA, BORIS, PROGRAM, Town, town, town_on

from chalicelib.programs.learning import Attribute, Born
from chalicelib.services.disclosing_words import LABELS
from chalicelib.services.ports import Delivery

Run = Callable[..., Result]
CLUB = (Path(__file__).parents[2] / "programs" / "bean-street.yaml").read_text().replace(
    "    - {name: a review,",
    """\
    - {name: for locals, give: 7 beans, when: {attribute: city is Riga}}
    - {name: birthday, give: 11 beans, when: {birthday: {before: 3 days, after: 3 days}}}
    - {name: a review,""",
).replace("card:\n", "members: {attributes: {city: text}}\ncard:\n")  # fmt: skip


@pytest.fixture(params=["memory", "engine"])
def here(request: pytest.FixtureRequest) -> Town:
    """Anna has joined in Russian with all that the form asks, has bought, and a delivery that names her is kept."""
    made = town(CLUB) if request.param == "memory" else town_on(request.getfixturevalue("engine"), CLUB)
    link = made.join(str(ANNA.email), name="Anna Ozola", phone=str(ANNA.phone), marketing="yes", language="ru")
    made.types_code(link, made.mail.letters[-1].code)
    made.buys(ANNA, 10_000)
    facts = (Attribute("city", "Riga", made.clock.now()), Born("1990-02-28"))
    made.house.knowing.tell(made.program, made.account(ANNA), facts, revision=0)
    made.adds_to_wallet(link)
    body = made.shop.paid(made.shop.order(ANNA, [])).body
    made.own.inbox.keep(Delivery(PROGRAM, "shop", made.clock.now(), {"x-secret": "signature"}, body), "refused")
    return made


@pytest.fixture
def told(run: Run, tmp_path: Path) -> dict[str, Any]:
    """The document that is written for Anna."""
    done = run("member", "export", str(ANNA.email), "--to", str(tmp_path / "anna.json"))
    assert done.exit_code == 0, done.output
    assert (tmp_path / "anna.json").stat().st_mode & 0o777 == 0o600
    known: dict[str, Any] = json.loads((tmp_path / "anna.json").read_text())
    return known


def test_who_asks_is_told_all_that_is_known(here: Town, told: dict[str, Any]) -> None:
    (profile,) = told["profiles"]
    assert (profile["name"], profile["email"], profile["phone"]) == ("Anna Ozola", ANNA.email, ANNA.phone)
    assert [each["purpose"] for each in profile["consents"]] == ["program", "marketing"]
    assert sorted(each["kind"] for each in told["known_by"]) == ["customer", "email"]
    (facts,) = told["facts"]
    assert (facts["birthday"], facts["attributes"]["city"][0]["value"]) == ("1990-02-28", "Riga")
    (card,) = told["cards"]
    assert (card["has_ended"], len(card["devices"])) == (False, 1)
    (points,) = told["points"]
    assert points["closing"]["usable"] == here.stored_balance(ANNA)
    assert sum(row["points"] for row in points["rows"]) == here.stored_balance(ANNA)
    (delivery,) = told["deliveries"]
    assert str(ANNA.email) in delivery["body"]


def test_it_is_in_the_members_own_language(told: dict[str, Any]) -> None:
    assert told["language"] == "ru"
    assert told["labels"]["birthday"] == "День рождения"
    assert any("евро" in row["reason"] or "зёр" in row["reason"] or "зерн" in row["reason"]
               for row in told["points"][0]["rows"])  # fmt: skip


def test_every_key_of_it_has_a_label_in_every_language(told: dict[str, Any]) -> None:
    assert LABELS["en"].keys() == LABELS["ru"].keys()
    names = {name for path, name in _keys(told) if path not in ("labels", "attributes", "segments")}
    assert names - LABELS["en"].keys() == set()


def test_it_holds_nothing_that_opens_anything(here: Town, told: dict[str, Any]) -> None:
    text = json.dumps(told)
    (card,) = here.own.cards.cards_of(PROGRAM, here.account(ANNA))
    for secret in ("token-phone-1", card.link, card.barcode, "signature", "phone-1"):
        assert secret not in text


def test_a_file_that_is_there_is_not_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("mine")
    assert run("member", "export", str(ANNA.email), "--to", str(tmp_path / "x.json")).exit_code == 1
    assert (tmp_path / "x.json").read_text() == "mine"


# --- forgetting


def test_what_goes_and_what_stays_is_said_before_anything_happens(here: Town, run: Run) -> None:
    done = run("member", "erase", str(ANNA.email), "--dry-run")
    assert "Nothing was changed." in done.output
    for words in ("1 profile(s)", "2 address(es)", "1 kept message(s)", "1 card(s)", "the journal of 1 account(s)"):
        assert words in done.output
    assert here.identity(ANNA) is not None


def test_after_an_erasure_nobody_is_called_so_and_the_account_tells_nothing_personal(
    here: Town, run: Run, tmp_path: Path
) -> None:
    account = here.account(ANNA)
    done = run("member", "erase", str(ANNA.email))
    assert done.exit_code == 0, done.output
    assert account in done.output
    refused = run("member", "export", str(ANNA.email), "--to", str(tmp_path / "a.json"))
    assert (refused.exit_code, "Nobody is called so." in refused.output) == (1, True)
    assert run("member", "export", account, "--to", str(tmp_path / "b.json")).exit_code == 0
    told = json.loads((tmp_path / "b.json").read_text())
    assert (told["profiles"], told["known_by"], told["deliveries"]) == ([], [], [])
    text = json.dumps(told, ensure_ascii=False)
    assert [each for each in ("anna.ozola", "Ozola", "20000001", "1990-02-28", "Riga") if each in text] == []
    assert told["points"][0]["closing"]["usable"] == 100


def test_nobody_else_is_touched(here: Town, run: Run) -> None:
    here.member(BORIS)
    run("member", "erase", str(ANNA.email))
    assert here.identity(BORIS) is not None


def _keys(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield path, name
                yield from _keys(inner, name)
        case list():
            for inner in value:
                yield from _keys(inner, path)
