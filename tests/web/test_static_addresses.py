"""Static files are kept for a year under an address that changes with their content."""

import pytest

from chalicelib.web.assets import address, look_address
from chalicelib.web.colours import Palette
from chalicelib.web.static_files import static


def _name(path: str) -> str:
    return path.removeprefix("/static/")


def test_an_exact_content_is_kept_for_a_year() -> None:
    answer = static(_name(address("style.css")))

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert b"--page" in answer.body


@pytest.mark.parametrize("name", ["style.css", "style.00000000.css"])
def test_another_spelling_is_asked_for_again(name: str) -> None:
    answer = static(name)

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_file_the_browser_has_is_not_sent_again() -> None:
    first = static("card.js")
    again = static("card.js", if_none_match=f'"other", W/{first.headers["ETag"]}')

    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_colours_of_a_program_are_made_from_their_name() -> None:
    answer = static(_name(look_address(Palette.of("#2b1d14", "#ffffff", "#e0c9a6"))))

    assert answer.status == 200
    assert b".look-2b1d14-ffffff-e0c9a6{--card:#2b1d14" in answer.body


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing.css",
        "../answer.py",
        "..%2fanswer.py",
        "style",
        "style.css/",
        "style.css\n",
        "look-2b1d14.css",
        "look-2b1d14-ffffff-e0c9a6.js",
        "look-2b1d14-ffffff-zzzzzz.css",
        "STYLE.CSS",
        "a" * 500 + ".css",
    ],
)
def test_any_other_name_is_not_found(name: str) -> None:
    assert static(name).status == 404
