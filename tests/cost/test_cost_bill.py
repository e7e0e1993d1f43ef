"""From units to dollars: worked examples, and what each price must say of itself."""

import datetime
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from rich.console import Console

from chalicelib.programs.reading import read as read_program
from ops.command import main
from ops.cost import command, page, sheets
from ops.cost.bill import (
    LOGS,
    PROFILES,
    PURCHASE,
    REFRESH,
    SMALL,
    STRICT,
    bill,
    by_service,
    gb_seconds,
    log_bytes,
    milliseconds,
    share,
    total,
)
from ops.cost.levers import levers
from ops.cost.month import _watched as watched
from ops.cost.month import alarm_metrics, dollars, left, month
from ops.cost.page import Plan
from ops.cost.prices import HOME, REGIONS, assumptions, price_list
from ops.cost.record import PICTURES, Hop, Record, read
from ops.cost.run import recorded
from ops.laptop.home import PROJECT
from ops.looks import prepared
from ops.packaging.alarms import ring

CALLS = {"dynamodb.GetItem": 3, "dynamodb.TransactWriteItems": 1}
HOOK = Hop("hooks", reads=2.5, writes=4, lines=1, line_bytes=200, requests=1, came=4_000, went=1_000, calls=CALLS)


def dollars_of(hop: Hop, profile: object = SMALL, **more: object) -> dict[str, float]:
    services = by_service(bill({"webhook": hop}, ["webhook"], profile, **more))  # type: ignore[arg-type]
    return {name: round(amount, 4) for name, amount in services.items()}


def test_a_worked_bill_of_a_million() -> None:
    took = 6.9 * 1_769 / 512 + 3 * 4 + 12  # its own share of a processor, three calls and a transaction
    assert milliseconds("webhook", HOOK) == pytest.approx(took)
    seconds = 512 / 1_024 * took / 1_000
    assert gb_seconds("webhook", HOOK) == pytest.approx(seconds)
    assert dollars_of(HOOK) == {
        "API Gateway, HTTP API": 1.0,
        "Lambda requests": 0.2,
        "Lambda time": round(seconds * 16.6667, 4),
        "DynamoDB reads": 0.3125,
        "DynamoDB writes": 2.5,
        LOGS: 0.1,  # 200 bytes of ours, and none of Lambda's
        "Out to the internet": 0.117,  # 1,000 bytes and 300 of the gateway's own
    }


def test_strict_has_the_dearer_door_and_what_stands_before_it() -> None:
    more = set(dollars_of(HOOK, STRICT).items()) - set(dollars_of(HOOK).items())

    assert more == {("API Gateway, REST API", 3.5), ("WAF", 0.6), ("X-Ray", 0.25)}


@pytest.mark.parametrize(("came", "requests"), [(524_288, 1), (524_289, 2), (1_048_577, 3)])
def test_an_http_api_counts_every_512_kilobytes_and_a_rest_api_does_not(came: int, requests: int) -> None:
    large = replace(HOOK, came=came)

    assert dollars_of(large)["API Gateway, HTTP API"] == requests
    assert dollars_of(large, STRICT)["API Gateway, REST API"] == 3.5


def test_a_region_has_its_own_prices_and_borrows_those_that_nobody_found() -> None:
    there = dollars_of(HOOK, region="eu-central-1")

    assert (there["DynamoDB writes"], there[LOGS]) == (3.05, 0.126)
    assert there["API Gateway, HTTP API"] == 1.0
    assert "http_api_request" in price_list().unknown("eu-central-1")
    assert price_list().unknown(HOME) == []


def test_pictures_are_read_by_a_share_of_the_fetches_which_is_no_invocation_of_its_own() -> None:
    hop = Hop("wallets", reads=9, writes=0, lines=0, line_bytes=0, calls={"dynamodb.Query": 8})
    found = by_service(bill({PICTURES: hop}, [PICTURES], STRICT))

    assert share(PICTURES) == 0.02
    assert share("pass") == 1
    took = 9 * 1_769 / 1_024 + 8 * 4
    assert found == {
        "Lambda time": pytest.approx(0.02 * took / 1_000 * 16.6667, abs=0.0001),
        "DynamoDB reads": pytest.approx(0.02 * 9 * 0.125),
    }


def test_a_kilobyte_more_in_a_pass_is_nine_cents_of_a_million() -> None:
    kept = read()
    more = {**kept, "pass": replace(kept["pass"], went=kept["pass"].went + 1_000)}

    for profile in PROFILES:
        added = total(bill(more, REFRESH, profile)) - total(bill(kept, REFRESH, profile))
        assert added == pytest.approx(0.09)


def test_the_posters_photo_that_is_priced_is_the_gallerys() -> None:
    program = (PROJECT / "programs" / "hometown-cafe.yaml").read_text()
    found = prepared(read_program(program, file="hometown-cafe.yaml"), PROJECT / "programs")
    drawn = [len(found[f"apple/artwork{sharp}.png"]) for sharp in ("@2x", "@3x")]

    assert sum(drawn) == pytest.approx(assumptions()["poster_bytes"], rel=0.01)


def test_only_lambdas_time_follows_the_durations() -> None:
    usual, slower = dollars_of(HOOK), dollars_of(HOOK, slower=2)

    assert {name for name in usual if usual[name] != slower[name]} == {"Lambda time"}
    assert slower["Lambda time"] == pytest.approx(2 * usual["Lambda time"], abs=0.0002)


@pytest.mark.parametrize("name", price_list().prices)
def test_every_price_says_when_and_where_it_was_read_and_where_the_list_is(name: str) -> None:
    price = price_list().prices[name]

    assert re.fullmatch(r"20\d\d(-\d\d-\d\d)?", price.dated)
    assert price.dated[:4] <= str(datetime.date.fromisoformat(price_list().checked).year)
    assert price.listed.startswith("https://")
    assert price.read
    assert set(price.dollars) == set(REGIONS)


def test_every_hop_but_a_container_that_starts_has_an_assumed_duration_and_a_memory() -> None:
    hops = {name: hop for name, hop in read().items() if name != "container"}

    assert set(hops) == set(assumptions()["processor_milliseconds"])
    assert all(gb_seconds(name, hop) > 0 for name, hop in hops.items())


def test_more_memory_is_more_of_a_processor_up_to_one_and_nobody_elses_answer_comes_sooner() -> None:
    took = {memory: milliseconds("webhook", HOOK, memory) for memory in (512, 1_769, 3_538)}

    assert took[1_769] == took[3_538] == pytest.approx(6.9 + 24)
    assert took[512] == pytest.approx(6.9 * 1_769 / 512 + 24)


def test_an_invocation_waits_for_apple_and_not_for_what_lambda_asks_of_a_queue() -> None:
    calls = {"sqs.ReceiveMessage": 1, "sqs.DeleteMessageBatch": 1, "sqs.SendMessage": 1}
    pushing = replace(HOOK, calls=calls, pushes=1)

    assert milliseconds("webhook", pushing, 1_769) == pytest.approx(6.9 + 10 + 40)


def test_only_functions_that_are_not_quiet_keep_lambdas_own_lines() -> None:
    assert log_bytes(HOOK) == 200
    assert log_bytes(replace(HOOK, function="on_sweep")) == 200 + 300


def test_the_lines_of_a_table_add_up_to_its_totals() -> None:
    kept = read()
    sheet = sheets.lines(kept, PURCHASE, "")

    for column, profile in zip((-2, -1), PROFILES, strict=True):
        parts = sum(float(row[column] or 0) for row in sheet.rows[:-1])
        assert parts == pytest.approx(total(bill(kept, PURCHASE, profile)), abs=0.05)
        assert sheet.rows[-1][column] == sheets.money(total(bill(kept, PURCHASE, profile)))


def test_everything_that_was_asked_for_is_reached() -> None:
    assert {row[0]: row[1:] for row in sheets.goals(read()).rows if row[-1] != "yes"} == {}


def test_an_alarm_of_several_names_watches_one_metric() -> None:
    alarms = {
        "One": {"runbook": "r", "says": "s", "raised": ["a"]},
        "Three": {"runbook": "r", "says": "s", "raised": ["a", "b", "c"]},
        "Queue": {"runbook": "r", "says": "s", "parked": "ParkedQueue"},
    }
    template = {"Alarms": alarms, "Resources": {}}
    ring(template, profile="small", front={})

    found = {name: watched(made["Properties"]) for name, made in template["Resources"].items()}
    assert found == {"OneAlarm": 1, "ThreeAlarm": 1, "QueueAlarm": 1}


def test_strict_watches_every_function_and_small_does_not() -> None:
    assert alarm_metrics(STRICT) - alarm_metrics(SMALL) >= 3 * 11


def test_a_month_lists_what_stands_there_and_what_the_clock_does() -> None:
    charges = {charge.what: charge for charge in month(read(), SMALL)}

    assert charges["Secrets"].dollars == pytest.approx(1.6)
    assert charges["Queues"].said.startswith("1,944,000 requests")  # 3 queues, 5 connections, every 20 seconds
    assert charges["Queues"].dollars == pytest.approx(0.7776)
    assert charges["Queues"].left == pytest.approx(0.3776)
    assert "12,990 invocations" in charges["Clock: Lambda requests"].said  # 8,640 + 4,320 + 30
    assert charges["Clock: Lambda requests"].left == 0


def test_an_idle_month_of_small_is_under_five_dollars_with_what_is_free_for_ever() -> None:
    assert left(month(read(), SMALL)) <= 5


def test_orders_add_to_a_month_what_they_cost_and_the_containers_they_wake() -> None:
    kept = read()
    each = (total(bill(kept, PURCHASE, SMALL)) + total(bill(kept, REFRESH, SMALL))) / 1_000_000
    added = dollars(month(kept, SMALL, orders=500)) - dollars(month(kept, SMALL))

    woken = 2_000 * (3 * 0.05 / 10_000 + kept["container"].reads * 0.125 / 1_000_000)
    drawn = 500 * 0.98 * kept[PICTURES].reads * 0.125 / 1_000_000  # each fetch; two of a hundred are in `each`
    assert added == pytest.approx(500 * each + woken + drawn)


def test_a_lever_saves_what_its_line_costs() -> None:
    saved = {lever.what: lever for lever in levers(read())}

    assert saved["HTTP API instead of REST API"].purchase == 2.5
    assert saved["HTTP API instead of REST API"].refresh == 5.0
    assert saved["WAF and X-Ray left out of strict"].purchase == pytest.approx(0.85)
    assert saved["5 kB less in every pass"].refresh == pytest.approx(0.45)
    assert saved["What is new in each pass deflated"].refresh == pytest.approx(0.135)
    assert all(lever.purchase + lever.refresh > 0 and lever.against for lever in saved.values())


@pytest.mark.parametrize(
    ("plan", "orders", "price"),
    [
        ("Smile.io Growth", 2_500, 199),
        ("Smile.io Growth", 2_800, 259),  # the vendor's own example
        ("Smile.io Growth", 2_501, 219),
        ("Smile.io Plus", 10_000, 1_124),
        ("Square Loyalty", 500, 60),
        ("Square Loyalty", 501, 100),
        ("Square Loyalty", 10_001, None),
    ],
)
def test_a_vendors_month_is_what_its_page_says(plan: str, orders: int, price: int | None) -> None:
    (found,) = [Plan(**each) for each in page.peers()["peers"] if each["plan"].startswith(plan)]

    assert found.month(orders) == price


def test_the_command_prices_what_was_kept_and_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(**_: object) -> Record:
        raise AssertionError("the run was started")

    monkeypatch.setattr(command, "recorded", started)
    monkeypatch.setattr(command, "_screen", Console(width=200, force_terminal=False))
    result = CliRunner().invoke(main, ["cost", "--kept", "--prices"])

    assert result.exit_code == 0, result.output
    assert "A million purchases, webhook to push" in result.output
    assert "million write units" in result.output


def test_without_the_engine_the_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNOXIDE", "/nowhere/dynoxide")
    assert command.recorded is recorded

    result = CliRunner().invoke(main, ["cost"])

    assert result.exit_code == 1
    assert "/nowhere/dynoxide" in result.output
