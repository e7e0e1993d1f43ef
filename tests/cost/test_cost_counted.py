"""The recorded run over the real engine: what is counted is what was kept, and the page says so."""

import io
import logging
import zipfile
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.endpoint import Endpoint
from whole_house import ANNA, DEFINITION, town

from chalicelib.programs.reading import read
from chalicelib.web.desk import Visit
from ops.cost import page, record
from ops.cost.chart import chart
from ops.cost.meter import Meter, Tally
from ops.cost.record import PICTURES, Hop, Record
from ops.cost.run import NotAlike, recorded
from ops.cost.run import _one as same
from ops.looks import prepared

PROGRAMS = Path(__file__).parents[2] / "programs"

RANDOM_BYTES = 20
"""A pass holds certificates with random numbers, and an order times: two of them may differ by so many bytes."""

OTHER_BYTES = 100
"""A card of another house has other addresses, and papers of another name."""

DIGITS = 15
"""A line of the log tells how long things took: slowly is some digits more."""


PASSES: list[bytes] = []
"""Those that were fetched, in order."""


@pytest.fixture(scope="module")
def counted() -> Record:
    PASSES.clear()
    return recorded(members=2, on_pass=PASSES.append)


@cache
def look() -> dict[str, bytes]:
    """The pictures of the demo's program, as `make run` and `pointpass publish` prepare them."""
    return dict(prepared(read(DEFINITION, file="bean-street.yaml"), PROGRAMS))


def files(passed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(passed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


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
def test_the_pass_that_is_priced_holds_the_programs_own_pictures(counted: Record) -> None:
    found = files(PASSES[-1])

    pictures = {name for name in found if name.endswith(".png")}
    assert pictures == {"icon.png", *(f"{kind}@{n}x.png" for kind in ("icon", "logo", "strip") for n in (2, 3))}
    assert {name: found[name] for name in pictures if name.startswith(("icon", "logo"))} == {
        name: look()[f"apple/{name}"] for name in pictures if name.startswith(("icon", "logo"))
    }
    assert found["strip@3x.png"] == look()["apple/strip/progress-25@3x.png"]  # 87 beans of 300


@pytest.mark.npm
def test_the_pass_that_is_priced_is_as_large_as_the_demos(counted: Record) -> None:
    here = town()
    sheet = here.own.pictures.keep(look())
    here.house.publishing.publish(DEFINITION, file="bean-street.yaml", sheet=sheet)
    link = here.member(ANNA)
    here.buys(ANNA, 8_700)

    demo = len(here.house.wallet_file(link, Visit()).body)

    assert abs(demo - len(PASSES[-1])) < OTHER_BYTES
    assert 0 < counted["pass"].went - len(PASSES[-1]) < 200  # headers
    assert counted["pass"].went < 20_000


@pytest.mark.npm
def test_a_container_that_drew_the_scene_before_reads_no_picture_and_a_fresh_one_each_of_them(counted: Record) -> None:
    pictures = [name for name in files(PASSES[-1]) if name.endswith(".png")]

    assert counted["pass"].calls == {"dynamodb.Query": 2, "dynamodb.UpdateItem": 1}
    assert counted[PICTURES].calls == {"dynamodb.Query": len(pictures) + 1}  # and the look


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
