"""Only what a program looks at is kept of an order."""

import json

import msgspec
from program_factory import bean_street, paid, roubles

from chalicelib.events import Amounts, LineBack, LineFacts, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.programs.definition import Definition
from chalicelib.programs.looking import MOST_LINES, kept
from chalicelib.programs.program import Program, Version

LINE = LineFacts("1", sku="KE-250", categories=("Coffee", "Hot drinks"), brand="Clay", quantity=2, goods=4_000, tax=600)
BACK = RefundFacts(2, "succeeded", Amounts(goods=2_000), {"1": LineBack(1, 2_000)})


def told(*lines: LineFacts) -> OrderTold:
    order = msgspec.structs.replace(
        paid(4_000),
        lines=lines or (LINE,),
        store="Arbat",
        terminal="T-7",
        channel="web",
        payment_method="sbp",
        partner="cinema",
    )
    return OrderTold(Reference("order/shop/1"), "d", order=order, refunds={"r": BACK})


def program(*definitions: Definition) -> Program:
    versions = (Version(f"v{number}", each, number, number) for number, each in enumerate(definitions))
    return Program("corner", tuple(versions))


def rule(**keys: object) -> Definition:
    return roubles(earn={"rules": [json.loads(json.dumps({"name": "a", "give": "5% as points", **keys}))]})


def order_of(message: OrderTold) -> OrderFacts:
    assert message.order is not None
    return message.order


def test_a_program_that_does_not_ask_keeps_neither_lines_nor_places() -> None:
    message = kept(program(bean_street()), told())
    assert order_of(message) == paid(4_000)
    assert message.refunds == {"r": RefundFacts(2, "succeeded", Amounts(goods=2_000))}


def test_lines_keep_their_amounts_and_only_the_words_that_some_rule_names() -> None:
    message = kept(program(rule(of={"categories": ["coffee"]})), told())
    bare = msgspec.structs.replace(LINE, sku="", brand="", categories=("Coffee",))
    assert (order_of(message).lines, message.refunds) == ((bare,), {"r": BACK})


def test_what_any_version_looks_at_is_kept() -> None:
    versions = (rule(of={"skus": ["KE-*"]}), rule(when={"stores": ["arbat"]}), bean_street())
    facts = order_of(kept(program(*versions), told()))
    assert ([line.sku for line in facts.lines], facts.places) == (["KE-250"], ("Arbat", "", "", "", ""))


def test_of_a_word_that_no_rule_names_only_that_there_was_one_is_kept() -> None:
    facts = order_of(kept(program(rule(when={"terminals": {"except": ["T-9"]}})), told()))
    assert facts.places == ("", "*", "", "", "")


def test_only_so_many_lines_are_kept() -> None:
    lines = tuple(msgspec.structs.replace(LINE, id=str(number)) for number in range(MOST_LINES + 1))
    facts = order_of(kept(program(rule(give="1 point per item")), told(*lines)))
    assert facts.lines[-1].id == str(MOST_LINES - 1)


def test_an_order_keeps_within_some_kilobytes_however_many_lines_it_has() -> None:
    lines = tuple(msgspec.structs.replace(LINE, id="9" * 500, sku="s" * 500, goods=10**9) for _ in range(1_000))
    facts = order_of(kept(program(rule(of={"brands": ["clay"]})), told(*lines)))
    assert len(msgspec.json.encode(facts)) < 40_000


def test_goods_that_levels_ask_for_are_kept() -> None:
    levels = [{"name": "Base", "from": "0"}, {"name": "Taster", "from": "2"}]
    tiers = {"measure": "categories used", "categories": ["coffee", "tea"], "window": "lifetime", "levels": levels}
    definition = roubles(tiers={**tiers, "downgrade": "at once"})
    (line,) = order_of(kept(program(definition), told())).lines
    assert line.categories == ("Coffee",)


def test_a_message_about_neither_order_nor_refund_passes_as_it_is() -> None:
    message = OrderTold(Reference("order/shop/1"), "d", payments=("stripe/pi_1",))
    assert kept(program(bean_street()), message) is message
