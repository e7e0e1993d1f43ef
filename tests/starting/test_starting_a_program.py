"""`pointpass new`: whatever is answered, the file has nothing to mend, or the answer is refused with its reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.core import get_global
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.programs.lint import lint
from chalicelib.programs.reading import read
from ops.starting.answers import Answers, objection, objections, templates, written
from ops.starting.command import new

Run = Callable[..., Result]

MONEY = st.sampled_from(["EUR", "USD", "RUB", "JPY", "GBP", "KWD", "KZT", "HUF", "CHF", "TRY"])
ZONES = st.sampled_from(["Europe/Berlin", "Europe/Moscow", "America/New_York", "Asia/Kolkata", "UTC"])
LANGUAGES = st.sampled_from([("en",), ("ru",), ("en", "ru"), ("ru", "en")])
BACK = st.decimals(min_value="0.01", max_value=30, places=2).map(lambda share: f"{share}%")
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=60).filter(str.strip)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Types the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words, typed="": CliRunner().invoke(new, list(words), input=typed, catch_exceptions=False)


@pytest.mark.parametrize("template", templates())
def test_a_template_with_its_usual_answers_has_nothing_to_mend(template: str) -> None:
    assert objections(template, Answers("my-shop")) == []


@given(
    template=st.sampled_from(templates()),
    answers=st.builds(
        Answers,
        program=st.just("my-shop"),
        business=NAMES,
        money=MONEY,
        zone=ZONES,
        languages=LANGUAGES,
        back=BACK,
        size=st.integers(min_value=2, max_value=100),
    ),
)
def test_a_template_with_any_answers_has_nothing_to_mend(template: str, answers: Answers) -> None:
    assert objections(template, answers) == []
    definition = read(written(template, answers), file="my-shop.yaml")
    assert definition.business.name == " ".join(answers.business.split())
    assert definition.languages == tuple(answers.languages)


@pytest.mark.parametrize(
    ("back", "money", "said"),
    [
        ("5%", "EUR", "5 points per 1 EUR"),
        ("2.5%", "EUR", "5 points per 2 EUR"),
        ("1%", "RUB", "1 point per 100 RUB"),
        ("7.5 %", "JPY", "15 points per 200 JPY"),
    ],
)
def test_the_share_that_comes_back_is_the_one_that_was_asked_for(back: str, money: str, said: str) -> None:
    assert said in written("shop-points", Answers("my-shop", money=money, back=back))


def test_six_questions_and_enter_make_a_file(run: Run, tmp_path: Path) -> None:
    result = run("my-shop", typed="Corner\n\n\n\n\n\n")
    assert result.exit_code == 0
    assert result.output.count("]: ") == 6
    text = (tmp_path / "my-shop.yaml").read_text(encoding="utf-8")
    assert lint(read(text, file="my-shop.yaml"), file="my-shop.yaml") == []
    assert "name: Corner" in text


def test_a_stamp_card_asks_for_its_size(run: Run, tmp_path: Path) -> None:
    result = run("cafe", "--from", "coffee-stamps", typed="\n\n\n\n\n6\n")
    assert "How many stamps fill a card [10]: 6" in result.output
    assert "size: 6" in (tmp_path / "cafe.yaml").read_text(encoding="utf-8")


def test_all_answers_can_be_options(run: Run, tmp_path: Path) -> None:
    words = ("--business", "Лавка", "--contact", "shop@lavka.example", "--money", "RUB", "--time-zone", "Europe/Moscow")
    result = run("lavka", "--from", "cashback", *words, "--languages", "ru", "--back", "3%")
    assert result.exit_code == 0
    text = (tmp_path / "lavka.yaml").read_text(encoding="utf-8")
    assert "name: Лавка" in text
    assert "privacy: https://lavka.example/privacy" in text
    assert "languages: [ru]" in text
    assert "3 балла per 100 RUB" in text


def test_a_wrong_answer_is_asked_for_again_with_the_reason(run: Run, tmp_path: Path) -> None:
    result = run("my-shop", typed="\n\n\nEurope/Berlim\nEurope/Moscow\n\n\n")
    assert 'Did you mean "Europe/Berlin"?' in result.output
    assert "time_zone: Europe/Moscow" in (tmp_path / "my-shop.yaml").read_text()


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--money", "EURO", "a code of money such as EUR"),
        ("--contact", "nobody", "an e-mail or web address"),
        ("--languages", "en,xx", "one or more of en, ru"),
        ("--back", "50%", "a share above 0% and up to 30%"),
        ("--back", "five", "a share such as 5%"),
        ("--business", " ", "some text"),
    ],
)
def test_a_wrong_option_writes_nothing_and_says_why(
    run: Run, tmp_path: Path, option: str, value: str, reason: str
) -> None:
    result = run("my-shop", option, value, "--yes")
    assert result.exit_code == 1
    assert reason in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_address_is_refused(run: Run) -> None:
    assert "small letters, digits and hyphens" in run("My Shop", "--yes").output


def test_a_file_that_is_there_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my-shop.yaml").write_text("mine")
    assert "exists already" in run("my-shop", "--yes").output
    assert (tmp_path / "my-shop.yaml").read_text() == "mine"


@given(code=st.sampled_from(sorted(get_global("all_currencies"))))
def test_every_money_makes_a_program(code: str) -> None:
    assert objection("levels", Answers("my-shop"), "money", code) == ""
