"""An order as facts: what was paid, and who bought it."""

import itertools

import pytest
from woocommerce_desk import ANNA, BEANS, GRINDER, GUEST, NOON, changed, events, facts, sender, told

from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Customer
from ops.laptop.shopify_books import Item

SELF = "_links.self.0.href"


def test_paid_order_tells_its_goods_with_their_tax():
    shop = sender()
    order = facts(shop.paid(shop.order(ANNA, [BEANS, GRINDER])))
    assert order.amounts == Amounts(goods=11800, tax=483 + 1483)
    assert (order.is_paid, order.is_cancelled, order.currency) == (True, False, "EUR")


def test_lines_never_contain_their_tax_however_the_shop_writes_its_prices():
    shop = sender(prices_include_tax=False, tax_percent=19)
    order = facts(shop.paid(shop.order(ANNA, [GRINDER], shipping=500)))
    assert order.amounts == Amounts(goods=8900 + 1691, tax=1691, shipping=595, shipping_tax=95)


def test_order_is_named_by_its_shop_and_its_id():
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    event = told(shop.paid(placed))
    assert (event.reference, event.name) == (f"order/woocommerce/shop.example/{placed.id}", f"#{placed.id}")


def test_sequential_order_numbers_of_a_plugin_are_the_name():
    shop = sender()
    event = told(changed(shop.paid(shop.order(ANNA, [BEANS])), {"number": "BS-2025-0042"}))
    assert event.name == "#BS-2025-0042"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://shop.example/wp-json/wc/v3/orders/1", "shop.example"),
        ("http://Shop.Example/de/wp-json/wc/v3/orders/1", "shop.example"),
        ("https://shop.example:8443/", "shop.example:8443"),
        ("https://someone:word@shop.example/", "shop.example"),
        ("https://пример.example/", "xn--e1afmkfd.example"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
    ],
)
def test_shop_is_known_by_the_host_inside_the_signed_body(address, host):
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    event = told(changed(shop.paid(placed), {SELF: address}))
    assert event.reference == f"order/woocommerce/{host}/{placed.id}"


def test_header_that_nobody_signed_cannot_make_a_second_order_of_one():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    assert told(signed, **{"X-WC-Webhook-Source": "https://elsewhere.example/"}) == told(signed)


def test_shop_that_leaves_addresses_out_of_its_bodies_is_known_by_the_header():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    assert told(changed(signed, {}, remove=("_links",))).reference == told(signed).reference


@pytest.mark.parametrize(
    "source",
    ["", "shop.example", "ftp://shop.example/", "https://", "https://a b/", "https://x:99999/", "https://[::1", "\x00"],
)
def test_order_of_no_shop_is_malformed(source):
    shop = sender()
    signed = changed(shop.paid(shop.order(ANNA, [BEANS])), {}, remove=("_links",))
    with pytest.raises(Malformed, match="not_an_address"):
        events(signed, **{"X-WC-Webhook-Source": source})


def test_customer_is_known_by_account_email_and_phone():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    assert told(signed).customer == Customer("woocommerce/shop.example/81", ANNA.email, ANNA.phone)


def test_guests_have_no_account():
    shop = sender()
    signed = shop.paid(shop.order(GUEST, [BEANS]))
    assert told(signed).customer == Customer(None, GUEST.email, None)


# --- money --------------------------------------------------------------------------------------------------------


def test_discount_is_what_coupons_took_off_the_goods_with_its_tax():
    shop = sender(prices_include_tax=False)
    order = facts(shop.paid(shop.order(ANNA, [Item("Grinder", 8900, discount=1000)])))
    assert order.amounts == Amounts(goods=7900 + 1580, tax=1580, discount=1200)


def test_fees_are_no_goods():
    shop = sender()
    order = facts(shop.paid(shop.order(ANNA, [BEANS], shipping=490, fee=250)))
    assert (order.amounts.goods, order.amounts.shipping) == (2900, 490)


def test_negative_fee_is_a_discount():
    shop = sender()
    order = facts(shop.paid(shop.order(ANNA, [BEANS], fee=-500)))
    assert (order.amounts.goods, order.amounts.discount) == (2400, 500)
    assert order.amounts.tax == 483 - 83


def test_cent_lost_by_rounding_each_line_is_found_in_the_total():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS, GRINDER], shipping=490))
    rounded = {"line_items.0.total": "24.16", "line_items.1.total": "74.16"}
    assert facts(changed(signed, rounded)).amounts.goods == 11800


def test_whole_units_lost_by_a_shop_that_keeps_no_decimals_are_found_in_the_total():
    shop = sender(currency="RUB", tax_percent=0)
    signed = shop.paid(shop.order(ANNA, [Item("Чашка", 99_900)]))
    rounded = {"line_items.0.total": "833", "line_items.0.total_tax": "167", "total": "999"}
    assert facts(changed(signed, rounded)).amounts.goods == 99_900


def test_order_paid_partly_with_a_gift_card_of_a_plugin_keeps_its_goods():
    shop = sender()
    signed = changed(shop.paid(shop.order(ANNA, [BEANS])), {"total": "9.00"})
    assert facts(signed).amounts.goods == 2900


@pytest.mark.parametrize(
    ("currency", "total", "tax", "minor"),
    [
        ("JPY", "2416.67", "483.33", 2900),
        ("JPY", "2417", "483", 2900),
        ("EUR", "24.1667", "4.8333", 2900),
        ("KWD", "2.417", "0.483", 2900),
        ("EUR", "24.1", "4.9", 2900),
    ],
)
def test_more_digits_than_the_currency_has_are_rounded_once_for_the_whole_order(currency, total, tax, minor):
    shop = sender(currency=currency)
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    lines = {"line_items.0.total": total, "line_items.0.total_tax": tax}
    assert facts(changed(signed, lines)).amounts.goods == minor


@pytest.mark.parametrize("text", ["1e9", "NaN", "Infinity", "1,00", "1 000", "0x1", "--1", "-", ".5", "5.", 29.0, None])
def test_amount_that_is_no_decimal_text_is_malformed(text):
    shop = sender()
    with pytest.raises(Malformed, match="not_what_the_topic_promises"):
        events(changed(shop.paid(shop.order(ANNA, [BEANS])), {"line_items.0.total": text}))


@pytest.mark.parametrize("currency", ["eur", "", "EURO", "€"])
def test_currency_that_is_none_is_malformed(currency):
    shop = sender()
    with pytest.raises(Malformed, match="not_a_currency"):
        events(changed(shop.paid(shop.order(ANNA, [BEANS])), {"currency": currency}))


# --- status and time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "is_paid", "is_cancelled"),
    [
        ("processing", True, False),
        ("completed", True, False),
        ("refunded", True, False),
        ("cancelled", False, True),
        ("trash", False, True),
        ("failed", False, False),
        ("on-hold", False, False),
        ("pending", False, False),
        ("checkout-draft", False, False),
        ("made-up-by-a-plugin", False, False),
    ],
)
def test_status_says_whether_an_order_is_paid(status, is_paid, is_cancelled):
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    shop.paid(placed)
    order = facts(shop.changed(placed, status))
    assert (order.is_paid, order.is_cancelled) == (is_paid, is_cancelled)


@pytest.mark.parametrize("status", ["processing", "completed", "pending"])
def test_order_without_a_date_of_payment_is_not_paid(status):
    shop = sender()
    order = facts(shop.changed(shop.order(ANNA, [BEANS]), status))
    assert (order.is_paid, order.amounts) == (False, Amounts())


def test_order_occurs_when_it_is_paid_and_until_then_when_it_was_placed():
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    assert facts(shop.created(placed)).occurred_at == placed.created_at
    assert facts(shop.paid(placed)).occurred_at == placed.paid_at != placed.created_at


def test_times_without_a_zone_are_utc():
    shop = sender()
    signed = changed(shop.paid(shop.order(ANNA, [BEANS])), {"date_modified_gmt": "2025-11-22T12:00:05"})
    assert facts(signed).changed_at == NOON + 5000


def test_time_that_names_its_zone_all_the_same_is_read_with_it():
    shop = sender()
    signed = changed(shop.paid(shop.order(ANNA, [BEANS])), {"date_modified_gmt": "2025-11-22T14:00:05+02:00"})
    assert facts(signed).changed_at == NOON + 5000


def test_local_times_of_the_shop_are_not_read():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    moved = dict.fromkeys(("date_created", "date_modified", "date_paid", "date_completed"), "1999-01-01T00:00:00")
    assert facts(changed(signed, moved)) == facts(signed)


def test_order_has_arrived_when_the_shop_is_done_with_it():
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    assert facts(shop.paid(placed)).delivered_at is None
    assert facts(shop.completed(placed)).delivered_at == placed.completed_at
    assert facts(shop.changed(placed, "processing")).delivered_at is None


def test_later_versions_of_an_order_have_later_instants():
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    steps = [shop.created(placed), shop.paid(placed), shop.completed(placed), shop.cancelled(placed)]
    instants = [facts(step).changed_at for step in steps]
    assert all(earlier < later for earlier, later in itertools.pairwise(instants))


def test_edited_order_tells_what_it_is_worth_now():
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    shop.paid(placed)
    assert facts(shop.edited(placed, [BEANS, GRINDER])).amounts.goods == 11800


# --- payments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "transaction", "payments"),
    [
        ("stripe", "pi_3NirD82eZvKYlo2CIvbtLWuY", ("stripe/pi_3NirD82eZvKYlo2CIvbtLWuY",)),
        ("stripe_klarna", "ch_3NirD82eZvKYlo2C0vbtLWuY", ("stripe/ch_3NirD82eZvKYlo2C0vbtLWuY",)),
        ("yookassa_epl", "2e8dd95a-000f-5000-a000-1e3515f51c18", ("yookassa/2e8dd95a-000f-5000-a000-1e3515f51c18",)),
        ("yoo_money", "2e8dd95a-000f-5000-a000-1e3515f51c18", ("yookassa/2e8dd95a-000f-5000-a000-1e3515f51c18",)),
        ("stripe", "", ()),
        ("stripe", "2e8dd95a-000f-5000-a000-1e3515f51c18", ()),
        ("stripe", "pi_3N/../../x", ()),
        ("yookassa_epl", "pi_3NirD82eZvKYlo2CIvbtLWuY", ()),
        ("bacs", "pi_3NirD82eZvKYlo2CIvbtLWuY", ()),
        ("", "", ()),
    ],
)
def test_payment_is_named_as_its_provider_names_it(method, transaction, payments):
    shop = sender(payment_method=method)
    assert told(shop.paid(shop.order(ANNA, [BEANS]), transaction)).payments == payments
