"""The pages behind the link in the mail. Opening the link proves nothing: mail scanners do that, too."""

from urllib.parse import quote

from chalicelib.services.answer import Answer
from chalicelib.web.answer import page
from chalicelib.web.language import Speech


def proof_page(token: str, business: str, language: str, *, consent: str = "") -> Answer:
    """GET /proof/{token}: one button, which sends POST /proof/{token}. Looks alike for every token.

    consent: the text that pressing the button agrees to; whoever asked for the card may have been somebody else
    """
    home = f"/proof/{quote(token, safe='')}"
    return page("proof.html", Speech(language), business=business, consent=consent, home=home)


def used_page(language: str, *, program: str = "") -> Answer:
    """A link that was used, is too old or never was: 410, and what to do next.

    program: slug of the program, when it is known, for the way to a new card
    """
    return page("proof_used.html", Speech(language), status=410, program=program)
