"""What holds for every page in every state and language."""

import re
import string

import pytest
from web_gallery import gallery
from web_reading import read
from web_samples import CARD

from chalicelib.services.answer import Answer
from chalicelib.web.assets import asset
from chalicelib.web.texts import TEXTS

_PAGES = [
    pytest.param(language, answer, id=f"{language}: {name}")
    for language in TEXTS
    for name, answer in gallery(language).items()
]
# House words and ids; "card" and "points" are people's words, too.
_INTERNAL = re.compile(
    r"\b(?:identity|identities|account|ledger|journal|entry|entries|document|snapshot|settle\w*|cell|lot|webhook|serial"
    r"|token|sha|hash|proof|proved|unproved|unclaimed|debt|slug|null|none|undefined|true|false|json|http|url|api|p\d+"
    r"|аккаунт\w*|журнал\w*|токен\w*|документ\w*|хеш\w*|сериал\w*|снимок|вебхук\w*)\b",
    re.IGNORECASE,
)
_SNAKE = re.compile(r"[a-z]+_[a-z_]+")
_RANDOM = re.compile(r"[A-Za-z0-9_-]{20,}")


@pytest.mark.parametrize(("language", "answer"), _PAGES)
def test_no_page_says_an_internal_word_or_id(language: str, answer: Answer) -> None:
    text = read(answer).text

    assert [*_INTERNAL.findall(text), *_SNAKE.findall(text), *_RANDOM.findall(text)] == []


@pytest.mark.parametrize(("language", "answer"), _PAGES)
def test_a_russian_page_has_no_english_words_of_ours(language: str, answer: Answer) -> None:
    names = {"Bean", "Street", "Coffee", "GmbH", "Silver", "Gold", "Apple", "Wallet", "English", "hello", "beanstreet"}
    names |= {"example", "anna", "com", "a", "Google", "Instagram", "Safari", "Chrome"}
    english = set(re.findall(r"[A-Za-z]+", read(answer).text)) - names

    if language == "ru":
        assert set() == english
    else:
        assert len(english) > 3


@pytest.mark.parametrize(("language", "answer"), _PAGES)
def test_every_page_carries_the_guards_and_its_language(language: str, answer: Answer) -> None:
    page = read(answer)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Language"] == language
    assert page.one("html").attributes["lang"] == language


@pytest.mark.parametrize(("language", "answer"), _PAGES)
def test_nothing_on_a_page_is_inline_or_from_elsewhere(language: str, answer: Answer) -> None:
    page = read(answer)

    assert page.all("style") == []
    assert all(script.attributes.get("src", "").startswith("/static/") for script in page.all("script"))
    for element in page.elements:
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")]
    for name in ("src", "href"):
        for element in (*page.all("link"), *page.all("img"), *page.all("script")):
            address = element.attributes.get(name, "/static/")
            assert address.startswith(("/static/", "/pictures/", f"/c/{CARD}/app.webmanifest"))


@pytest.mark.parametrize(("language", "answer"), _PAGES)
def test_a_first_load_stays_below_100_kilobytes(language: str, answer: Answer) -> None:
    addresses = re.findall(r'/static/([^"]+)', answer.body.decode())
    files = [asset(address) for address in addresses]

    assert all(file is not None and file.is_pinned for file in files)
    assert len(answer.body) + sum(len(file.content) for file in files if file) < 100_000


@pytest.mark.parametrize(("language", "answer"), _PAGES)
def test_labels_and_descriptions_point_at_something(language: str, answer: Answer) -> None:
    page = read(answer)
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    pointed = [
        target
        for element in page.elements
        for name in ("for", "aria-describedby", "aria-labelledby")
        for target in element.attributes.get(name, "").split()
    ]

    assert len(ids) == len(set(ids))
    assert set(pointed) <= set(ids)
    for field in (*page.all("input"), *page.all("select")):
        is_named = field.attributes.get("type") in ("hidden", "checkbox") or field.attributes["id"] in pointed
        assert is_named, field


@pytest.mark.parametrize(("language", "answer"), _PAGES)
def test_every_page_has_one_heading_and_one_main_part(language: str, answer: Answer) -> None:
    page = read(answer)

    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert page.one("title").text


def test_all_languages_say_the_same_things_with_the_same_values() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, russian = TEXTS["en"], TEXTS["ru"]

    assert english.keys() == russian.keys()
    assert {key: fields(text) for key, text in english.items()} == {key: fields(text) for key, text in russian.items()}
    assert [key for key, text in russian.items() if not text.strip()] == []


def test_every_text_is_used() -> None:
    from pathlib import Path

    room = Path(__file__).parents[2] / "chalicelib" / "web"
    source = "".join(
        file.read_text() for file in room.rglob("*") if file.suffix in (".py", ".html") and file.parent.name != "texts"
    )
    built = (
        "problem.",
        "notice.",
        "paused.",
        "error.",
        "front.",
        "history.",
        "link.",
        "action.",
        "find.",
        "replace.",
        "letter.",
    )  # their ends come from facts
    unused = [
        key
        for key in TEXTS["en"]
        if not key.startswith(built) and f'"{key}"' not in source and f"'{key}'" not in source
    ]

    assert unused == []
