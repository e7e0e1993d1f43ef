"""An order's lines on their way into the ledger: kept only where a rule asks, taken back line by line."""

from whole_house import ANNA, DEFINITION, town

from ops.laptop.shopify_books import Item

RULE = "    - {name: every euro, give: 1 bean per 1 EUR, rounding: {down: per order}}\n"
BY_SKU = """    - {name: coffee, give: 10 beans per 1 EUR, of: {skus: [KEN-*]}}
    - {name: the rest, give: 1 bean per 1 EUR, except: {skus: [KEN-*]}}
"""
BEANS, CUP = Item("Kenya AA", 1000, quantity=2, sku="KEN-250"), Item("Cup", 500, sku="CUP-1")


def by_sku() -> str:
    assert RULE in DEFINITION
    return DEFINITION.replace(RULE, BY_SKU)


def test_a_program_that_does_not_ask_stores_no_lines() -> None:
    here = town()
    order = here.shop.order(ANNA, [BEANS, CUP])
    here.deliver(here.shop.paid(order))
    here.deliver(here.shop.refunded(order, {order.lines[0].id: 1}))
    document = here.document(order)
    assert document.facts is not None
    assert (document.facts.lines, document.facts.places) == ((), ("",) * 5)
    assert [refund.lines for refund in document.refunds.values()] == [{}]


def test_refunds_of_lines_take_back_what_their_own_rules_gave_whatever_comes_first() -> None:
    for is_late in (False, True):
        here = town(by_sku())
        order = here.shop.order(ANNA, [BEANS, CUP])
        paid, refund = here.shop.paid(order), here.shop.refunded(order, {order.lines[0].id: 1})
        for signed in (refund, paid) if is_late else (paid, refund):
            assert here.deliver(signed).status == 200
        assert here.stored_balance(ANNA) == 100 + 5
        here.deliver(here.shop.refunded(order, {order.lines[1].id: 1}))
        assert here.stored_balance(ANNA) == 100
        here.deliver(here.shop.refunded(order))
        assert here.stored_balance(ANNA) == 0


def test_only_the_words_that_rules_name_are_stored() -> None:
    here = town(by_sku())
    order = here.shop.order(ANNA, [BEANS, CUP])
    here.deliver(here.shop.paid(order))
    facts = here.document(order).facts
    assert facts is not None
    assert [(line.sku, line.brand, line.quantity, line.goods) for line in facts.lines] == [
        ("KEN-250", "", 2, 2000),
        ("", "", 1, 500),
    ]
    assert facts.places == ("", "", "", "", "")


def test_the_same_message_again_changes_nothing() -> None:
    here = town(by_sku())
    order = here.shop.order(ANNA, [BEANS, CUP])
    paid = here.shop.paid(order)
    for _ in range(3):
        here.deliver(paid)
    assert here.document(order).revision == 1
    assert here.stored_balance(ANNA) == 205
