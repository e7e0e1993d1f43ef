"""A card's face becomes a class, which all cards of the program share, and an object, which is one member's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chalicelib.cards.face import CardFace, Progress
from chalicelib.ledger.journal import NEVER
from chalicelib.passes.google.limits import (
    check_modules,
    checked_address,
    checked_balance,
    checked_colour,
    checked_id,
    checked_text,
)
from chalicelib.passes.google.resources import (
    Barcode,
    CallbackOptions,
    CardRowTemplateInfo,
    CardRowTwoItems,
    CardTemplateOverride,
    ClassTemplateInfo,
    FieldReference,
    FieldSelector,
    Image,
    ImageUri,
    LinksModuleData,
    LocalizedString,
    LoyaltyClass,
    LoyaltyObject,
    LoyaltyPoints,
    LoyaltyPointsBalance,
    TemplateItem,
    TextModuleData,
    TranslatedString,
    Uri,
)
from chalicelib.passes.google.texts import TEXTS, Speech

_ROWS = (
    ("object.loyaltyPoints.balance", "object.secondaryLoyaltyPoints.balance"),
    ("object.textModulesData['progress']", "object.textModulesData['ending']"),
)
"""The rows on the front of the card: points and level, then what comes next."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Under which names a deployment keeps its cards at Google, and where Google finds it.

    id: Google's number of the issuer      realm: keeps deployments with one issuer apart, "prod"
    logo_url: of a face, absolute          callback_url: of a program, absolute
    """

    id: str
    realm: str
    logo_url: Callable[[CardFace], str]
    callback_url: Callable[[str], str]

    def class_id(self, program: str) -> str:
        """One class for each program: what is new for all members is told once. Raises Broken."""
        return checked_id(f"{self.id}.{self.realm}.{program}")

    def object_id(self, serial: str) -> str:
        """Raises Broken."""
        return checked_id(f"{self.id}.{self.realm}.{serial}")

    def is_class(self, name: str, program: str) -> bool:
        """Whether a name is that of the program's class."""
        return name == f"{self.id}.{self.realm}.{program}"

    def serial(self, object_id: str) -> str | None:
        """The card behind an object's name; None when the name is not one of ours."""
        prefix = f"{self.id}.{self.realm}."
        return object_id.removeprefix(prefix) if object_id.startswith(prefix) else None


def class_of(face: CardFace, issuer: Issuer) -> LoyaltyClass:
    """What all cards of the program share. Raises: Broken for what Google would refuse."""
    voices = _Voices(face)
    name = voices.all("card_test" if face.is_test else "card")
    code = voices.all("code")
    return LoyaltyClass(
        id=issuer.class_id(face.program),
        issuer_name=checked_text(face.business, "issuerName"),
        program_name=name.default_value.value,
        localized_program_name=name,
        program_logo=Image(
            ImageUri(checked_address(issuer.logo_url(face), "programLogo")), voices.all("logo", business=face.business)
        ),
        hex_background_color=checked_colour(face.look.background),
        account_id_label=code.default_value.value,
        localized_account_id_label=code,
        review_status="UNDER_REVIEW",
        multiple_devices_and_holders_allowed_status="ONE_USER_ALL_DEVICES",
        callback_options=CallbackOptions(checked_address(issuer.callback_url(face.program), "callbackOptions")),
        class_template_info=_template(),
        links_module_data=LinksModuleData(tuple(_links(face, voices))),
    )


def object_of(face: CardFace, serial: str, issuer: Issuer) -> LoyaltyObject:
    """One member's card. Raises: Broken for what Google would refuse."""
    voices = _Voices(face, first=face.language)
    modules = tuple(_modules(face, voices))
    check_modules(module.id for module in modules)
    unit = voices.each(lambda voice: voice.unit(face.points, face.names))
    level = voices.all("tier")
    return LoyaltyObject(
        id=issuer.object_id(serial),
        class_id=issuer.class_id(face.program),
        state="INACTIVE" if face.is_void else "ACTIVE",
        account_id=checked_text(face.barcode, "accountId"),
        loyalty_points=LoyaltyPoints(
            unit.default_value.value, unit, LoyaltyPointsBalance(number=checked_balance(face.points))
        ),
        secondary_loyalty_points=LoyaltyPoints(level.default_value.value, level, LoyaltyPointsBalance(string=face.tier))
        if face.tier
        else None,
        text_modules_data=modules,
        barcode=None if face.is_void else Barcode("QR_CODE", face.barcode, "UTF_8"),
    )


class _Voices:
    """Texts in all languages that can be on the phone. `first`: the default; else the program's first one."""

    def __init__(self, face: CardFace, *, first: str = "") -> None:
        wished = [first, *face.languages, *TEXTS]
        codes = dict.fromkeys(code for code in wished if code in TEXTS)
        self._voices = [Speech(code, face.time_zone) for code in codes]

    def each(self, say: Callable[[Speech], str]) -> LocalizedString:
        first, *others = (TranslatedString(voice.language, say(voice)) for voice in self._voices)
        return LocalizedString(first, tuple(others))

    def all(self, key: str, **words: str) -> LocalizedString:
        return self.each(lambda voice: voice.say(key, **words))


def _way(way: Progress, voice: Speech) -> str:
    told = way.told(voice.language)
    reached, needed = (way.reached, way.needed) if told is None else (told.reached, told.needed)
    shown = [each if isinstance(each, str) else voice.number(each) for each in (reached, needed)]
    return voice.say("progress_way", tier=way.next_tier, reached=shown[0], needed=shown[1])


def _modules(face: CardFace, voices: _Voices) -> Iterator[TextModuleData]:
    """The texts on the back, what matters most first."""
    names = face.names
    if face.is_void:
        yield _module("ended", voices, lambda voice: voice.say("ended_notice"))
    if face.is_test:
        yield _module("test", voices, lambda voice: voice.say("test_notice"))
    if face.points < 0:
        yield _module("owed", voices, lambda voice: voice.say("owed_why"))
    way = face.progress
    if way is not None and not face.is_void:
        yield _module("progress", voices, lambda voice: _way(way, voice))
    ending = face.next_ending
    if ending is not None and ending.ends < NEVER:
        # A day is named by its last usable moment: points that end at midnight are good for the day before.
        yield _module(
            "ending",
            voices,
            lambda voice: voice.say(
                "ending_what", points=voice.points(ending.points, names), day=voice.day(ending.ends - 1)
            ),
            heading="ending_soon" if face.is_ending_soon else "ending",
        )
    if face.arriving:
        yield _module("arriving", voices, lambda voice: "\n".join(_arriving(face, voice)))
    if face.stamps:
        yield _module("stamps", voices, lambda voice: "\n".join(card.told(voice.language) for card in face.stamps))
    if face.perks:
        yield _module("perks", voices, lambda voice: "\n".join(_perks(face, voice)))


def _perks(face: CardFace, voice: Speech) -> Iterator[str]:
    for perk in face.perks:
        yield face.own_words(perk, voice.language) or voice.perk(perk)


def _arriving(face: CardFace, voice: Speech) -> Iterator[str]:
    for part in face.arriving:
        points = voice.points(part.points, face.names)
        is_known = part.at is not None and part.at < NEVER
        if is_known and part.at is not None:
            yield voice.say("arriving_on", points=points, day=voice.day(part.at))
        else:
            yield voice.say("arriving_later", points=points)


def _module(key: str, voices: _Voices, body: Callable[[Speech], str], *, heading: str = "") -> TextModuleData:
    header, said = voices.all(heading or key), voices.each(body)
    return TextModuleData(key, header.default_value.value, said.default_value.value, header, said)


def _links(face: CardFace, voices: _Voices) -> Iterator[Uri]:
    """The program's page, its owner, and the privacy notice: the same for all members."""
    contact = face.contact if ":" in face.contact else f"mailto:{face.contact}" if "@" in face.contact else ""
    for key, address in (("program", face.card_url), ("contact", contact), ("privacy", face.privacy)):
        if address:
            text = voices.all(key)
            yield Uri(key, checked_address(address, "linksModuleData"), text.default_value.value, text)


def _template() -> ClassTemplateInfo:
    def item(path: str) -> TemplateItem:
        return TemplateItem(FieldSelector((FieldReference(path),)))

    rows = (CardRowTemplateInfo(CardRowTwoItems(item(start), item(end))) for start, end in _ROWS)
    return ClassTemplateInfo(CardTemplateOverride(tuple(rows)))
