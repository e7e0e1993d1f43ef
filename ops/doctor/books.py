"""The ledger's night and the shops: was everything checked and sealed, and are the connections in order?"""

import datetime
from collections.abc import Iterator, Sequence

from chalicelib.bootstrap.house import House
from chalicelib.connectors.books import reconciles
from chalicelib.connectors.rotation import ends_at, in_force
from chalicelib.events import Instant
from chalicelib.ledger.check import Violation
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.pausing import FORGOTTEN, Pause
from chalicelib.programs.program import Program
from chalicelib.services.ports import Bookmark, Connection
from ops.doctor.cloud import Cloud
from ops.doctor.rows import Row, State
from ops.wording import moment

_HOUR = 3_600_000
_LATE_HOURS = 2
"""Books are opened every ten minutes: two hours without is more than bad luck."""
_NIGHT = "pointpass night says what is wrong; the clock calls it at 01:20 UTC. docs/runbooks/seal-missing.md"


def check_restores(house: House) -> Iterator[Row]:
    """Programs whose tables are being put back: nobody is served meanwhile."""
    for slug in house.adapters.programs.slugs():
        if house.adapters.programs.restoring(slug):
            todo = "pointpass restoring end checks its ledger and opens its doors. docs/runbooks/restore.md"
            yield Row(f"restore of {slug}", "bad", "its tables are being put back, nobody is served", todo)


def check_night(house: House, now: Instant) -> Iterator[Row]:
    """Yesterday's seal, and the totals that a finished check closes."""
    for slug in house.adapters.programs.slugs():
        program = house.adapters.programs.program(slug)
        if program is not None:
            yield _seal(house, program)
            yield _closed(house, program, now)


def _seal(house: House, program: Program) -> Row:
    about, days = f"seal of {program.slug}", house.adapters.seals.days(program.slug)
    if not days:
        return Row(about, "look", "no day is sealed yet", _NIGHT)
    stale = house.auditing.sealing.stale(program)
    if stale:
        return Row(about, "bad", stale[0].says, _NIGHT)
    return Row(about, "good", f"{days[-1]} is the newest of {len(days)}")


def _closed(house: House, program: Program, now: Instant) -> Row:
    """A night closes the totals of all days that are over; a running hour of grace belongs to the night itself."""
    about = f"last check of {program.slug}"
    calendar = ZoneCalendar(program.latest.definition.time_zone)
    before_yesterday = calendar.day(now) - datetime.timedelta(days=2)
    newest = [
        total.day
        for currency in program.latest.definition.currencies
        if (total := house.adapters.totals.last_closed(program.slug, currency.key)) is not None
    ]
    if not newest:
        return Row(about, "look", "no day was closed yet", _NIGHT)
    if min(newest) < before_yesterday.isoformat():
        return Row(about, "bad", f"the last day that was checked and closed is {min(newest)}", _NIGHT)
    return Row(about, "good", f"checked and closed up to {min(newest)}")


def check_pauses(house: House, now: Instant) -> Iterator[Row]:
    """What stands still, and for how long: nobody is told of it but the till and the card."""
    for slug in house.adapters.programs.slugs():
        program = house.adapters.programs.program(slug)
        pauses = () if program is None else house.pausing.standing(program)
        for pause in pauses:
            yield _pause(slug, pause, now)
        if not pauses:
            yield Row(f"pauses of {slug}", "good", "nothing is paused")


def _pause(slug: str, pause: Pause, now: Instant) -> Row:
    stood = max(0, now - pause.since)
    state: State = "bad" if stood >= FORGOTTEN else "look"
    by_connection = f" by {pause.connection}" if pause.connection else ""
    does = "is being caught up with" if pause.resumed_at else "stands still"
    says = f"{does} for {stood // _HOUR} hours, since {moment(pause.since)}, by {pause.by}"
    return Row(f"{pause.what} of {slug}{by_connection}", state, says, _resumes(slug, pause))


def _resumes(slug: str, pause: Pause) -> str:
    if pause.resumed_at:
        return "pointpass paused says how far it has come. docs/runbooks/pause-forgotten.md"
    connection = f" --connection {pause.connection}" if pause.connection else ""
    return f"pointpass resume {pause.what} --program {slug}{connection}. docs/runbooks/pause-forgotten.md"


def check_violations(cloud: Cloud, stage: str, now: datetime.datetime) -> Iterator[Row]:
    """What last night's check told as alarms, from the metric."""
    told = cloud.call(
        "cloudwatch",
        "get_metric_statistics",
        Namespace="Pointpass",
        MetricName="ledger_violation",
        Dimensions=[{"Name": "stage", "Value": stage}],
        StartTime=now - datetime.timedelta(hours=26),
        EndTime=now,
        Period=3_600,
        Statistics=["Sum"],
    )
    count = int(sum(point["Sum"] for point in told["Datapoints"]))
    yield _violations(count)


def check_ledger(found: Sequence[Violation]) -> Iterator[Row]:
    """What a check of everything found just now: small enough on a laptop."""
    yield _violations(len(found))


def _violations(count: int) -> Row:
    if count:
        return Row(
            "promises of the ledger",
            "bad",
            f"{count} violations",
            "pointpass verify --seal. docs/runbooks/ledger-broken.md",
        )
    return Row("promises of the ledger", "good", "no violation was told")


def check_connections(house: House, now: Instant) -> Iterator[Row]:
    """Every connection: how many secrets are valid, and how far its books are read."""
    programs = house.adapters.programs
    for slug in programs.slugs():
        for connection in programs.connections(slug):
            bookmark = programs.bookmark(slug, connection.name) if reconciles(connection.provider) else None
            yield _connection(connection, bookmark, now)


def _connection(connection: Connection, bookmark: Bookmark | None, now: Instant) -> Row:
    about = f"{connection.program} by {connection.name}"
    valid = in_force(connection, now).secrets
    if not valid:
        todo = f"pointpass rotate {connection.name} --program {connection.program}"
        return Row(about, "bad", "no secret is valid any more: every delivery is refused", todo)
    ends = [end for secret in valid if (end := ends_at(connection, secret)) is not None]
    secrets = f"{len(valid)} secret{'s' if len(valid) > 1 else ''}" + (
        f", one until {moment(min(ends))}" if ends else ""
    )
    if bookmark is None:
        return Row(about, "good", secrets)
    opened_at = max(bookmark.since, bookmark.opened_at)
    behind = (now - opened_at) // _HOUR
    if behind >= _LATE_HOURS:
        todo = "pointpass reconcile says what the provider answers"
        return Row(about, "look", f"{secrets}; its books were last read {behind} hours ago", todo)
    return Row(about, "good", f"{secrets}; its books were last read {moment(opened_at)}")
