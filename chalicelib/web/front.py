"""The page at the bare address: no program is named here, since each shop tells its own customers."""

from chalicelib.services.answer import Answer
from chalicelib.web.answer import page
from chalicelib.web.language import Speech
from chalicelib.web.texts import TEXTS
from chalicelib.web.visit import Visit


def front_page(visit: Visit) -> Answer:
    """GET /: says what lives here and how to find one's card."""
    return page("trouble.html", Speech(visit.language(tuple(TEXTS))), key="front", can_retry=False)
