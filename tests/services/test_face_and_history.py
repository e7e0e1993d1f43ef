"""A card shows what is true now: the settled snapshot, and history in rows that people tell apart."""

import msgspec
import pytest
from stand_ins import DAY, NOON
from whole_house import ANNA, DEFINITION, Town, town

from chalicelib.cards.face import Arriving, Ending, Progress
from chalicelib.cards.facing import Holder, face_of
from chalicelib.cards.history import HistoryRow, history
from chalicelib.events import Reference
from chalicelib.ledger.journal import NEVER, Cell, Maturing, Purse, Snapshot, Tier
from chalicelib.programs.reading import read
from ops.laptop.shopify_books import Buyer, Item

BEAN_STREET = read(DEFINITION, file="bean-street.yaml")
HOLDER = Holder("barcode", "https://cards.example/p/bean-street", "en", is_void=False)


def snap(purse: Purse, *, metric: int = 0, level: str = "Bean") -> Snapshot:
    metrics = {"beans earned": (Cell(NOON + 300 * DAY, metric),)} if metric else {}
    return Snapshot(opened=NOON, purses={"beans": purse}, metrics=metrics, tier=Tier(level=level))


def test_empty_account_shows_zero_and_the_way_to_the_next_level() -> None:
    face = face_of(BEAN_STREET, Snapshot(opened=NOON), HOLDER, NOON)
    assert (face.points, face.tier, face.arriving, face.next_ending) == (0, "Bean", (), None)
    assert face.progress == Progress("Silver", 0, 300)


def test_debt_is_shown_as_a_negative_number() -> None:
    assert face_of(BEAN_STREET, snap(Purse(debt=30, taken_back=30)), HOLDER, NOON).points == -30


def test_next_ending_is_the_earliest_day_and_its_points_alone() -> None:
    purse = Purse(cells=(Cell(NOON + DAY, 5), Cell(NOON + 9 * DAY, 40)))
    assert face_of(BEAN_STREET, snap(purse), HOLDER, NOON).next_ending == Ending(5, NOON + DAY)


def test_points_that_never_end_have_no_next_ending() -> None:
    assert face_of(BEAN_STREET, snap(Purse(cells=(Cell(NEVER, 5),))), HOLDER, NOON).next_ending is None


def test_points_on_the_way_are_one_row_a_day_and_an_unknown_day_is_none() -> None:
    coming = (
        Maturing(NOON + DAY, NOON + 30 * DAY, 5),
        Maturing(NOON + DAY, NOON + 60 * DAY, 7),
        Maturing(NOON + 2 * DAY, NOON + 60 * DAY, 1),
        Maturing(NEVER, NEVER, 3),
    )
    face = face_of(BEAN_STREET, snap(Purse(maturing=coming)), HOLDER, NOON)
    assert face.arriving == (Arriving(12, NOON + DAY), Arriving(1, NOON + 2 * DAY), Arriving(3, None))


@pytest.mark.parametrize(
    ("level", "metric", "progress", "perks"),
    [
        ("Bean", 299, Progress("Silver", 299, 300), ()),
        ("Silver", 300, Progress("Gold", 300, 1000), ()),
        ("Gold", 1200, None, ("free_delivery",)),
    ],
)
def test_progress_leads_to_the_next_level_and_ends_at_the_top(
    level: str, metric: int, progress: Progress | None, perks: tuple[str, ...]
) -> None:
    face = face_of(BEAN_STREET, snap(Purse(), metric=metric, level=level), HOLDER, NOON)
    assert (face.tier, face.progress, face.perks) == (level, progress, perks)


def test_level_that_a_new_version_no_longer_names_falls_back_to_the_first() -> None:
    assert face_of(BEAN_STREET, snap(Purse(), level="Platinum"), HOLDER, NOON).tier == "Bean"


def test_language_outside_the_program_falls_back_to_its_first() -> None:
    assert face_of(BEAN_STREET, snap(Purse()), msgspec.structs.replace(HOLDER, language="de"), NOON).language == "en"


def test_card_of_a_test_program_says_so_and_a_void_one_too() -> None:
    face = face_of(BEAN_STREET, snap(Purse()), msgspec.structs.replace(HOLDER, is_void=True), NOON)
    assert (face.is_test, face.is_void) == (True, True)


def test_a_faces_address_never_holds_the_cards_secret() -> None:
    here = town()
    link = here.member(ANNA)
    shown = here.house.showing.face(here.card(link))
    assert shown.face.card_url == "https://cards.example/p/bean-street"


# --- history ------------------------------------------------------------------------------------------------------


def rows(here: Town) -> list[HistoryRow]:
    return history(here.entries(here.account(ANNA)), here.program, "beans", now=here.clock.now())


def told(here: Town) -> list[tuple[int, str, int, str]]:
    return [(row.at, row.what, row.points, row.name) for row in rows(here)]


def test_purchase_and_refund_are_two_rows_of_the_same_order() -> None:
    here = town()
    order = here.buys(ANNA, 4500)
    here.clock.forward(DAY)
    here.deliver(here.shop.refunded(order, amount=1000))
    assert told(here) == [
        (NOON, "earned", 45, "#1001"),
        (NOON + DAY, "taken_back", -10, "#1001"),
    ]


def test_purchase_told_late_stands_at_its_own_day() -> None:
    here = town()
    signed = here.shop.paid(here.shop.order(ANNA, [Item("Beans", 1000)]))
    here.clock.forward(3 * DAY)
    here.deliver(signed)
    assert rows(here)[0].at == NOON


def test_redemption_its_return_and_expiry_are_rows_of_their_own() -> None:
    here = town()
    here.buys(ANNA, 4500)
    reference = Reference("redemption/1")
    here.house.redemptions.redeem(here.program, reference, here.account(ANNA), 30, actor="till")
    here.house.redemptions.give_back(here.program, reference, 10, actor="till", grace_until=0)
    here.clock.forward(400 * DAY)
    here.buys(ANNA, 700)
    assert [(row.what, row.points) for row in rows(here)] == [
        ("earned", 45),
        ("redeemed", -30),
        ("restored", 10),
        ("expired", -25),
        ("earned", 7),
    ]


def test_claim_and_other_currencies_are_no_news() -> None:
    here = town()
    here.buys(ANNA, 4500)
    link = here.member(ANNA)
    assert [row.what for row in rows(here) if row.is_news] == ["earned"]
    assert [row["text"] for row in here.facts(link)["history"]] == ["Order #1001"]
    stamps = history(here.entries(here.account(ANNA)), here.program, "stamps", now=here.clock.now())
    assert [row.what for row in stamps] == ["claimed"]


def test_points_that_came_along_are_one_row() -> None:
    here = town()
    here.buys(Buyer(ANNA.id), 3000)
    link = here.member(ANNA)
    here.buys(ANNA, 1000)
    assert [(row["points"], row["text"]) for row in here.facts(link)["history"]] == [
        (30, "Brought along from another card"),
        (10, "Order #1002"),
    ]
