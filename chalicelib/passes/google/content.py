"""A card's face becomes a class, which all cards of the program or of a level share, and an object, one member's."""

from collections.abc import Mapping

import msgspec
from babel.core import get_global

from chalicelib.cards.face import CardFace
from chalicelib.passes.google.barcodes import barcode_of, rotating_of
from chalicelib.passes.google.issuer import Address, Issuer
from chalicelib.passes.google.limits import (
    CLASS_PAGE,
    check_modules,
    check_places,
    checked_address,
    checked_balance,
    checked_colour,
    checked_text,
)
from chalicelib.passes.google.modules import link, links, modules
from chalicelib.passes.google.resources import (
    AppLinkData,
    AppLinkInfo,
    AppTarget,
    CallbackOptions,
    GroupingInfo,
    Image,
    ImageUri,
    LinksModuleData,
    LocalizedString,
    LoyaltyClass,
    LoyaltyObject,
    LoyaltyPoints,
    LoyaltyPointsBalance,
    MerchantLocation,
    PassConstraints,
    SecurityAnimation,
)
from chalicelib.passes.google.rotating import RotatingCodes
from chalicelib.passes.google.template import template
from chalicelib.passes.google.voices import Voices

_MILLION = 1_000_000
_NO_COUNTRY = "ZZ"
_SHARED_SCENE = "plain"
"""The one picture that all members see: it is the class's, so that another one is told once."""


def class_of(face: CardFace, issuer: Issuer) -> LoyaltyClass:
    """What all cards of the program, or of the face's level, share. Raises: Broken for what Google would refuse."""
    voices = Voices(face)
    name, code, level = _name(face, voices), voices.all("code"), voices.all("tier")
    is_level = bool(face.level_class)
    background = face.look.background if is_level else face.look.ground or face.look.background
    shared = msgspec.structs.replace(face, look=msgspec.structs.replace(face.look, scene=_SHARED_SCENE))
    return LoyaltyClass(
        id=issuer.class_id(face.program, face.level_class),
        issuer_name=checked_text(face.business, "issuerName", CLASS_PAGE),
        program_name=name.default_value.value,
        localized_program_name=name,
        program_logo=_logo(face, issuer, voices),
        wide_program_logo=_picture(issuer.wide_logo_url, face, voices, "wideProgramLogo"),
        hero_image=_picture(issuer.hero_url, shared, voices, "heroImage"),
        hex_background_color=checked_colour(background),
        rewards_tier=face.tier if is_level else None,
        rewards_tier_label=level.default_value.value if is_level else None,
        localized_rewards_tier_label=level if is_level else None,
        account_id_label=code.default_value.value,
        localized_account_id_label=code,
        country_code=_country(face.time_zone),
        review_status="UNDER_REVIEW",
        multiple_devices_and_holders_allowed_status="ONE_USER_ALL_DEVICES",
        callback_options=CallbackOptions(checked_address(issuer.callback_url(face.program), "callbackOptions")),
        class_template_info=template(face.front),
        links_module_data=LinksModuleData(tuple(links(face, voices))),
        app_link_data=_button(face, voices),
        merchant_locations=_places(face),
        security_animation=SecurityAnimation("FOIL_SHIMMER") if face.rotates else None,
    )


def object_of(
    face: CardFace, serial: str, issuer: Issuer, codes: RotatingCodes | None = None, *, stays_in: str | None = None
) -> LoyaltyObject:
    """One member's card. Raises: Broken for what Google would refuse.

    codes: of cards whose code changes; without them it stays
    stays_in: the level's class in which the card is, when Google would not move it; the card tells its level itself
    """
    voices = Voices(face, first=face.language)
    texts = tuple(modules(face, voices))
    check_modules(text.id for text in texts)
    unit = voices.each(lambda voice: voice.unit(face.points, face.names))
    rotates = codes is not None and face.rotates
    level_class = face.level_class if stays_in is None else stays_in
    tells_level = bool(face.tier) and (not face.level_class or level_class != face.level_class)
    return LoyaltyObject(
        id=issuer.object_id(serial),
        class_id=issuer.class_id(face.program, level_class),
        state="EXPIRED" if face.is_void else "ACTIVE",
        account_id=checked_text(face.barcode, "accountId"),
        loyalty_points=LoyaltyPoints(
            unit.default_value.value, unit, LoyaltyPointsBalance(number=checked_balance(face.points))
        ),
        secondary_loyalty_points=_level(face.tier, voices) if tells_level else None,
        hero_image=None if face.look.scene == _SHARED_SCENE else _picture(issuer.hero_url, face, voices, "heroImage"),
        text_modules_data=texts,
        barcode=None if face.is_void or rotates else barcode_of(face),
        rotating_barcode=rotating_of(face, codes.key(serial)) if codes and rotates and not face.is_void else None,
        grouping_info=GroupingInfo(f"{issuer.realm}.{face.program}", 2 if face.is_void else 1),
        pass_constraints=PassConstraints("INELIGIBLE" if rotates else "ELIGIBLE"),
    )


def _name(face: CardFace, voices: Voices) -> LocalizedString:
    """What the card is called; a test card is called one before anything else."""
    if not face.is_test:
        return voices.own(face.card_names, "card")
    if not face.card_names:
        return voices.all("card_test")
    return voices.own({code: f"TEST · {name}" for code, name in face.card_names.items()}, "card_test")


def _level(tier: str, voices: Voices) -> LoyaltyPoints:
    label = voices.all("tier")
    return LoyaltyPoints(label.default_value.value, label, LoyaltyPointsBalance(string=tier))


def _logo(face: CardFace, issuer: Issuer, voices: Voices) -> Image:
    address = checked_address(issuer.logo_url(face), "programLogo")
    return Image(ImageUri(address), voices.all("logo", business=face.business))


def _picture(address_of: Address, face: CardFace, voices: Voices, field: str) -> Image | None:
    """None where the look has no such picture. Its description says whose it is: what it shows stands in words."""
    address = address_of(face)
    return Image(ImageUri(checked_address(address, field)), voices.each(lambda _: face.business)) if address else None


def _button(face: CardFace, voices: Voices) -> AppLinkData | None:
    """The first of the program's buttons: Google has room for one."""
    if not face.actions:
        return None
    words = voices.all(f"action_{face.actions[0].kind}")
    target = AppTarget(link("action", face.actions[0].address, words))
    return AppLinkData(AppLinkInfo(target), words)


def _places(face: CardFace) -> tuple[MerchantLocation, ...]:
    check_places([(place.latitude, place.longitude) for place in face.places])
    return tuple(MerchantLocation(place.latitude / _MILLION, place.longitude / _MILLION) for place in face.places)


def _country(time_zone: str) -> str | None:
    """Where the program's days begin is where it is at home; None for a zone of no country."""
    zones: Mapping[str, str] = get_global("zone_territories")
    country = zones.get(time_zone)
    return None if country == _NO_COUNTRY else country
