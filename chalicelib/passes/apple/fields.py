"""A card's face becomes the content of an Apple pass."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.cards.face import CardFace, Ending, News
from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.passes.apple.content import Barcode, Field, PassContent, StoreCard
from chalicelib.passes.apple.texts import Words, perk_name, warning_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class PassIdentity:
    """Who a pass is and whom the phone asks about it. Serial and token never change once a pass is out.

    web_service_url: the phone appends "/v1/..."      organisation: as it stands on the lock screen
    """

    serial: str
    authentication_token: str
    web_service_url: str
    pass_type: str
    team: str
    organisation: str


def content_of(face: CardFace, identity: PassIdentity, words: Words, *, news: News) -> PassContent:
    """What the pass of `identity` says.

    news: what differs from the pass that the phone holds. That alone is announced on the lock screen: two
    announcements in one update collapse into a vague notice.
    Raises: Broken for colours, zones and texts that no pass can hold.
    """
    return PassContent(
        pass_type_identifier=identity.pass_type,
        serial_number=identity.serial,
        team_identifier=identity.team,
        organization_name=words.value(identity.organisation),
        description=words.own["description"],
        web_service_url=identity.web_service_url,
        authentication_token=identity.authentication_token,
        store_card=_fields(face, words, _announced(face, news)),
        barcodes=(_barcode(face.barcode),),
        background_color=_rgb(face.look.background, "background"),
        foreground_color=_rgb(face.look.text, "text"),
        label_color=_rgb(face.look.label, "label"),
        format_version=1,
        logo_text=words.value(face.business),
        voided=face.is_void,
        sharing_prohibited=True,
    )


def _announced(face: CardFace, news: News) -> News:
    """What can be announced: a level or an end that the card does not show gives way to the points."""
    is_shown = {"tier": bool(face.tier), "ending": face.is_ending_soon, "points": True}
    return news if is_shown[news] else "points"


def _fields(face: CardFace, words: Words, news: News) -> StoreCard:
    own = words.own
    points = Field(
        key="points",
        label=own["points"],
        value=face.points,
        number_style="PKNumberStyleDecimal",
        change_message=own["points_changed"] if news == "points" else "",
    )
    tier = Field(
        key="tier",
        label=own["tier"],
        value=words.value(face.tier),
        change_message=own["tier_changed"] if news == "tier" else "",
    )
    return StoreCard(
        header_fields=_header(face, words),
        primary_fields=(points,),
        secondary_fields=(tier,) if face.tier else (),
        auxiliary_fields=_auxiliary(face, words),
        back_fields=_back(face, words, news),
    )


def _header(face: CardFace, words: Words) -> tuple[Field, ...]:
    """The corner that stays visible in the stack says what is unusual about this card."""
    if face.is_void:
        return (Field(key="ended", label=words.own["ended"], value="—"),)
    if face.is_test:
        return (Field(key="test", label=words.own["test"], value="TEST"),)
    return ()


def _auxiliary(face: CardFace, words: Words) -> tuple[Field, ...]:
    """At most three: Apple shows four fields in the row that these share with the tier."""
    fields = []
    if face.progress is not None:
        told = face.progress.told(face.language)
        reached, needed = (face.progress.reached, face.progress.needed) if told is None else (told.reached, told.needed)
        way = f"{face.progress.next_tier} {reached}/{needed}"
        fields.append(Field(key="progress", label=words.own["progress"], value=words.value(way)))
    if face.next_ending is not None and face.next_ending.ends < NEVER:
        # A day is named by its last usable moment: points that end at midnight are good for the day before.
        fields.append(_day("ending_day", words.own["ending_day"], face.next_ending.ends - 1, face.time_zone))
    if face.arriving:
        on_the_way = sum(part.points for part in face.arriving)
        fields.append(_number("arriving", words.own["arriving"], on_the_way))
    return tuple(fields)


def _back(face: CardFace, words: Words, news: News) -> tuple[Field, ...]:
    own = words.own
    fields = []
    if face.is_test:
        fields.append(Field(key="test_notice", label=own["test_notice"], value="TEST"))
    if face.next_ending is not None and face.next_ending.ends < NEVER:
        fields.append(_number("ending_points", own["ending_points"], face.next_ending.points))
        fields.append(_warning(face, face.next_ending, words, news))
    known = [part.at for part in face.arriving if part.at is not None and part.at < NEVER]
    if known:
        fields.append(_day("arriving_day", own["arriving_day"], min(known), face.time_zone))
    if face.stamps:
        stamps = "\n".join(card.told(face.language) for card in face.stamps)
        fields.append(Field(key="stamps", label=own["stamps"], value=words.value(stamps)))
    if face.perks:
        perks = "\n".join(face.own_words(perk, face.language) or perk_name(perk, face.language) for perk in face.perks)
        fields.append(Field(key="perks", label=own["perks"], value=words.value(perks)))
    said = (("card", face.card_url), ("contact", face.contact), ("privacy", face.privacy))
    fields.extend(Field(key=key, label=own[key], value=words.value(text)) for key, text in said if text)
    return tuple(fields)


def _warning(face: CardFace, ending: Ending, words: Words, news: News) -> Field:
    """There before it has anything to say: a phone announces a field whose value changed, not one that is new."""
    said = "—"
    if face.is_ending_soon:
        day = local(ending.ends - 1, face.time_zone).date()
        said = words.value(warning_text(ending.points, face.names, day, face.language))
    message = words.own["warned"] if news == "ending" else ""
    return Field(key="warning", label=words.own["warning"], value=said, change_message=message)


def _number(key: str, label: str, value: int) -> Field:
    return Field(key=key, label=label, value=value, number_style="PKNumberStyleDecimal")


def _day(key: str, label: str, instant: Instant, time_zone: str) -> Field:
    """A day as the shop reads it, wherever the phone is."""
    return Field(
        key=key,
        label=label,
        value=iso_minutes(instant, time_zone),
        date_style="PKDateStyleMedium",
        time_style="PKDateStyleNone",
        ignores_time_zone=True,
    )


def iso_minutes(instant: Instant, time_zone: str) -> str:
    """`instant` as Apple reads dates: "2027-11-30T23:59+01:00" in the zone named. Raises Broken without that zone."""
    return local(instant, time_zone).isoformat(timespec="minutes")


def local(instant: Instant, time_zone: str) -> datetime:
    """Wall time of an instant. Raises Broken for a zone that nobody knows."""
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError) as err:  # unknown, malformed, or a folder of the zone database
        raise Broken("time_zone_unknown", given=time_zone[:40]) from err
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone)


def _barcode(message: str) -> Barcode:
    """ISO 8859-1 as scanners expect it; UTF-8 only for what does not fit into it."""
    try:
        message.encode("iso-8859-1")
        encoding = "iso-8859-1"
    except UnicodeEncodeError:
        encoding = "utf-8"
    return Barcode(format="PKBarcodeFormatQR", message=message, message_encoding=encoding)


def _rgb(colour: str, name: str) -> str:
    match = _COLOUR.fullmatch(colour)
    if match is None:
        raise Broken("pass_limit", field=f"look.{name}", limit="a colour like #2b1d14")
    red, green, blue = (int(part, 16) for part in match.groups())
    return f"rgb({red}, {green}, {blue})"
