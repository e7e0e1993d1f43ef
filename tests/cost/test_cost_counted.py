"""The recorded run over the real engine: what is counted is what was kept, and the page says so."""

import logging
from dataclasses import asdict, replace
from typing import Any

import pytest
from botocore.endpoint import Endpoint

from ops.cost import page, record
from ops.cost.chart import chart
from ops.cost.meter import Meter, Tally
from ops.cost.record import Hop, Record
from ops.cost.run import NotAlike, recorded
from ops.cost.run import _one as same

RANDOM_BYTES = 200
"""A pass holds signatures and tokens: two of them may differ by so many bytes."""

DIGITS = 15
"""A line of the log tells how long things took: slowly is some digits more."""


@pytest.fixture(scope="module")
def counted() -> Record:
    return recorded(members=2)


def exact(hop: Hop) -> dict[str, Any]:
    """Everything that is the same each time."""
    return {name: value for name, value in asdict(hop).items() if name not in ("came", "went", "line_bytes")}


@pytest.mark.npm
def test_units_requests_and_log_lines_are_those_that_were_kept(counted: Record) -> None:
    """When this is red, the way of an event costs something else: see what, then `pointpass cost --markdown`."""
    kept = record.read()

    assert {name: exact(hop) for name, hop in counted.items()} == {name: exact(hop) for name, hop in kept.items()}


@pytest.mark.npm
def test_bytes_through_the_gateway_are_those_that_were_kept(counted: Record) -> None:
    kept = record.read()

    far = {
        name: (hop.came, hop.went)
        for name, hop in counted.items()
        if abs(hop.came - kept[name].came) > RANDOM_BYTES or abs(hop.went - kept[name].went) > RANDOM_BYTES
    }
    assert far == {}


@pytest.mark.npm
def test_log_bytes_are_those_that_were_kept_but_for_the_digits_of_durations(counted: Record) -> None:
    kept = record.read()

    assert {n: h.line_bytes for n, h in counted.items() if abs(h.line_bytes - kept[n].line_bytes) > DIGITS} == {}


@pytest.mark.npm
def test_a_pass_on_the_wire_is_under_forty_kilobytes(counted: Record) -> None:
    assert 10_000 < counted["pass"].went < 40_000


@pytest.mark.npm
def test_a_purchase_is_pushed_once_now_or_once_later(counted: Record) -> None:
    assert {name: hop.pushes for name, hop in counted.items() if hop.pushes} == {"journal": 1, "waiting push": 1}


def test_the_page_and_its_picture_say_what_was_kept() -> None:
    kept = record.read()

    assert page.PAGE.read_text() == page.page(kept)
    assert page.PICTURE.read_text() == chart(kept)


def test_one_write_unit_more_changes_the_page_and_its_picture() -> None:
    kept = record.read()
    more = {**kept, "journal": replace(kept["journal"], writes=kept["journal"].writes + 1)}

    assert page.page(more) != page.page(kept)
    assert chart(more) != chart(kept)


def test_what_is_kept_is_read_as_it_was_written(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = record.read()
    monkeypatch.setattr(record, "FILE", tmp_path / "recorded.yaml")

    record.write(kept)

    assert record.read() == kept


def test_events_that_cost_different_units_are_not_averaged() -> None:
    one = record.read()["journal"]

    assert same("journal", [one, one]) == one
    with pytest.raises(NotAlike, match="journal"):
        same("journal", [one, replace(one, reads=one.reads + 1)])


def test_of_bytes_that_hold_random_text_the_most_are_taken() -> None:
    one = record.read()["pass"]
    larger = replace(one, went=one.went + 3)

    assert same("pass", [one, larger, one]) == larger


def test_units_are_the_engines_own_and_a_call_that_was_repeated_is_two_requests() -> None:
    tally = Tally()

    tally.call("dynamodb", "GetItem", answer(ConsumedCapacity={"CapacityUnits": 0.5}))
    tally.call("dynamodb", "TransactWriteItems", answer(ConsumedCapacity=[{"CapacityUnits": 2}, {"CapacityUnits": 4}]))
    tally.call("sqs", "SendMessage", answer(retries=1))

    assert (tally.reads, tally.writes) == (0.5, 6)
    assert tally.calls == {"dynamodb.GetItem": 1, "dynamodb.TransactWriteItems": 1, "sqs.SendMessage": 2}


def answer(*, retries: int = 0, **more: Any) -> dict[str, Any]:
    return {"ResponseMetadata": {"RetryAttempts": retries}, **more}


def test_log_bytes_are_those_of_the_json_lines_that_would_be_written() -> None:
    meter, log = Meter(), logging.getLogger("chalicelib.services.receiving")

    with meter.running():
        log.info("order_told", extra={"facts": {"reason": "зёрна"}})
        log.debug("not written")

    line = '{"timestamp":"2026-06-23T12:00:00.000Z","level":"INFO","event":"order_told","reason":"зёрна"}'
    assert meter.take() == Tally(lines=1, line_bytes=len(line) + 5)  # five letters of two bytes


def test_the_meter_leaves_botocore_and_the_log_as_they_were() -> None:
    asked, log = Endpoint.make_request, logging.getLogger("chalicelib")
    before = (log.level, log.handlers, log.propagate)

    def break_off() -> None:
        with Meter().running():
            assert Endpoint.make_request is not asked
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()

    assert Endpoint.make_request is asked
    assert (log.level, log.handlers, log.propagate) == before
