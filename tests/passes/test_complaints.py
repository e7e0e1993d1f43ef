"""Phones' complaints: what they mean, who is woken, and how often."""

import json
from dataclasses import dataclass, field

import pytest
from pass_samples import NOW, StandingClock
from stand_ins import RememberingAlarm

from chalicelib.passes.apple.complaints import OURS, Complaints, kind_of
from chalicelib.passes.apple.devicelog import lines_of

URL = "with web service url https://cards.example/apple"
GET = f"[2026-11-22 11:59:51 +0100] Get pass task (pass type pass.x, serial number s1, if-modified-since (null); {URL})"
SERVICE = "[2026-11-22 11:59:51 +0100] Web service error for pass.x (https://cards.example/apple):"

KNOWN = {
    f"{GET} encountered error: Received invalid pass data (The pass cannot be read.)": "pass_data",
    "Invalid data error reading pass pass.x/1. The passTypeIdentifier or teamIdentifier provided may not match your "
    "certificate, or the certificate trust chain could not be verified.": "pass_type",
    "Invalid data error reading pass pass.x/1. Manifest signature did not verify successfully": "signature",
    "Invalid data error reading pass pass.x/1. Unable to parse expirationDate 2020-02-01T08:00:00.000+0000 as a date. "
    'We expect dates in "W3C date time stamp format"': "date",
    f"{SERVICE} Server returned the pass data for serial number 's1' but did not provide a 'last-modified' header.": (
        "no_last_modified"
    ),
    f"{SERVICE} Server ignored the 'if-modified-since' header (Tue, 23 Aug 2016 16:54:10 GMT) and returned the full "
    "unchanged pass data for serial number 's1'.": "date_ignored",
    f"{SERVICE} Response to 'What changed?' request included 3 serial numbers but the lastUpdated tag (5) remained the "
    "same.": "tag",
    f"{SERVICE} Response to 'What changed?' request included 1 serial numbers but omitted a lastUpdated tag.": "tag",
    f"{SERVICE} Server requested update to serial number 's1', but the pass was unchanged.": "unchanged",
    f"{SERVICE} Device received spurious push. Request for passesUpdatedSince '5' returned no serial numbers.": (
        "needless_push"
    ),
    f"{SERVICE} Update requested for unregistered serial number s1": "unregistered",
    f"Register task (for device d, pass type pass.x, serial number s1; {URL}) encountered error: Authentication "
    "failure": "refused",
    f"Get serial #s task (for device d, pass type pass.x, last updated (null); {URL}) encountered error: Unexpected "
    "response code 500": "response_code",
    f"{GET} encountered error: Server response was malformed (Missing response data)": "answer",
    f"{GET} encountered error: The request timed out.": "network",
    "it is raining": "other",
}


@dataclass
class Office:
    """Where complaints end: an alarm and a clock."""

    alarm: RememberingAlarm = field(default_factory=RememberingAlarm)
    clock: StandingClock = field(default_factory=StandingClock)

    def __post_init__(self) -> None:
        self.complaints = Complaints(self.alarm, self.clock)


@pytest.mark.parametrize(("line", "kind"), KNOWN.items())
def test_a_complaint_is_understood_also_after_its_secrets_were_left_out(line: str, kind: str) -> None:
    (clean,) = lines_of(json.dumps({"logs": [line]}).encode())
    assert (kind_of(line), kind_of(clean)) == (kind, kind)


def test_what_only_we_can_mend_wakes_somebody_once_a_request_with_its_number() -> None:
    office = Office()
    office.complaints([line for line, kind in KNOWN.items() if kind == "tag"])
    assert office.alarm.raised == [("phones_complain", {"kind": "tag", "lines": 2})]


def test_what_old_passes_and_lost_ways_say_wakes_nobody() -> None:
    office = Office()
    office.complaints([line for line, kind in KNOWN.items() if kind not in OURS])
    assert office.alarm.raised == []


def test_the_same_kind_wakes_nobody_again_for_ten_minutes() -> None:
    office = Office()
    (line,) = (line for line, kind in KNOWN.items() if kind == "signature")
    woken = []
    for at in (0, 1, 599_999, 600_000):
        office.clock.instant = NOW + at
        office.complaints([line])
        woken.append(len(office.alarm.raised))
    assert woken == [1, 1, 1, 2]


def test_an_alarm_holds_no_word_of_what_was_said(caplog: pytest.LogCaptureFixture) -> None:
    office = Office()
    office.complaints(["signature of ApplePass ... is wrong"])
    assert office.alarm.raised == [("phones_complain", {"kind": "signature", "lines": 1})]
    assert [record.facts["kind"] for record in caplog.records] == ["signature"]  # type: ignore[attr-defined]


def test_each_kind_is_counted_with_one_example(caplog: pytest.LogCaptureFixture) -> None:
    Office().complaints([*KNOWN, *KNOWN])
    told = [record.facts for record in caplog.records]  # type: ignore[attr-defined]
    assert {facts["kind"] for facts in told} == set(KNOWN.values())
    assert sum(facts["lines"] for facts in told) == 2 * len(KNOWN)
