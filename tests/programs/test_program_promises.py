"""3.25: a version may not take from members what they were promised, unless it is told in time."""

import pytest
from program_factory import at, points, roubles

from chalicelib.programs.definition import Definition
from chalicelib.programs.promises import broken_promises, worse
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import explain_text, terms

NOW = at("2026-12-02 15:00")


def paying(**keys: object) -> Definition:
    return roubles(redeem={"pay": {"min": "100 points", "at_most": "50% of goods", **keys}})


def priceless() -> dict[str, object]:
    return {key: value for key, value in points().items() if key != "worth"}


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        (roubles(), roubles(currencies={"points": points(worth="0.85 RUB")}), "currencies.points.worth"),
        (roubles(), roubles(currencies={"points": priceless()}), "currencies.points.worth"),
        (paying(), roubles(), "redeem.pay"),
        (paying(), paying(min="101 points"), "redeem.pay.min"),
        (paying(), paying(at_most="49% of goods"), "redeem.pay.at_most"),
    ],
)
def test_what_makes_points_worth_less_or_harder_to_use_is_named(
    before: Definition, after: Definition, path: str
) -> None:
    assert [note.path for note in worse(before, after)] == [path]


@pytest.mark.parametrize(
    "after",
    [
        paying(),
        paying(min="50 points", at_most="60% of goods"),
        roubles(currencies={"points": points(worth="2 RUB")}, redeem={"pay": {"min": "100 points"}}),
        roubles(
            earn={"rules": [{"name": "shopping", "give": "1% as points"}]},
            redeem={"pay": {"min": "100 points", "at_most": "50% of goods"}},
        ),
    ],
)
def test_what_helps_or_touches_only_points_to_come_needs_no_notice(after: Definition) -> None:
    assert list(worse(paying(), after)) == []


def test_points_that_are_gone_are_worth_nothing() -> None:
    names = {
        "en": {"one": "star", "other": "stars"},
        "ru": {"one": "звезда", "few": "звезды", "many": "звёзд", "other": "звезды"},
    }
    before = roubles(currencies={"points": points(), "stars": points(names=names)})
    assert [note.path for note in worse(before, roubles())] == ["currencies.stars.worth"]


def broken(before: Definition, after: Definition, day: str) -> list[str]:
    return [
        str(finding) for finding in broken_promises(before, after, now=NOW, effective_at=at(day), file="corner.yaml")
    ]


def cheaper(**blocks: object) -> Definition:
    return roubles(currencies={"points": points(worth="0.85 RUB")}, **blocks)


def test_a_devaluation_counts_after_the_full_notice_and_not_an_hour_before() -> None:
    promised = roubles(notice="30 days")
    assert broken(promised, cheaper(), "2027-01-01 15:00") == []
    [early] = broken(promised, cheaper(), "2027-01-01 14:00")
    assert "currencies.points.worth: notice: one was worth" in early
    assert "30 days are promised: publish it --from 2027-01-02 or later." in early


def test_without_a_promise_of_notice_nothing_can_be_devalued() -> None:
    [told] = broken(roubles(), cheaper(), "2027-12-31 00:00")
    assert 'Say how long before members are told, such as "notice: 30 days"' in told


def test_what_counts_at_once_cannot_wait_for_a_day() -> None:
    [told] = broken(roubles(), roubles(guests={"keep": "9 days"}), "2027-01-01 00:00")
    assert "guests: this counts as soon as it is published" in told
    assert broken(roubles(), roubles(guests={"keep": "9 days"}), "2026-12-02 15:05") == []


@pytest.mark.parametrize("notice", ["0 days", "366 days", "1 month", "soon"])
def test_a_notice_is_a_number_of_days(notice: str) -> None:
    with pytest.raises(DefinitionError):
        roubles(notice=notice)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "is published in advance. At least: 30 days."), ("ru", "публикуется заранее. Минимальный срок: 30 дней.")],
)
def test_members_read_the_promise_and_owners_that_there_is_none(language: str, said: str) -> None:
    told = [line for section in terms(roubles(notice="30 days"), language) for line in section.sentences]
    assert any(line.endswith(said) for line in told)
    silent = [line for section in terms(roubles(), language) for line in section.sentences]
    assert not any(said.partition(".")[0] in line for line in silent)
    assert len(explain_text(roubles(), language).splitlines()) > len(silent)
