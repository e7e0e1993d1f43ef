"""The sheet of every program: what is on it, and what is not."""

import json

import pytest
from preview_gallery import PROGRAMS, a_sheet, definition

from ops.preview.samples import STATES, State
from ops.preview.sheet import Sheet


def words_of(sheet: Sheet) -> str:
    """Everything that a reader of the sheet, or of what it is drawn from, can find."""
    texts = [content.decode("utf-16") for name, content in sheet.cards.apple.items() if name.endswith(".strings")]
    parts = [sheet.cards.apple["pass.json"].decode(), json.dumps(sheet.cards.google), sheet.cards.page.decode()]
    return "\n".join([sheet.html(), *parts, *texts])


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_of_the_gallery_has_a_sheet(program: str, language: str) -> None:
    sheet = a_sheet(program, language=language)
    html = sheet.html()
    assert f'<html lang="{language}">' in html
    assert [phone for phone in sheet.phones if f'data-phone="{phone}"' not in html] == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_sheet_is_the_same_to_the_byte(program: str) -> None:
    assert a_sheet(program).html() == a_sheet(program).html()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_no_sheet_has_words_of_another_program(program: str, state: State) -> None:
    words = words_of(a_sheet(program, state))
    others = {other for other in PROGRAMS if other not in program}
    assert program in words
    assert {other for other in others if other in words.replace(program, "")} == set()


def test_a_sheet_names_the_state_in_the_readers_language() -> None:
    assert "Вышел из программы" in a_sheet("koza-club", "ended", "ru").html()
    assert "Somebody who has left" in a_sheet("koza-club", "ended", "en").html()


def test_a_business_that_looks_like_html_is_text() -> None:
    sheet = a_sheet("koza-club")
    spoilt = Sheet("<b>Koza</b>", sheet.program, sheet.state, sheet.language, sheet.cards, sheet.wallets)
    assert "<b>Koza</b>" not in spoilt.html()
    assert "&lt;b&gt;Koza&lt;/b&gt;" in spoilt.html()


@pytest.mark.parametrize(
    "path", ["/nowhere", "/demo/static/../texts.json", "/preview/../command.py", "/pictures/x.png"]
)
def test_what_is_not_on_the_sheet_is_not_there(path: str) -> None:
    sheet = a_sheet("bean-street")
    assert sheet.answer(f"https://cards.example{path}").status == 404
    assert sheet.asked_in_vain == [f"https://cards.example{path}"]


def test_the_default_language_is_the_programs_first() -> None:
    assert definition("koza-club").languages[0] == "ru"
