"""pass.json as Apple defines it: the parts of a store card and of a poster that a loyalty card uses.

Source: developer.apple.com/documentation/walletpasses/pass, .../passfields, .../passfieldcontent and
.../creating-a-poster-generic-pass. Names are Apple's.
"""

import msgspec


class Field(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One line on the card. `key` is unique in each style of the pass.

    label, change_message: looked up in pass.strings by the phone, so they are keys and texts at once
    value: a number, a text, or (with a date style) an ISO 8601 date with its zone
    attributed_value: shown instead, with links (<a href>, nothing else); a watch shows the value
    change_message: what the lock screen says when the value changes; without it the phone stays silent
    """

    key: str
    value: int | str
    label: str = ""
    attributed_value: str = ""
    change_message: str = ""
    number_style: str = ""
    currency_code: str = ""
    date_style: str = ""
    time_style: str = ""
    ignores_time_zone: bool = False
    text_alignment: str = ""


Groups = tuple[tuple[str, tuple[Field, ...]], ...]


class StoreCard(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The groups of fields: header is seen in the stack, primary lies over the strip, back is behind the card."""

    header_fields: tuple[Field, ...] = ()
    primary_fields: tuple[Field, ...] = ()
    secondary_fields: tuple[Field, ...] = ()
    auxiliary_fields: tuple[Field, ...] = ()
    back_fields: tuple[Field, ...] = ()

    def groups(self) -> Groups:
        """The groups with Apple's names."""
        return (
            ("headerFields", self.header_fields),
            ("primaryFields", self.primary_fields),
            ("secondaryFields", self.secondary_fields),
            ("auxiliaryFields", self.auxiliary_fields),
            ("backFields", self.back_fields),
        )


class PosterGeneric(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The same card as a poster: iOS and watchOS 27 prefer it, what is older shows the store card beside it.

    A first primary field without a label is set as the poster's title. Of the footer the first field is seen.
    Source: developer.apple.com/videos/play/wwdc2026/209.
    """

    header_fields: tuple[Field, ...] = ()
    primary_fields: tuple[Field, ...] = ()
    footer_fields: tuple[Field, ...] = ()
    back_fields: tuple[Field, ...] = ()

    def groups(self) -> Groups:
        """The groups with Apple's names."""
        return (
            ("headerFields", self.header_fields),
            ("primaryFields", self.primary_fields),
            ("footerFields", self.footer_fields),
            ("backFields", self.back_fields),
        )


class FeaturedAction(msgspec.Struct, frozen=True):
    """A button below the card. Wallet words it in the phone's language.

    Source: developer.apple.com/documentation/walletpasses/defining-the-metadata-of-your-wallet-pass.
    """

    identifier: str
    type: str
    url: str


class Barcode(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What the till scans. alt_text: stands below it, to be typed."""

    format: str
    message: str
    message_encoding: str
    alt_text: str = ""


class Location(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A place near which the phone suggests the card. Degrees, because Apple defines them as such."""

    latitude: float
    longitude: float
    relevant_text: str = ""


class PassContent(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """pass.json. The pair (pass type, serial number) is the card's identity on the phone for ever."""

    pass_type_identifier: str
    serial_number: str
    team_identifier: str
    organization_name: str
    description: str
    web_service_url: str = msgspec.field(name="webServiceURL")
    authentication_token: str
    store_card: StoreCard
    barcodes: tuple[Barcode, ...]
    background_color: str
    foreground_color: str
    label_color: str
    format_version: int
    poster_generic: PosterGeneric | None = None
    featured_actions: tuple[FeaturedAction, ...] = ()
    logo_text: str = ""
    voided: bool = False
    sharing_prohibited: bool = False
    expiration_date: str = ""
    locations: tuple[Location, ...] = ()
