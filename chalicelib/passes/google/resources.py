"""LoyaltyClass and LoyaltyObject as Google defines them: the parts that a loyalty card uses.

Source: the discovery document of the Wallet API (walletobjects.v1). Names are Google's. An empty list is sent: in a
patch it empties what was there.
"""

import msgspec

from chalicelib.passes.google.template import ClassTemplateInfo


class TranslatedString(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    language: str
    value: str


class LocalizedString(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The default is shown on phones whose language is not among the others."""

    default_value: TranslatedString
    translated_values: tuple[TranslatedString, ...] = ()


class ImageUri(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    uri: str


class Image(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Google fetches it and keeps it: a changed picture needs another address."""

    source_uri: ImageUri
    content_description: LocalizedString


class Uri(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    id: str
    uri: str
    description: str
    localized_description: LocalizedString


class LinksModuleData(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    uris: tuple[Uri, ...]


class TextModuleData(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    id: str
    header: str
    body: str
    localized_header: LocalizedString
    localized_body: LocalizedString


class MerchantLocation(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Where the phone may suggest the card. Degrees, as Google wants them."""

    latitude: float
    longitude: float


class AppTarget(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    target_uri: Uri


class AppLinkInfo(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    app_target: AppTarget


class AppLinkData(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A button on the front."""

    web_app_link_info: AppLinkInfo
    display_text: LocalizedString


class CallbackOptions(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    url: str


class SecurityAnimation(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What moves on a real card and stands still on a photograph of one."""

    animation_type: str


class LoyaltyClass(msgspec.Struct, frozen=True, rename="camel"):
    """What all cards of a program, or of one of its levels, share. None takes a field off the card.

    Google approves it by itself when it is sent for review.
    """

    id: str
    issuer_name: str
    program_name: str
    localized_program_name: LocalizedString
    program_logo: Image
    wide_program_logo: Image | None
    hero_image: Image | None
    hex_background_color: str
    rewards_tier: str | None
    rewards_tier_label: str | None
    localized_rewards_tier_label: LocalizedString | None
    account_id_label: str
    localized_account_id_label: LocalizedString
    country_code: str | None
    review_status: str
    multiple_devices_and_holders_allowed_status: str
    callback_options: CallbackOptions
    class_template_info: ClassTemplateInfo
    links_module_data: LinksModuleData
    app_link_data: AppLinkData | None
    merchant_locations: tuple[MerchantLocation, ...]
    security_animation: SecurityAnimation | None


class LoyaltyPointsBalance(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Exactly one of them."""

    number: int | None = msgspec.field(name="int", default=None)
    string: str | None = None


class LoyaltyPoints(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    label: str
    localized_label: LocalizedString
    balance: LoyaltyPointsBalance


class Barcode(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What the till scans."""

    type: str
    value: str
    render_encoding: str


class TotpParameters(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """`key`: in hexadecimal digits."""

    key: str
    value_length: int


class TotpDetails(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """`period_millis`: digits, since it is 64 bits wide."""

    algorithm: str
    period_millis: str
    parameters: tuple[TotpParameters, ...]


class RotatingBarcode(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What the till scans where the code changes: the phone computes it by itself.

    alternate_text: below it, for a till whose scanner is broken
    """

    type: str
    render_encoding: str
    value_pattern: str
    alternate_text: str
    totp_details: TotpDetails


class Message(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Something the shop says, on the back of the card. `message_type`: TEXT_AND_NOTIFY tells the phone's owner."""

    id: str
    header: str
    localized_header: LocalizedString
    body: str
    localized_body: LocalizedString
    message_type: str


class GroupingInfo(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Cards of one group lie together, the lowest index on top."""

    grouping_id: str
    sort_index: int


class PassConstraints(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    screenshot_eligibility: str


class LoyaltyObject(msgspec.Struct, frozen=True, rename="camel"):
    """One member's card. None takes a field off the card.

    secondary_loyalty_points: the level, where the class does not tell it     hero_image: instead of the class's
    barcode or rotating_barcode: one of them, none on a card that has ended
    """

    id: str
    class_id: str
    state: str
    account_id: str
    loyalty_points: LoyaltyPoints
    secondary_loyalty_points: LoyaltyPoints | None
    hero_image: Image | None
    text_modules_data: tuple[TextModuleData, ...]
    barcode: Barcode | None
    rotating_barcode: RotatingBarcode | None
    grouping_info: GroupingInfo
    pass_constraints: PassConstraints
