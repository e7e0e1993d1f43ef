"""A card's face becomes the content of an Apple pass."""

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from chalicelib.cards.face import CardFace, News
from chalicelib.passes.apple.back import back
from chalicelib.passes.apple.barcodes import barcodes_of
from chalicelib.passes.apple.content import FeaturedAction, Field, Location, PassContent, PosterGeneric, StoreCard
from chalicelib.passes.apple.front import Front, front
from chalicelib.passes.apple.limits import PASS, refusal
from chalicelib.passes.apple.texts import Words
from chalicelib.programs.card import ActionKind

_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_MILLION = 1_000_000

_ACTIONS: Mapping[ActionKind, str] = {
    "benefits": "membershipBenefits",
    "offers": "viewOffersRewards",
    "add_to_balance": "addToBalance",
    "shop": "shop",
    "order": "order",
    "call": "call",
    "book": "bookAppointment",
}
"""Apple's names: developer.apple.com/documentation/walletpasses/defining-the-metadata-of-your-wallet-pass."""


class PassIdentity(msgspec.Struct, frozen=True):
    """Who a pass is and whom the phone asks about it. Serial and token never change once a pass is out.

    web_service_url: the phone appends "/v1/..."      organisation: as it stands on the lock screen
    """

    serial: str
    authentication_token: str
    web_service_url: str
    pass_type: str
    team: str
    organisation: str


def content_of(
    face: CardFace,
    identity: PassIdentity,
    words: Words,
    *,
    news: News,
    has_poster: bool = False,
    has_wordmark: bool = False,
) -> PassContent:
    """What the pass of `identity` says.

    news: what differs from the pass that the phone holds. That alone is announced on the lock screen: two
    announcements in one update collapse into a vague notice.
    has_poster: there is artwork for a poster
    has_wordmark: the logo holds the name, which would be cut off beside it; who listens hears the description
    Raises: Broken for colours, zones and texts that no pass can hold.
    """
    news = _announced(face, news)
    seen = front(face, words, news)
    behind = back(face, words, news, shown=seen.keys)
    return PassContent(
        pass_type_identifier=identity.pass_type,
        serial_number=identity.serial,
        team_identifier=identity.team,
        organization_name=words.value(identity.organisation),
        description=words.own["description"],
        web_service_url=identity.web_service_url,
        authentication_token=identity.authentication_token,
        store_card=_store_card(seen, behind),
        poster_generic=_poster(seen, behind, face, words) if has_poster else None,
        featured_actions=_actions(face),
        barcodes=barcodes_of(face.barcode_kind, face.barcode),
        background_color=_rgb(face.look.background, "background"),
        foreground_color=_rgb(face.look.text, "text"),
        label_color=_rgb(face.look.label, "label"),
        format_version=1,
        logo_text="" if has_wordmark else _name(face, words),
        voided=face.is_void,
        sharing_prohibited=True,
        locations=_locations(face, words),
    )


def _name(face: CardFace, words: Words) -> str:
    """What the card is called; its business for lack of a name."""
    return words.own["description"] if face.card_names else words.value(face.business)


def _announced(face: CardFace, news: News) -> News:
    """What can be announced: what the card does not show gives way to the points."""
    is_shown = {
        "tier": bool(face.tier),
        "ending": face.is_ending_soon,
        "message": face.message is not None,
        "points": True,
    }
    return news if is_shown[news] else "points"


def _store_card(seen: Front, behind: tuple[Field, ...]) -> StoreCard:
    """The row below the points ends at the card's edge."""
    row = list(seen.beside)
    if len(row) > 1:
        row[-1] = msgspec.structs.replace(row[-1], text_alignment="PKTextAlignmentRight")
    return StoreCard(
        header_fields=seen.corner,
        primary_fields=(seen.points,),
        secondary_fields=tuple(row[:1]),
        auxiliary_fields=tuple(row[1:]),
        back_fields=behind,
    )


def _poster(seen: Front, behind: tuple[Field, ...], face: CardFace, words: Words) -> PosterGeneric:
    """The points in the corner, where the stack shows them; at the foot what is unusual, else what the card is."""
    beside = list(seen.beside)
    if beside and beside[0].key == "tier":
        beside[0] = msgspec.structs.replace(beside[0], label="")
    name = Field(key="name", value=_name(face, words))
    return PosterGeneric(
        header_fields=(seen.points,),
        primary_fields=tuple(beside),
        footer_fields=seen.corner or (name,),
        back_fields=behind,
    )


def _actions(face: CardFace) -> tuple[FeaturedAction, ...]:
    """None on a card that has ended: there is nothing left to do with it."""
    if face.is_void:
        return ()
    return tuple(FeaturedAction(action.kind, _ACTIONS[action.kind], action.address) for action in face.actions)


def _locations(face: CardFace, words: Words) -> tuple[Location, ...]:
    """A card that has ended is suggested nowhere."""
    if face.is_void:
        return ()
    return tuple(
        Location(place.latitude / _MILLION, place.longitude / _MILLION, words.own.get(f"place_{number}", ""))
        for number, place in enumerate(face.places)
    )


@lru_cache(maxsize=512)  # a program has a handful
def _rgb(colour: str, name: str) -> str:
    match = _COLOUR.fullmatch(colour)
    if match is None:
        raise refusal(f"look.{name}", "a colour like #2b1d14", PASS)
    red, green, blue = (int(part, 16) for part in match.groups())
    return f"rgb({red}, {green}, {blue})"
