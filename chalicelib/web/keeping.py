"""The pages on which a card's holder confirms what cannot be undone: another link and code, or the end of it."""

from chalicelib.cards.face import CardFace
from chalicelib.services.answer import Answer
from chalicelib.web.answer import page
from chalicelib.web.assets import look_address
from chalicelib.web.card import Notice
from chalicelib.web.colours import palette
from chalicelib.web.language import Speech


def replace_page(card: str, face: CardFace, language: str, *, key: str, problem: str = "", status: int = 200) -> Answer:
    """GET /c/{card}/replace: says what will happen; its form carries `key`. problem: "often" when it must wait."""
    look = palette(face.look)
    return page(
        "replace.html",
        Speech(language, face.time_zone),
        status=status,
        home=f"/c/{card}",
        key=key,
        problem=problem,
        look_class=look.name,
        look_sheet=look_address(look),
    )


def leave_page(
    card: str, face: CardFace, language: str, *, address: str, said: Notice | None = None, status: int = 200
) -> Answer:
    """GET /c/{card}/leave: what is lost, in plain words.

    address: where the code goes that has to be typed, masked; "" where none is needed
    """
    look, speech = palette(face.look), Speech(language, face.time_zone)
    return page(
        "leave.html",
        speech,
        status=status,
        home=f"/c/{card}",
        business=face.business,
        losses=_losses(face, speech),
        address=address,
        said=said,
        look_class=look.name,
        look_sheet=look_address(look),
    )


def _losses(face: CardFace, speech: Speech) -> list[str]:
    points = speech.points(face.points, face.names)
    lost = speech.say("leave.points", points=points) if face.points > 0 else speech.say("leave.no_points")
    return [lost, speech.say("leave.card"), speech.say("leave.data")]
