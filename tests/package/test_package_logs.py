"""What Lambda itself writes about each invocation is paid for like any other line; a library writes none."""

import json
from typing import Any

import pytest
from deployed import Deployed
from packaged_cloud import PASS_TYPE, PackagedCloud
from packaged_shop import buyer, deliver, join, prove, register, wait_until
from runtime_api import FunctionFailed, LambdaFunction
from test_package_cards_at_work import google_id, saved_to_google

from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Sender
from ops.packaging.logs import QUIET
from ops.packaging.template import functions

pytestmark = pytest.mark.package


@pytest.mark.xdist_group("template")
def test_functions_that_every_purchase_and_every_card_calls_keep_lambdas_warnings_alone(deployed: Deployed) -> None:
    quiet = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}
    found = {name: made["Properties"]["LoggingConfig"] for name, made in functions(deployed.template).items()}

    assert {name for name, told in found.items() if "LogFormat" in told} == set(QUIET.values())
    for name in QUIET.values():
        assert found[name] == {"LogGroup": found[name]["LogGroup"], **quiet}


def lines(function: LambdaFunction) -> list[dict[str, Any]]:
    """What it wrote. A line that is not JSON fails the test."""
    return [json.loads(line) for line in function.log().splitlines()]


@pytest.mark.npm
@pytest.mark.xdist_group("package")
def test_whole_way_of_a_purchase_leaves_the_houses_own_lines_and_no_librarys(
    cloud: PackagedCloud, shop: Sender
) -> None:
    """Lambda's client lets libraries speak in a log of JSON, and one of them tells the address of every card."""
    person, token = buyer("discreet"), "3d" * 32
    card = join(cloud, person)
    prove(cloud, card, person)
    register(cloud, card, token, PASS_TYPE)
    cloud.push.answers[token] = [(503, "ServiceUnavailable")] * 2  # what the stream may not push, the queue does
    with cloud.following():
        name = saved_to_google(cloud, card)
        before = json.dumps(cloud.google.card(name))
        assert deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 2_100)]))) == 200
        wait_until(lambda: json.dumps(cloud.google.card(name)) != before)
        wait_until(lambda: '"event":"pushed"' in cloud.functions["OnCards"].log(), cloud.functions["OnCards"].log)

    for function in QUIET.values():
        said = lines(cloud.functions[function])
        assert [line for line in said if not {"timestamp", "level", "event"} <= line.keys()] == []
        assert google_id(cloud, card) not in cloud.functions[function].log()
    told = {line["event"] for name in QUIET.values() for line in lines(cloud.functions[name])}
    assert {"order_told", "google_told", "pushed"} <= told


@pytest.mark.npm
@pytest.mark.xdist_group("package")
def test_alarm_in_a_log_of_json_is_a_line_that_becomes_a_number(cloud: PackagedCloud) -> None:
    """Lambda keeps a line that is JSON as it is. Source: docs.aws.amazon.com/lambda, "Log-level filtering"."""
    broken = {"messageId": "m0", "body": "{", "eventSource": "aws:sqs", "attributes": {}}
    with cloud.yard.container("OnCards") as (function, _):
        with pytest.raises(FunctionFailed):
            function.invoke({"Records": [broken]})
        (line,) = [line for line in lines(function) if line.get("event") == "handler_broke"]
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert {each["Name"]: line[each["Name"]] for each in metric["Metrics"]} == {"handler_broke": 1, "WorkBroke": 1}
    assert (line["level"], line["stage"]) == ("ERROR", "dev")
