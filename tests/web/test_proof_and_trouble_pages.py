"""The pages behind the mail's link, and those for what went wrong."""

import pytest
from web_reading import read
from web_samples import a_program

from chalicelib.web.answer import redirect
from chalicelib.web.consent import consent_text
from chalicelib.web.proof import proof_page, used_page
from chalicelib.web.trouble import missing_page, trouble_page


def test_the_link_in_the_mail_only_shows_a_button() -> None:
    page = read(proof_page("Zk3qW9", "Bean Street Coffee", "en"))
    form = page.one("form")

    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/proof/Zk3qW9?lang=en")
    assert page.one("button").text == "Open my card"
    assert page.all("script") == []


def test_the_button_agrees_to_exactly_the_text_above_it() -> None:
    text = consent_text(a_program().shop, "ru")

    assert (
        read(proof_page("Zk3qW9", "Bean Street Coffee", "ru", consent=text)).one("span", data_consent="").text == text
    )
    assert read(proof_page("Zk3qW9", "Bean Street Coffee", "ru")).all("span", data_consent="") == []


def test_a_strange_link_cannot_lead_the_button_elsewhere() -> None:
    page = read(proof_page('//evil.example/?"><script>', "Bean Street Coffee", "en"))

    assert page.one("form").attributes["action"] == "/proof/%2F%2Fevil.example%2F%3F%22%3E%3Cscript%3E?lang=en"
    assert page.all("script") == []


def test_a_used_link_says_what_to_do_next() -> None:
    answer = used_page("en", program="bean-street")
    page = read(answer)

    assert answer.status == 410
    assert "Send a new code" in page.text
    assert page.one("a").attributes["href"] == "/p/bean-street?lang=en"
    assert read(used_page("en")).all("a") == []


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (400, "We could not read that"),
        (405, "We could not read that"),
        (404, "There is nothing here"),
        (413, "That was too much"),
        (429, "A little slower, please"),
        (500, "This is our fault"),
        (502, "This is our fault"),
        (503, "We need a moment"),
    ],
)
def test_every_error_has_words_that_help(status: int, title: str) -> None:
    answer = trouble_page(status, "en")

    assert answer.status == status
    assert read(answer).one("h1").text == title


def test_a_short_outage_says_when_to_come_back() -> None:
    assert trouble_page(503, "ru", retry_after_seconds=5).headers["Retry-After"] == "5"
    assert "Retry-After" not in trouble_page(503, "ru").headers


def test_an_unknown_card_gets_a_friendly_page() -> None:
    answer = missing_page("card", "ru")

    assert answer.status == 404
    assert read(answer).one("h1").text == "Мы не нашли эту карту"


def test_a_redirect_is_not_kept_and_tells_nobody_where_it_came_from() -> None:
    answer = redirect(303, "/c/4fTq0mXJ3rZk9sWv2LbNcA?note=joined")

    assert (answer.status, answer.headers["Location"]) == (303, "/c/4fTq0mXJ3rZk9sWv2LbNcA?note=joined")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
