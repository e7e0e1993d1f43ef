"""LoyaltyClass and LoyaltyObject as Google defines them: the parts that a loyalty card uses.

Source: the discovery document of the Wallet API (walletobjects.v1). Names are Google's. An empty list is sent: in a
patch it empties what was there.
"""

import msgspec


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


class FieldReference(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    field_path: str


class FieldSelector(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    fields: tuple[FieldReference, ...]


class TemplateItem(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    first_value: FieldSelector


class CardRowTwoItems(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    start_item: TemplateItem
    end_item: TemplateItem


class CardRowTemplateInfo(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    two_items: CardRowTwoItems


class CardTemplateOverride(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    card_row_template_infos: tuple[CardRowTemplateInfo, ...]


class ClassTemplateInfo(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    card_template_override: CardTemplateOverride


class CallbackOptions(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    url: str


class LoyaltyClass(msgspec.Struct, frozen=True, rename="camel"):
    """What all cards of a program share. Google approves it by itself when it is sent for review."""

    id: str
    issuer_name: str
    program_name: str
    localized_program_name: LocalizedString
    program_logo: Image
    hex_background_color: str
    account_id_label: str
    localized_account_id_label: LocalizedString
    review_status: str
    multiple_devices_and_holders_allowed_status: str
    callback_options: CallbackOptions
    class_template_info: ClassTemplateInfo
    links_module_data: LinksModuleData


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


class LoyaltyObject(msgspec.Struct, frozen=True, rename="camel"):
    """One member's card. `secondary_loyalty_points`: the level; None takes it off the card."""

    id: str
    class_id: str
    state: str
    account_id: str
    loyalty_points: LoyaltyPoints
    secondary_loyalty_points: LoyaltyPoints | None
    text_modules_data: tuple[TextModuleData, ...]
    barcode: Barcode | None
