"""Publishing from a terminal: what changes, who moves, and nothing before somebody says yes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image
from stand_ins import DAY, HOUR
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, Town

from chalicelib.web.desk import Visit
from ops.looks import prepared

Run = Callable[..., Result]

STRICTER = DEFINITION.replace("from: 300,", "from: 30,")
CHEAPER = DEFINITION.replace("worth: 0.05 EUR", "worth: 0.04 EUR")


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are prepared in tests/looks, and below where they matter."""
    monkeypatch.setattr("ops.publishing.prepared", lambda definition, folder, *, told: {"apple/icon.png": b"icon"})


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        assert text != DEFINITION
        file = tmp_path / "bean-street.yaml"
        file.write_text(text)
        return str(file)

    return write


def words(result: Result) -> str:
    return " ".join(result.output.split())


def versions(here: Town) -> int:
    return len(here.program.versions)


def test_it_shows_the_sentences_that_change_and_asks(here: Town, run: Run, written: Callable[[str], str]) -> None:
    result = run("publish", written(STRICTER), typed="n\n")
    assert "Levels - Silver — from 300 beans, points × 1.25. + Silver — from 30 beans, points × 1.25." in words(result)
    assert "Publish it? [y/N]: n" in words(result)
    assert result.exit_code == 1
    assert versions(here) == 1


def test_it_counts_who_goes_from_which_level_to_which(here: Town, run: Run, written: Callable[[str], str]) -> None:
    for buyer, euros in ((ANNA, 45), (BORIS, 5)):
        here.member(buyer)
        here.buys(buyer, euros * 100)
    result = run("publish", written(STRICTER), typed="y\n")
    assert "Bean Silver 1" in words(result)
    assert "Bean stay 1" in words(result)
    assert "2 members, 1 of them change their level. Members hold 50 beans." in words(result)
    assert versions(here) == 2


def test_a_script_is_not_asked(here: Town, run: Run, written: Callable[[str], str]) -> None:
    result = run("publish", written(STRICTER), "--yes")
    assert "Publish it?" not in words(result)
    assert "Published version" in words(result)
    assert versions(here) == 2


@pytest.mark.parametrize(("typed", "after"), [("live\n", 2), ("liev\n", 1), ("", 1)])
def test_away_from_the_laptop_the_stages_name_is_asked_for_when_it_was_shown(
    *, here: Town, run: Run, written: Callable[[str], str], typed: str, after: int
) -> None:
    result = run("publish", written(STRICTER), "--yes", "--stage", "live", typed=typed)
    shown, asked, _ = words(result).partition("This changes live. Type its name to go on")
    assert ("0 members" in shown, bool(asked)) == (True, True)
    assert "Publish it?" not in words(result)
    assert (versions(here), result.exit_code) == (after, 0 if after == 2 else 1)


def test_the_first_version_reaches_nobody_and_is_not_asked_about(
    here: Town, run: Run, written: Callable[[str], str]
) -> None:
    result = run(
        "publish", written(DEFINITION.replace(f"program: {PROGRAM}", "program: tea-street")), "--stage", "live"
    )
    assert (result.exit_code, "Type its name" in words(result)) == (0, False)
    assert "tea-street" in here.own.programs.slugs()


def test_the_newest_version_is_not_published_again(run: Run, tmp_path: Path, here: Town) -> None:
    file = tmp_path / "same.yaml"
    file.write_text(DEFINITION)
    run("publish", str(file))
    assert "is the newest already; nothing changed." in words(run("publish", str(file)))
    assert versions(here) == 1


def test_a_version_may_count_from_a_later_day_of_the_programs_clock(
    here: Town, run: Run, written: Callable[[str], str]
) -> None:
    result = run("publish", written(STRICTER), "--from", "2027-01-01", "--yes")
    assert "in force from 2026-12-31 23:00:00 UTC" in words(result)
    assert here.program.in_force(here.clock.now()).definition == here.program.versions[0].definition


@pytest.mark.parametrize(("language", "heading"), [("en", "From January 1, 2027 on"), ("ru", "С 1 января 2027")])
def test_members_read_what_is_in_force_and_what_is_to_come(
    here: Town, run: Run, written: Callable[[str], str], language: str, heading: str
) -> None:
    run("publish", written(STRICTER), "--from", "2027-01-01", "--yes")
    page = here.house.desk.program(PROGRAM, Visit(query={"lang": language})).body.decode()
    assert page.index("300") < page.index(heading) < page.rindex("30 ")
    here.clock.instant += 300 * DAY
    page = here.house.desk.program(PROGRAM, Visit(query={"lang": language})).body.decode()
    assert heading not in page


@pytest.mark.parametrize("day", ["2026-01-01", "soon"])
def test_a_day_that_has_passed_or_is_none_is_refused(
    here: Town, run: Run, written: Callable[[str], str], day: str
) -> None:
    result = run("publish", written(STRICTER), "--from", day, "--yes")
    assert result.exit_code == 2
    assert versions(here) == 1


# --- 3.25: points that were earned keep what they were promised ---------------------------------------------------


def test_points_that_members_hold_are_not_devalued_without_notice(
    here: Town, run: Run, written: Callable[[str], str]
) -> None:
    result = run("publish", written(CHEAPER), "--yes")
    assert result.exit_code == 1
    assert "currencies.beans.worth: notice: one was worth €0.05 and would be worth €0.04." in words(result)
    assert 'such as "notice: 30 days"' in words(result)
    assert versions(here) == 1


def test_a_devaluation_is_published_as_long_before_as_is_promised(
    here: Town, run: Run, written: Callable[[str], str]
) -> None:
    announced = f"{CHEAPER}\nnotice: 30 days\n"
    early = run("publish", written(announced), "--from", "2026-07-10", "--yes")
    assert "30 days are promised: publish it --from 2026-07-24 or later." in words(early)
    assert versions(here) == 1
    here.member(ANNA)
    here.buys(ANNA, 4500)
    result = run("publish", written(announced), "--from", "2026-07-24", "--yes")
    assert "Members hold 45 beans, worth €2.25 now and €1.80 then." in words(result)
    assert versions(here) == 2


def test_the_notice_that_was_promised_counts_and_not_the_one_that_would_be(
    here: Town, run: Run, written: Callable[[str], str]
) -> None:
    run("publish", written(f"{DEFINITION}\nnotice: 60 days\n"), "--yes")
    here.clock.instant += HOUR
    result = run("publish", written(f"{CHEAPER}\nnotice: 1 day\n"), "--from", "2026-07-24", "--yes")
    assert "60 days are promised" in words(result)
    assert versions(here) == 2


def test_a_better_version_cannot_slip_in_before_one_that_was_announced(
    here: Town, run: Run, written: Callable[[str], str]
) -> None:
    run("publish", written(f"{CHEAPER}\nnotice: 30 days\n"), "--from", "2026-07-24", "--yes")
    here.clock.instant += 20 * DAY
    better = DEFINITION.replace("worth: 0.05 EUR", "worth: 0.10 EUR") + "\nnotice: 30 days\n"
    result = run("publish", written(better), "--yes")
    assert "the version after" in words(result)
    assert versions(here) == 2


def test_what_counts_at_once_is_not_published_for_a_later_day(
    here: Town, run: Run, written: Callable[[str], str]
) -> None:
    result = run("publish", written(DEFINITION.replace("Europe/Berlin", "Europe/Moscow")), "--from", "2027-01-01")
    assert "time_zone: this counts as soon as it is published" in words(result)
    assert versions(here) == 1


def test_a_definition_with_an_error_is_not_published(here: Town, run: Run, written: Callable[[str], str]) -> None:
    result = run("publish", written(DEFINITION.replace("{name: Bean, from: 0}", "{name: Bean, from: 10}")), "--yes")
    assert "members below 10 have no level" in words(result)
    assert versions(here) == 1


# --- pictures -----------------------------------------------------------------------------------------------------

PLAIN = DEFINITION.replace("  strip: progress\n", "").replace("  icon: bean-street/icon.png\n", "")


@pytest.fixture
def owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program's file and its logo; pictures are really prepared."""
    monkeypatch.setattr("ops.publishing.prepared", prepared)
    (tmp_path / "bean-street.yaml").write_text(PLAIN)
    logo(tmp_path, "#e0c9a6")
    return tmp_path


def logo(folder: Path, colour: str) -> None:
    (folder / "bean-street").mkdir(exist_ok=True)
    Image.new("RGB", (320, 100), colour).save(folder / "bean-street" / "logo.png")


def test_a_version_is_published_with_its_pictures(here: Town, run: Run, owners: Path) -> None:
    result = run("publish", str(owners / "bean-street.yaml"), "--yes")

    sheet = here.own.pictures.sheet(here.program.latest.sheet)
    assert "Published version" in words(result)
    assert here.program.latest.sheet != ""
    assert sheet is not None
    assert {"apple/icon.png", "apple/logo@3x.png", "google/logo.png", "web/logo.png"} <= set(sheet)
    assert here.program.versions[0].sheet == ""


def test_other_pictures_dress_the_newest_version_anew_and_it_says_what_to_do_next(
    here: Town, run: Run, owners: Path
) -> None:
    file = str(owners / "bean-street.yaml")
    run("publish", file, "--yes")
    before = here.program.latest
    logo(owners, "#ffffff")

    result = run("publish", file, "--yes")

    assert "is the newest already; its pictures are other ones now." in words(result)
    assert "`pointpass republish bean-street`" in words(result)
    assert here.program.latest.sha == before.sha
    assert here.program.latest.sheet not in ("", before.sheet)
    assert "nothing changed." in words(run("publish", file, "--yes"))


def test_a_picture_that_cannot_be_used_is_told_and_nothing_is_published(here: Town, run: Run, owners: Path) -> None:
    (owners / "bean-street" / "logo.png").write_bytes(b"GIF89a")

    result = run("publish", str(owners / "bean-street.yaml"), "--yes")

    assert result.exit_code == 1
    assert "bean-street/logo.png: a GIF; expected is a PNG or JPEG file" in words(result)
    assert versions(here) == 1
