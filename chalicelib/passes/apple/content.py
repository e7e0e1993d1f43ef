"""pass.json as Apple defines it: the parts of a store card that a loyalty card uses.

Source: developer.apple.com/documentation/walletpasses/pass and .../passfieldcontent. Names are Apple's.
"""

import msgspec


class Field(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One line on the card. `key` is unique in the whole pass.

    label, change_message: looked up in pass.strings by the phone, so they are keys and texts at once
    value: a number, a text, or (with a date style) an ISO 8601 date with its zone
    change_message: what the lock screen says when the value changes; without it the phone stays silent
    """

    key: str
    value: int | str
    label: str = ""
    change_message: str = ""
    number_style: str = ""
    currency_code: str = ""
    date_style: str = ""
    time_style: str = ""
    ignores_time_zone: bool = False


class StoreCard(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The groups of fields: header is seen in the stack, primary lies over the strip, back is behind the card."""

    header_fields: tuple[Field, ...] = ()
    primary_fields: tuple[Field, ...] = ()
    secondary_fields: tuple[Field, ...] = ()
    auxiliary_fields: tuple[Field, ...] = ()
    back_fields: tuple[Field, ...] = ()

    def groups(self) -> tuple[tuple[str, tuple[Field, ...]], ...]:
        """The groups with Apple's names."""
        return (
            ("headerFields", self.header_fields),
            ("primaryFields", self.primary_fields),
            ("secondaryFields", self.secondary_fields),
            ("auxiliaryFields", self.auxiliary_fields),
            ("backFields", self.back_fields),
        )


class Barcode(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What the till scans."""

    format: str
    message: str
    message_encoding: str


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
    logo_text: str = ""
    voided: bool = False
    sharing_prohibited: bool = False
    expiration_date: str = ""
    locations: tuple[Location, ...] = ()
