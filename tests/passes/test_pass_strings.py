"""pass.strings, read back by a property list parser."""

import json

import msgspec
import openstep_plist
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pass_samples import BEANS, FACE, fields_of, files_of

from chalicelib.cards.face import CurrencyNames
from chalicelib.errors import Broken
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.strings import strings_file, strings_path
from chalicelib.passes.apple.texts import points_name, words


def read(data: bytes) -> dict[str, str]:
    return openstep_plist.loads("{" + data.decode("utf-16") + "}")


def test_quotes_backslashes_line_breaks_and_cyrillic_survive() -> None:
    table = {
        'say "now"': 'скажи "сейчас"',
        "a\\b": "c\\d",
        "two\nlines\r\n": "две\nстроки\t!",
        "Beans now: %@": "%@ ☕",
    }
    assert read(strings_file(table)) == table


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), st.text("aя\"\\\n;={}/*'")
    )
)
def test_any_texts_survive(table: dict[str, str]) -> None:
    assert read(strings_file(table)) == table


def test_the_file_starts_with_the_byte_order_mark_of_utf_16() -> None:
    assert strings_file({"a": "б"})[:2] == b"\xff\xfe"


@pytest.mark.parametrize("language", ["en", "ru", "pt-BR", "zh-Hans"])
def test_a_language_has_its_folder(language: str) -> None:
    assert strings_path(language) == f"{language}.lproj/pass.strings"


@pytest.mark.parametrize("language", ["", "../en", "en/..", "русский", "e"])
def test_what_is_no_language_is_refused(language: str) -> None:
    with pytest.raises(Broken, match="languages"):
        strings_path(language)


def test_a_pass_carries_english_russian_and_every_language_of_its_program(issuer: Issuer) -> None:
    files = files_of(issuer.issue(msgspec.structs.replace(FACE, languages=("de", "fr"), language="de"), "s1"))
    assert {name for name in files if name.endswith(".strings")} == {
        f"{language}.lproj/pass.strings" for language in ("de", "en", "fr", "ru")
    }


def test_every_label_and_message_is_found_in_every_string_file(issuer: Issuer) -> None:
    face = msgspec.structs.replace(FACE, is_test=True, is_ending_soon=True)
    for news in ("points", "tier", "ending", "message"):
        files = files_of(issuer.issue(face, "s1", news=news))
        content = json.loads(files["pass.json"])
        looked_up = {field["label"] for field in fields_of(content).values()} | {content["description"]}
        looked_up |= {field["changeMessage"] for field in fields_of(content).values() if "changeMessage" in field}
        for language in ("en", "ru"):
            assert looked_up <= set(read(files[f"{language}.lproj/pass.strings"]))


def test_a_russian_phone_reads_russian_labels(issuer: Issuer) -> None:
    table = read(files_of(issuer.issue(FACE, "s1"))["ru.lproj/pass.strings"])
    assert table["Beans"] == "Зёрен"
    assert table["Beans now: %@"] == "Теперь зёрен: %@"
    assert table["Level"] == "Уровень"


def test_every_message_keeps_its_place_for_the_value() -> None:
    for language, table in words(BEANS, ("en", "ru"), "en").tables.items():
        messages = [text for key, text in table.items() if "%@" in key]
        assert len(messages) == 4, language
        assert all(text.count("%@") == 1 for text in messages), language


def test_both_languages_say_everything_and_nothing_twice() -> None:
    for language in ("en", "ru"):
        said = words(BEANS, ("en", "ru"), language)
        assert len(set(said.own.values())) == len(said.own)
        assert {len(table) for table in said.tables.values()} == {len(said.own)}


def test_a_currency_named_like_a_label_keeps_its_own_translation() -> None:
    names = CurrencyNames({"en": {"other": "level"}, "ru": {"many": "уровней"}})
    said = words(names, ("en", "ru"), "en")
    assert said.own["points"] != said.own["tier"]
    assert said.tables["ru"][said.own["points"]] == "Уровней"
    assert said.tables["ru"][said.own["tier"]] == "Уровень"


@pytest.mark.parametrize(("language", "name"), [("en", "beans"), ("ru", "зёрен"), ("de", "зёрен"), ("en-GB", "beans")])
def test_points_are_named_as_beside_a_hundred(language: str, name: str) -> None:
    assert points_name(BEANS, ("ru",), language) == name


def test_points_without_any_name_are_points() -> None:
    assert points_name(CurrencyNames({}), ("en",), "en") == "points"
