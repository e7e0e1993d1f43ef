"""The front of a card as a LoyaltyClass arranges it: rows of items, each the first of its fields that is filled.

Source: the discovery document of the Wallet API (walletobjects.v1), ClassTemplateInfo: up to three rows.
"""

import msgspec

from chalicelib.programs.card import FrontField

MOST_ROWS = 3
_POINTS = "object.loyaltyPoints.balance"
_TIER = ("object.secondaryLoyaltyPoints.balance", "class.rewardsTier")
"""The object's level comes first: it is there when a card could not be moved to its level's class."""


class FieldReference(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    field_path: str


class FieldSelector(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    fields: tuple[FieldReference, ...]


class TemplateItem(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    first_value: FieldSelector


class CardRowTwoItems(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    start_item: TemplateItem
    end_item: TemplateItem


class CardRowOneItem(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    item: TemplateItem


class CardRowTemplateInfo(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Exactly one of them."""

    one_item: CardRowOneItem | None = None
    two_items: CardRowTwoItems | None = None


class CardTemplateOverride(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    card_row_template_infos: tuple[CardRowTemplateInfo, ...]


class ClassTemplateInfo(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    card_template_override: CardTemplateOverride


def template(front: tuple[FrontField, ...]) -> ClassTemplateInfo:
    """Points first, then what the program shows in front, two in a row. What a card does not have is left out."""
    items = [_item(_POINTS), *(_item(*_paths(field)) for field in front)]
    pairs = [items[start : start + 2] for start in range(0, len(items), 2)]
    return ClassTemplateInfo(CardTemplateOverride(tuple(_row(pair) for pair in pairs[:MOST_ROWS])))


def _paths(field: FrontField) -> tuple[str, ...]:
    return _TIER if field == "tier" else (f"object.textModulesData['{field}']",)


def _item(*paths: str) -> TemplateItem:
    return TemplateItem(FieldSelector(tuple(FieldReference(path) for path in paths)))


def _row(items: list[TemplateItem]) -> CardRowTemplateInfo:
    if len(items) == 1:
        return CardRowTemplateInfo(one_item=CardRowOneItem(items[0]))
    return CardRowTemplateInfo(two_items=CardRowTwoItems(*items))
